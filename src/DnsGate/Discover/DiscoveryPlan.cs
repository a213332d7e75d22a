namespace DnsGate.Discover;

/// <summary>How patiently a verb looks for servers.</summary>
/// <param name="Patience">How long a source that does not answer keeps the next one waiting.</param>
/// <param name="Watches">Whether the list is needed again and again, so that the API is watched.</param>
internal sealed record DiscoveryPlan(TimeSpan Patience, bool Watches)
{
    /// <summary>For verbs of one round, which have 800 ms.</summary>
    public static readonly DiscoveryPlan OneRound = new(TimeSpan.FromMilliseconds(200), Watches: false);

    /// <summary>For verbs that wait.</summary>
    public static readonly DiscoveryPlan Waiting = new(TimeSpan.FromSeconds(5), Watches: true);
}
