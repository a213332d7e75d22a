using System.Collections.Immutable;
using DnsGate.Core.Servers;
using DnsGate.Core.Spec;
using DnsGate.Os;

namespace DnsGate.Discover;

/// <summary>Lists the name servers of every view, again and again: the list is never older than the round that uses it.</summary>
/// <param name="spec">What the program was told.</param>
/// <param name="identity">Who the pod is.</param>
/// <param name="time">The clock that tells how old a list is.</param>
internal sealed class ServerLister(GateSpec spec, Identity identity, TimeProvider time)
{
    private static readonly Comparer<Server> ByAddress = Comparer<Server>.Create((left, right) => ServerAddress.Compare(left.Address, right.Address));

    private Listing? last;
    private long lastAt;

    /// <summary>Takes the list. A source that cannot be read, or is empty all at once, leaves the last list in use, and the listing says so.</summary>
    public Listing List()
    {
        var problems = new List<string>();
        ImmutableArray<Server> cluster = [.. spec.Servers.SelectMany(source => ServersOf(source, problems)).DistinctBy(server => server.Address).Order(ByAddress)];
        ImmutableArray<Server> app = spec.App is { } source
            ? [.. ServersOf(source, problems).DistinctBy(server => server.Address).Order(ByAddress)]
            : [];
        if (last is not null && cluster.IsEmpty && !last.Views[0].Servers.IsEmpty && problems.Count == 0)
        {
            problems.Add("no name server is listed any more");
        }

        if (last is not null && problems.Count > 0)
        {
            return last with { Problem = string.Join("; ", problems), Age = time.GetElapsedTime(lastAt) };
        }

        var views = ImmutableArray.CreateBuilder<View>();
        views.Add(ViewOf(ViewKind.Cluster, spec.Require, cluster));
        // A server that is in the cluster view already is not asked twice; an app view that holds no other needs no asking.
        ImmutableArray<Server> others = [.. app.Where(server => cluster.All(known => known.Address != server.Address))];
        if (spec.App is not null && (app.IsEmpty || !others.IsEmpty))
        {
            views.Add(ViewOf(ViewKind.App, Quorum.One, others));
        }

        var listing = new Listing(views.ToImmutable(), CoverageOf(cluster), problems.Count > 0 ? string.Join("; ", problems) : null);
        (last, lastAt) = problems.Count > 0 ? (last, lastAt) : (listing, time.GetTimestamp());
        return listing;
    }

    private static IEnumerable<Server> ServersOf(ServerSource source, List<string> problems)
    {
        switch (source)
        {
            case ServerSource.Static named:
                return [new Server(named.Address, named.ToString())];
            case ServerSource.ResolvConf file:
                if (!TextFile.TryRead(file.Path, out var text, out var problem))
                {
                    problems.Add(problem);
                    return [];
                }

                // Behind an address of resolv.conf may stand many servers; a loopback or link-local one is a node cache, one process.
                return ResolvConf.Read(text).Select(address =>
                    new Server(address, file.ToString(), address.IsOnThisNode ? 1 : Server.SamplesOfVirtualAddress, MayForward: true));
            default:
                throw new ArgumentOutOfRangeException(nameof(source));
        }
    }

    private static Coverage CoverageOf(ImmutableArray<Server> servers) =>
        servers.IsEmpty ? Coverage.None
        : servers.Any(server => server.MayForward) ? Coverage.Sampled
        : Coverage.Static;

    private View ViewOf(ViewKind kind, Quorum quorum, ImmutableArray<Server> servers) =>
        new(kind, identity.Name, identity.Addresses, spec.Reverse, spec.Families, quorum, servers);
}
