using System.Collections.Immutable;
using DnsGate.Ask;
using DnsGate.Core.Servers;
using DnsGate.Core.Spec;
using DnsGate.Core.Wire;

namespace DnsGate.Discover;

/// <summary>Lists the name servers of every view, again and again.</summary>
internal sealed class ServerLister : IAsyncDisposable
{
    private static readonly Comparer<Server> ByAddress = Comparer<Server>.Create((left, right) => ServerAddress.Compare(left.Address, right.Address));

    private readonly GateSpec spec;
    private readonly Identity identity;
    private readonly ImmutableArray<OfCluster> cluster;
    private readonly SourceChain? app;
    private readonly ImmutableArray<OfExternal> external;

    /// <summary>Makes the sources; nobody is asked yet.</summary>
    /// <param name="spec">What the program was told.</param>
    /// <param name="identity">Who the pod is.</param>
    /// <param name="client">Asks name servers about name servers.</param>
    /// <param name="limit">The time of the verb, of which finding the servers takes a part.</param>
    /// <param name="time">The clock that tells how old a list is.</param>
    public ServerLister(GateSpec spec, Identity identity, NameServerClient client, TimeLimit limit, TimeProvider time)
    {
        (this.spec, this.identity) = (spec, identity);
        var sources = new Sources(spec, identity, client, limit, time);
        cluster = [.. spec.Servers.Select(source => new OfCluster(sources.Of(source), source is ServerSource.Auto))];
        app = spec.App is { } own ? sources.Of(own) : null;
        external = [.. ExternalOf(spec, identity, sources)];
    }

    /// <summary>Takes the list of every view.</summary>
    /// <param name="anew">Whether to look now, as before opening.</param>
    /// <param name="stop">Ends the listing.</param>
    public async Task<Listing> ListAsync(bool anew, CancellationToken stop)
    {
        // All at once: a source that is waited for keeps no other waiting.
        SourceChain[] chains = [.. cluster.Select(source => source.Chain), .. app is null ? [] : new[] { app }, .. external.Select(view => view.Chain)];
        var found = new Queue<Found>(await Task.WhenAll(chains.Select(chain => chain.ListAsync(anew, stop))).ConfigureAwait(false));

        var draft = new Draft();
        var ofCluster = ImmutableArray.CreateBuilder<Server>();
        foreach (var source in cluster)
        {
            ofCluster.AddRange(draft.Add(found.Dequeue(), isRequired: !source.IsAuto || cluster.Length > 1, isOfCluster: true));
        }

        var ofApp = app is null ? [] : Merge(draft.Add(found.Dequeue(), isRequired: true, isOfCluster: false));
        var views = ViewsInside(Merge(ofCluster), ofApp);
        for (var number = 0; number < external.Length; number++)
        {
            var (source, name) = (external[number].Source, external[number].Name);
            var servers = Merge(draft.Add(found.Dequeue(), isRequired: true, isOfCluster: false));
            views.Add(new View(new ViewKey(ViewKind.External, number), name, identity.Addresses, spec.ExternalReverse, spec.Families, Quorum.One, servers)
            {
                IsAuthoritative = source.IsAuthoritative,
            });
        }

        return draft.ToListing(views.ToImmutable());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in cluster)
        {
            await source.Chain.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The cluster and app views. A server of both is asked once, and as often as either needs: an address of resolv.conf may
    /// be a virtual one. What the application asks has to agree, also where the cluster is about to drop it.
    /// </summary>
    private ImmutableArray<View>.Builder ViewsInside(ImmutableArray<Server> ofCluster, ImmutableArray<Server> ofApp)
    {
        ofCluster = [.. ofCluster.Select(server => server with { Samples = Math.Max(server.Samples, ofApp.FirstOrDefault(same => same.Address == server.Address)?.Samples ?? 1) })];
        ImmutableArray<Server> others = [.. ofApp.Where(server => !ofCluster.Any(asked => asked.Required && asked.Address == server.Address))];
        var views = ImmutableArray.CreateBuilder<View>();
        views.Add(ViewOf(ViewKind.Cluster, spec.Require, ofCluster));
        if (app is not null && (ofApp.IsEmpty || !others.IsEmpty))
        {
            views.Add(ViewOf(ViewKind.App, Quorum.One, others));
        }

        return views;
    }

    private View ViewOf(ViewKind kind, Quorum quorum, ImmutableArray<Server> servers) =>
        new(new ViewKey(kind), identity.Name, identity.Addresses, spec.Reverse, spec.Families, quorum, servers);

    private static IEnumerable<OfExternal> ExternalOf(GateSpec spec, Identity identity, Sources sources)
    {
        foreach (var source in spec.External)
        {
            // A name that is too long with this pod's host name is a problem of the configuration, reported as such.
            if (source.TryNameOf(identity.Name, out var name, out _))
            {
                yield return new OfExternal(sources.Of(source, name), source, name);
            }
        }
    }

    private static ImmutableArray<Server> Merge(IEnumerable<Server> servers)
    {
        var merged = new Dictionary<ServerAddress, Server>();
        foreach (var server in servers)
        {
            merged[server.Address] = merged.TryGetValue(server.Address, out var same)
                ? same with
                {
                    Samples = Math.Max(same.Samples, server.Samples),
                    MayForward = same.MayForward || server.MayForward,
                    // Named by the user or found elsewhere in service: it is required.
                    Standing = same.Required ? same.Standing : server.Standing,
                }
                : server;
        }

        return [.. merged.Values.Order(ByAddress)];
    }

    private sealed record OfCluster(SourceChain Chain, bool IsAuto);

    private sealed record OfExternal(SourceChain Chain, ExternalSource Source, DnsName Name);

    /// <summary>What the sources have given so far.</summary>
    private sealed class Draft
    {
        private readonly ImmutableArray<SourceReport>.Builder reports = ImmutableArray.CreateBuilder<SourceReport>();
        private readonly List<string> notes = [];
        private Coverage? coverage;
        private TimeSpan age;
        private int datagrams;
        private bool isIncomplete;

        public ImmutableArray<Server> Add(Found found, bool isRequired, bool isOfCluster)
        {
            foreach (var report in found.Reports)
            {
                // A file that tells both views says the same about both.
                if (!reports.Contains(report))
                {
                    reports.Add(report);
                }

                if (isOfCluster && report.Serves && !(coverage < report.Coverage))
                {
                    coverage = report.Coverage;
                }
            }

            notes.AddRange(found.Notes);
            age = found.Age > age ? found.Age : age;
            datagrams += found.DatagramsToOne;
            isIncomplete |= isRequired && found.Servers.IsEmpty;
            return found.Servers;
        }

        public Listing ToListing(ImmutableArray<View> views) => new(views, coverage ?? Coverage.None)
        {
            Sources = reports.ToImmutable(),
            Age = age,
            Notes = [.. notes.Distinct()],
            DatagramsToOne = datagrams,
            IsIncomplete = isIncomplete,
        };
    }
}
