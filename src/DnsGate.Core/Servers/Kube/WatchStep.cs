namespace DnsGate.Core.Servers.Kube;

/// <summary>What one event of a watch did.</summary>
/// <param name="Slices">The slices after it.</param>
/// <param name="Problem">Why the watch cannot go on after it, so that everything has to be listed again; null when it can.</param>
public sealed record WatchStep(EndpointSlices Slices, DiscoveryProblem? Problem)
{
    /// <summary>Whether the API server only no longer knows the resource version (410): nothing is wrong with it.</summary>
    public bool IsExpired { get; init; }
}
