using System.Collections.Immutable;
using DnsGate.Core.Model;

namespace DnsGate.Loop;

/// <summary>Receives what the loop finds, to draw, log, count or serve it. Only the loop calls it, one call at a time.</summary>
internal interface ILoopObserver
{
    /// <summary>The servers were listed.</summary>
    void OnListing(Listing listing)
    {
    }

    /// <summary>Questions were asked: one observation for each, none of an earlier round.</summary>
    /// <param name="listing">Whose servers were asked.</param>
    /// <param name="observations">What became of the questions of one trip.</param>
    void OnAnswers(Listing listing, IReadOnlyList<Observation> observations)
    {
    }

    /// <summary>A round has ended.</summary>
    void OnRound(GateSnapshot snapshot);

    /// <summary>Nothing new, but time has passed: at least every second, whatever the pace of the rounds.</summary>
    void OnTick(GateSnapshot snapshot)
    {
    }
}

/// <summary>Watches nothing: for the verbs of one round.</summary>
internal sealed class NoObserver : ILoopObserver
{
    public static readonly NoObserver Instance = new();

    public void OnRound(GateSnapshot snapshot)
    {
    }
}

/// <summary>Several that watch the same loop, in this order.</summary>
internal sealed class LoopObservers(ImmutableArray<ILoopObserver> all) : ILoopObserver
{
    public void OnListing(Listing listing)
    {
        foreach (var observer in all)
        {
            observer.OnListing(listing);
        }
    }

    public void OnAnswers(Listing listing, IReadOnlyList<Observation> observations)
    {
        foreach (var observer in all)
        {
            observer.OnAnswers(listing, observations);
        }
    }

    public void OnRound(GateSnapshot snapshot)
    {
        foreach (var observer in all)
        {
            observer.OnRound(snapshot);
        }
    }

    public void OnTick(GateSnapshot snapshot)
    {
        foreach (var observer in all)
        {
            observer.OnTick(snapshot);
        }
    }
}
