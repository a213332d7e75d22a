using DnsGate.Core.Report;
using DnsGate.Core.Servers;

namespace DnsGate.Watch;

/// <summary>Watches the loop: whoever draws, logs or serves what it finds.</summary>
internal interface IWatcher
{
    /// <summary>The servers were listed.</summary>
    void OnListing(Listing listing);

    /// <summary>A round has ended.</summary>
    void OnRound(Snapshot snapshot, History history);

    /// <summary>Nothing new, but time has passed: at least every second, whatever the pace of the rounds.</summary>
    /// <param name="snapshot">The last one.</param>
    /// <param name="history">What it stands in, up to now.</param>
    void OnTick(Snapshot snapshot, History history);
}

/// <summary>Watches nothing: for the verbs of one round.</summary>
internal sealed class NoWatcher : IWatcher
{
    public static readonly NoWatcher Instance = new();

    public void OnListing(Listing listing)
    {
    }

    public void OnRound(Snapshot snapshot, History history)
    {
    }

    public void OnTick(Snapshot snapshot, History history)
    {
    }
}
