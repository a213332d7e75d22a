using System.Collections.Immutable;
using DnsGate.Core.Model;

namespace DnsGate.Core.Discovery;

/// <summary>A source of DNS servers, as it stands now: its last good list, and whether the last fetch failed.</summary>
/// <param name="Name">The source, as it is written on the command line.</param>
/// <param name="Coverage">How much of the cluster's DNS servers its list holds.</param>
internal sealed record SourceState(string Name, Coverage Coverage)
{
    /// <summary>The servers of the last fetch that succeeded; empty before the first one.</summary>
    public ImmutableArray<Server> LastGood { get; init; } = [];

    /// <summary>Time since the last fetch that succeeded.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>Why the last fetch failed; null when it succeeded.</summary>
    public DiscoveryProblem? Problem { get; init; }

    /// <summary>Time since the first of the fetches that have failed in a row began; zero when the last one succeeded.</summary>
    public TimeSpan FailingFor { get; init; }

    /// <summary>The notes of the last fetch.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>The most datagrams that one server was sent just now; 0 when the source was not fetched.</summary>
    public int DatagramsToOne { get; init; }

    /// <summary>
    /// Whether the source itself says that the servers of its last good list are gone: nothing opens on them. A source that fails may
    /// return them again.
    /// </summary>
    public bool IsWithdrawn => Problem?.Fault is DiscoveryFault.Empty or DiscoveryFault.NotFound or DiscoveryFault.NoEndpoints;

    /// <summary>
    /// Whether its last good list is used before the next source is: for one minute of failures. That holds for a withdrawn list too: all
    /// CoreDNS pods are not ready for some seconds after an API server was gone, and the next source may be a mere sample.
    /// </summary>
    public bool IsUsable => !LastGood.IsEmpty && FailingFor <= Listing.MaxAge;
}

/// <summary>The sources of one SPEC of <c>--servers</c>, <c>--app</c> or <c>--external</c>: several only for <c>auto</c>.</summary>
/// <param name="View">The view that its servers belong to.</param>
/// <param name="Sources">The sources that were asked, in fallback order. Those after the first usable one are not asked.</param>
internal sealed record ChainState(ViewKey View, ImmutableArray<SourceState> Sources)
{
    /// <summary>The most datagrams that one server was sent to find out which sources there are.</summary>
    public int DatagramsToFind { get; init; }

    /// <summary>
    /// The source whose servers are used: the first usable one. Without one it is the first that ever returned servers: they are still
    /// asked and shown. Null when there are none.
    /// </summary>
    public SourceState? Serving =>
        Sources.FirstOrDefault(source => source.IsUsable) ?? Sources.FirstOrDefault(source => !source.LastGood.IsEmpty);
}
