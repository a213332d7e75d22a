using DnsGate.Core.Spec;

namespace DnsGate.Discover;

/// <summary>How patiently a verb looks for servers.</summary>
/// <param name="Patience">How long a source that does not answer keeps the next one waiting.</param>
/// <param name="Watches">Whether the list is needed again and again, so that the API is watched.</param>
internal sealed record DiscoveryPlan(TimeSpan Patience, bool Watches)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>The same for a source that has no next one: twice as long, which leaves half of the time of a verb for the servers.</summary>
    public TimeSpan LonePatience => Patience * 2 < Longest ? Patience * 2 : Longest;

    /// <summary>For verbs that wait: no more than a quarter of their time either, or nobody would be asked before it is up.</summary>
    /// <param name="limit">Their time.</param>
    public static DiscoveryPlan Waiting(TimeLimit limit) => new(PatienceOf(limit), Watches: true);

    /// <summary>For verbs of one round: a quarter of their time, which is 200 ms of the 800 ms that they have unless told otherwise.</summary>
    /// <param name="limit">Their time.</param>
    public static DiscoveryPlan OneRound(TimeLimit limit) => new(PatienceOf(limit), Watches: false);

    private static TimeSpan PatienceOf(TimeLimit limit) =>
        limit is { IsOneRound: false, Limit: { } time } && time / 4 < Longest ? time / 4 : Longest;
}
