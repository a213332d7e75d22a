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

    private readonly Dictionary<ServerSource, Known> known = [];

    /// <summary>Takes the list. A source that cannot be read, or is empty all at once, keeps its last servers in use, and the listing says so.</summary>
    public Listing List()
    {
        var state = new ListState();
        var cluster = Merge(spec.Servers.SelectMany(source => ServersOf(source, state).AsEnumerable()));
        var app = spec.App is { } own ? Merge(ServersOf(own, state)) : [];
        var coverage = CoverageOf(cluster);

        // A server of both views is asked once, and as often as either needs: an address of resolv.conf may be a virtual one.
        cluster = [.. cluster.Select(server => server with { Samples = Math.Max(server.Samples, app.FirstOrDefault(same => same.Address == server.Address)?.Samples ?? 1) })];
        ImmutableArray<Server> others = [.. app.Where(server => cluster.All(asked => asked.Address != server.Address))];
        var views = ImmutableArray.CreateBuilder<View>();
        views.Add(ViewOf(ViewKind.Cluster, spec.Require, cluster));
        if (spec.App is not null && (app.IsEmpty || !others.IsEmpty))
        {
            views.Add(ViewOf(ViewKind.App, Quorum.One, others));
        }

        return new Listing(views.ToImmutable(), coverage, state.Problems.Count > 0 ? string.Join("; ", state.Problems) : null, state.Age)
        {
            Notes = [.. state.Notes.Distinct()],
        };
    }

    private static ImmutableArray<Server> Merge(IEnumerable<Server> servers)
    {
        var merged = new Dictionary<ServerAddress, Server>();
        foreach (var server in servers)
        {
            merged[server.Address] = merged.TryGetValue(server.Address, out var same)
                ? same with { Samples = Math.Max(same.Samples, server.Samples), MayForward = same.MayForward || server.MayForward }
                : server;
        }

        return [.. merged.Values.Order(ByAddress)];
    }

    private static Coverage CoverageOf(ImmutableArray<Server> servers) =>
        servers.IsEmpty ? Coverage.None
        : servers.Any(server => server.MayForward) ? Coverage.Sampled
        : Coverage.Static;

    private ImmutableArray<Server> ServersOf(ServerSource source, ListState state)
    {
        switch (source)
        {
            case ServerSource.Static named:
                return [new Server(named.Address, named.ToString())];
            case ServerSource.Auto:
                return ServersOf(new ServerSource.ResolvConf(ServerSource.DefaultResolvConf), state);
            case ServerSource.ResolvConf file:
                return ServersOf(file, state);
            case ServerSource.Kube or ServerSource.Headless:
                state.Add($"{source} cannot be listed yet", TimeSpan.Zero);
                return [];
            default:
                throw new ArgumentOutOfRangeException(nameof(source));
        }
    }

    private ImmutableArray<Server> ServersOf(ServerSource.ResolvConf file, ListState state)
    {
        ImmutableArray<Server> servers = [];
        if (TextFile.TryRead(file.Path, out var text, out var problem))
        {
            // Behind an address of resolv.conf may stand many servers; a loopback or link-local one is a node cache, one process.
            servers = [.. ResolvConf.Read(text, out var unusable).Select(address =>
                new Server(address, file.ToString(), address.IsOnThisNode ? 1 : Server.SamplesOfVirtualAddress, MayForward: true))];
            state.Notes.AddRange(unusable.Select(line => $"{file.Path}: '{line}' is not asked: an address without scope id is needed"));
        }

        var before = known.GetValueOrDefault(file);
        if (problem is null && (before is null || !servers.IsEmpty))
        {
            known[file] = new Known(servers, time.GetTimestamp());
            return servers;
        }

        if (before is null)
        {
            state.Add(problem!, TimeSpan.Zero);
            return [];
        }

        // A file that cannot be read may be so for a moment. One that names nobody any more says so, and never opens the gate.
        state.Add(problem ?? $"'{file.Path}' names no server any more", problem is null ? TimeSpan.MaxValue : time.GetElapsedTime(before.At));
        return before.Servers;
    }

    private View ViewOf(ViewKind kind, Quorum quorum, ImmutableArray<Server> servers) =>
        new(new ViewKey(kind), identity.Name, identity.Addresses, spec.Reverse, spec.Families, quorum, servers);

    /// <summary>What a source gave last, and when.</summary>
    private sealed record Known(ImmutableArray<Server> Servers, long At);

    /// <summary>What went wrong in one listing.</summary>
    private sealed class ListState
    {
        public List<string> Problems { get; } = [];

        public List<string> Notes { get; } = [];

        public TimeSpan Age { get; private set; }

        public void Add(string problem, TimeSpan age)
        {
            if (!Problems.Contains(problem))
            {
                Problems.Add(problem);
            }

            Age = age > Age ? age : Age;
        }
    }
}
