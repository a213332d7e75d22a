using System.Collections.Immutable;
using DnsGate.Core.Judge;
using DnsGate.Core.Servers;

namespace DnsGate.Core.Settle;

/// <summary>One server within one stage.</summary>
/// <param name="server">The server.</param>
internal sealed class ServerWalk(Server server)
{
    /// <summary>The server.</summary>
    public Server Server => server;

    /// <summary>The worst that was found so far; agrees before anything was asked.</summary>
    public Judgement Judgement { get; private set; } = Judgement.Agrees;

    /// <summary>The observations of the direction that is being walked.</summary>
    public ImmutableArray<Observation> Current { get; set; } = [];

    /// <summary>Until when the server is left alone; null when it was asked in this round.</summary>
    public TimeSpan? HeldUntil { get; set; }

    /// <summary>Whether anything that counts in this round was observed in an earlier one.</summary>
    public bool StandsOnEarlier { get; set; }

    /// <summary>Its answers to the forward questions.</summary>
    public ImmutableArray<Observation> Forward { get; set; } = [];

    /// <summary>Datagrams sent to it in this round.</summary>
    public int Datagrams { get; set; }

    /// <summary>All observations of the stage.</summary>
    public ImmutableArray<Observation> Observations { get; private set; } = [];

    /// <summary>Adds what was found.</summary>
    public void Take(Judgement judgement)
    {
        Judge(judgement);
        Observations = Observations.AddRange(Current);
    }

    /// <summary>Judges what is known already once more.</summary>
    public void Judge(Judgement judgement) => Judgement = Judgement.OrEarlierReason(judgement);
}
