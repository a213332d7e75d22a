using System.Collections.Immutable;
using DnsGate.Core.Model;
using DnsGate.Core.Options;

namespace DnsGate.Core.Discovery;

/// <summary>Merges what all sources returned into one list.</summary>
internal static class ListingBuilder
{
    /// <summary>The list of every view.</summary>
    /// <param name="options">The options.</param>
    /// <param name="identity">The pod.</param>
    /// <param name="chains">The sources of each view, in the order of the options.</param>
    /// <param name="isIntercepted">Whether something answers DNS for every address.</param>
    public static Listing Build(
        GateOptions options, Identity identity, IReadOnlyCollection<ChainState> chains, bool isIntercepted = false)
    {
        var listed = CoverageOf(chains);
        var coverage = isIntercepted && listed != Coverage.None ? Coverage.Intercepted : listed;
        return Build(options, identity, chains, coverage) with
        {
            LacksCoverage = options.Coverage == RequiredCoverage.Complete && coverage < Coverage.Static,
        };
    }

    private static Listing Build(GateOptions options, Identity identity, IReadOnlyCollection<ChainState> chains, Coverage coverage) => new(
        ViewsOf(options, identity, chains), coverage)
    {
        Sources = ReportsOf(chains),
        // A chain that has no usable list makes the whole list unusable.
        Age = chains.All(chain => chain.Serving is { IsWithdrawn: false }) ? chains.Max(chain => chain.Serving!.Age) : null,
        Notes = [.. chains.SelectMany(chain => chain.Sources).SelectMany(source => source.Notes).Distinct()],
        DatagramsToOne = chains.Sum(chain => chain.DatagramsToFind + chain.Sources.Sum(source => source.DatagramsToOne)),
        // `auto` alone finds servers, or there are none. Together with others it has to return some, as every source that the user names.
        IsIncomplete = chains.Any(chain =>
            chain.Serving is null && !(chain.View.Kind == ViewKind.Cluster && options.Servers is [ServerSource.Auto])),
    };

    /// <summary>
    /// The views. A server of both the cluster and the app view is asked once, and as often as either needs: an address of resolv.conf may
    /// be a virtual one. A server that the application asks has to agree even where the cluster view does not require it.
    /// </summary>
    private static ImmutableArray<View> ViewsOf(GateOptions options, Identity identity, IReadOnlyCollection<ChainState> chains)
    {
        var app = ServersOf(new ViewKey(ViewKind.App), chains);
        ImmutableArray<Server> cluster = [.. ServersOf(new ViewKey(ViewKind.Cluster), chains)
            .Select(server => server with
            {
                Samples = Math.Max(server.Samples, app.FirstOrDefault(same => same.Address == server.Address)?.Samples ?? 1),
            })];
        ImmutableArray<Server> others = [.. app.Where(server => !cluster.Any(asked => asked.Required && asked.Address == server.Address))];
        View ViewOf(ViewKind kind, Quorum quorum, ImmutableArray<Server> servers) =>
            new(new ViewKey(kind), identity.Name, identity.Addresses, options.Reverse, options.Families, quorum, servers);

        var views = ImmutableArray.CreateBuilder<View>();
        views.Add(ViewOf(ViewKind.Cluster, options.Require, cluster));
        if (options.App is not null && (app.IsEmpty || !others.IsEmpty))
        {
            views.Add(ViewOf(ViewKind.App, Quorum.One, others));
        }

        foreach (var (number, external) in options.External.Index())
        {
            var key = new ViewKey(ViewKind.External, number);
            // A name that is too long with this pod's host name is reported as a problem of the configuration.
            if (external.TryNameOf(identity.Name, out var name, out _))
            {
                views.Add(new View(
                    key, name, identity.Addresses, options.ExternalReverse, options.Families, Quorum.One, ServersOf(key, chains))
                {
                    IsAuthoritative = external.IsAuthoritative,
                });
            }
        }

        return views.ToImmutable();
    }

    /// <summary>The servers of a view, sorted, each once.</summary>
    private static ImmutableArray<Server> ServersOf(ViewKey view, IEnumerable<ChainState> chains)
    {
        var merged = new SortedDictionary<ServerAddress, Server>(Comparer<ServerAddress>.Create(ServerAddress.Compare));
        foreach (var server in chains.Where(chain => chain.View == view).SelectMany(chain => chain.Serving?.LastGood ?? []))
        {
            merged[server.Address] = merged.TryGetValue(server.Address, out var same)
                ? same with
                {
                    Samples = Math.Max(same.Samples, server.Samples),
                    MayForward = same.MayForward || server.MayForward,
                    // Named by the user or found elsewhere in service: it is required.
                    Condition = same.Required ? same.Condition : server.Condition,
                    Namespace = same.Namespace ?? server.Namespace,
                }
                : server;
        }

        return [.. merged.Values];
    }

    /// <summary>The least coverage of the sources of the cluster view; none where no source returned servers.</summary>
    private static Coverage CoverageOf(IEnumerable<ChainState> chains) =>
        chains.Where(chain => chain.View.Kind == ViewKind.Cluster && chain.Serving is not null)
            .Min(chain => (Coverage?)CoverageOf(chain))
        ?? Coverage.None;

    /// <summary>A DNS server behind which the cluster lists no pods is no virtual IP over pods.</summary>
    private static Coverage CoverageOf(ChainState chain) =>
        chain.Serving!.Coverage == Coverage.Sampled
        && chain.Sources.Any(source => source.Problem?.Fault == DiscoveryFault.NoEndpoints)
            ? Coverage.NodeService
            : chain.Serving.Coverage;

    private static ImmutableArray<SourceReport> ReportsOf(IEnumerable<ChainState> chains)
    {
        var reports = ImmutableArray.CreateBuilder<SourceReport>();
        foreach (var chain in chains)
        {
            foreach (var source in chain.Sources)
            {
                var report = new SourceReport(source.Name, Serves: ReferenceEquals(source, chain.Serving), source.Problem)
                {
                    Coverage = source.Coverage,
                    View = chain.View.Kind,
                };
                // A source of two views, such as resolv.conf, is reported once.
                if (!reports.Any(same => same with { View = report.View } == report))
                {
                    reports.Add(report);
                }
            }
        }

        return reports.ToImmutable();
    }
}
