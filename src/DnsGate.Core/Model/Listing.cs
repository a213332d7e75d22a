using System.Collections.Immutable;

namespace DnsGate.Core.Model;

/// <summary>What became of one source of DNS servers.</summary>
/// <param name="Source">The source, as it is written on the command line.</param>
/// <param name="Serves">Whether its servers are in the list.</param>
/// <param name="Problem">
/// Why it could not be listed this time; null when it could. One that serves in spite of it gives its last list.
/// </param>
internal sealed record SourceReport(string Source, bool Serves, DiscoveryProblem? Problem)
{
    /// <summary>How much of the cluster's DNS servers its list holds.</summary>
    public Coverage Coverage { get; init; }

    /// <summary>The view that its servers belong to; the first one, where it has servers of several.</summary>
    public ViewKind View { get; init; }
}

/// <summary>What one discovery found.</summary>
/// <param name="Views">The views, in the order in which a round walks them. The cluster view is always there, if empty.</param>
/// <param name="Coverage">How much of the cluster's DNS servers the cluster view holds: the least of its sources.</param>
internal sealed record Listing(ImmutableArray<View> Views, Coverage Coverage)
{
    /// <summary>
    /// A list that is older than this does not open the gate, and a source that fails for longer is replaced by the next one (<c>auto</c>).
    /// </summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    /// <summary>What became of each source; those that <c>auto</c> passed over come first.</summary>
    public ImmutableArray<SourceReport> Sources { get; init; } = [];

    /// <summary>Time since the oldest of its parts was fetched; null when there is no usable list of some source.</summary>
    public TimeSpan? Age { get; init; } = TimeSpan.Zero;

    /// <summary>What people should know of the list: lines of resolv.conf that are not asked, and why.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>The most datagrams that one server was sent for this list.</summary>
    public int DatagramsToOne { get; init; }

    /// <summary>Whether a source that the user asked for has given nothing yet: the gate does not open without it.</summary>
    public bool IsIncomplete { get; init; }

    /// <summary>Whether the user requires a complete list (<c>--coverage complete</c>) and this is less: the gate does not open.</summary>
    public bool LacksCoverage { get; init; }

    /// <summary>
    /// Whether a source that comes before the one in use gave no definite answer: it may list other servers in a moment.
    /// </summary>
    public bool IsProvisional =>
        Sources.Any(source => source is { Serves: false, View: ViewKind.Cluster, Problem.IsDefinite: false });

    /// <summary>Sources that could not be listed this time, whether or not others stand in for them.</summary>
    public ImmutableArray<SourceReport> Failures => [.. Sources.Where(source => source.Problem is not null)];

    /// <summary>Whether the same servers are listed, wherever they were found.</summary>
    public bool HasSameServersAs(Listing other) =>
        Views.Length == other.Views.Length
        && Views.All(view =>
            other.Views.Any(same => same.Key == view.Key && same.Servers.Select(Asked).SequenceEqual(view.Servers.Select(Asked))));

    /// <summary>The servers that the gate asks, and how. Where a server was found is only shown.</summary>
    private static Server Asked(Server server) => server with { Source = "", Endpoint = null, Namespace = null };
}
