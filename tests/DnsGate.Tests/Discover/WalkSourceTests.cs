using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using DnsGate.Ask;
using DnsGate.Core.Servers;
using DnsGate.Core.Wire;
using DnsGate.Discover;
using DnsGate.TestKit;

namespace DnsGate.Tests.Discover;

/// <summary>A list that name servers give: asked for by real datagrams, and no oftener than need be.</summary>
public sealed class WalkSourceTests : IDisposable
{
    private static readonly WalkRules Rules = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1));

    private readonly ManualTime _time = new();
    private readonly NameServerClient _client = new(TimeSpan.FromSeconds(2), TimeProvider.System);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task The_lists_of_all_servers_are_united()
    {
        await using NameServersOfCluster servers = new(1, 3);
        servers.Tell(1, 1, 2);

        SourceList list = await ListAsync(SourceOf(servers));

        Assert.Equal(servers.List(1, 2, 3), Text(list));
        Assert.Equal(2, list.DatagramsToOne);
        Assert.All(Enumerable.Range(1, 3), server => Assert.Equal(2, servers[server].QueryCount));
    }

    [Fact]
    public async Task A_list_holds_for_five_seconds_and_costs_nothing_meanwhile()
    {
        await using NameServersOfCluster servers = new(2, 2);
        WalkSource source = SourceOf(servers);
        await ListAsync(source);
        servers.Tell(1, 1);
        servers.Tell(2, 1);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        SourceList held = await ListAsync(source);
        int queries = servers[1].QueryCount;
        _time.Advance(TimeSpan.FromSeconds(0.1));
        SourceList again = await ListAsync(source);

        Assert.Equal((servers.List(1, 2), 0, 2), (Text(held), held.DatagramsToOne, queries));
        Assert.Equal((servers.List(1), 2), (Text(again), again.DatagramsToOne));
    }

    [Fact]
    public async Task Just_before_opening_it_is_taken_anew_past_the_cache_that_the_regular_listing_fills()
    {
        await using NameServersOfCluster servers = new(3, 2);
        WalkSource source = SourceOf(servers);
        await ListAsync(source);
        servers.Tell(1, 1);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(servers.List(1, 2), Text(await ListAsync(source, anew: true)));
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(servers.List(1), Text(await ListAsync(source, anew: true)));

        Assert.Equal([false, false, true, true], servers[1].Queries.Select(query => query.CD));
        Assert.All(servers[1].Queries, query => Assert.True(query is { RD: true, DO: false }, query.ToString()));
    }

    [Fact]
    public async Task What_failed_is_tried_again_after_five_seconds_however_long_a_list_holds()
    {
        await using NameServersOfCluster servers = new(4, 1);
        WalkSource source = SourceOf(servers, Rules with { Holds = TimeSpan.FromMinutes(1), HoldsBeforeOpening = TimeSpan.FromMinutes(1) });
        servers.Tell(1);
        Assert.Equal(DiscoveryFault.NotFound, (await ListAsync(source)).Problem!.Fault);
        servers.Tell(1, 1);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.NotNull((await ListAsync(source, anew: true)).Problem);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(servers.List(1), Text(await ListAsync(source)));
    }

    [Fact]
    public async Task What_failed_at_the_cost_of_many_questions_is_tried_again_at_half_of_what_a_server_may_be_asked()
    {
        CostlyWalk walk = new(datagrams: 66);
        WalkSource source = new(_ => walk.Begin(), _client, Rules with { Holds = TimeSpan.FromMinutes(1) }, _time);
        await ListAsync(source);
        _time.Advance(TimeSpan.FromSeconds(16.4));
        await ListAsync(source);
        Assert.Equal(1, walk.Begun);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await ListAsync(source);
        Assert.Equal(2, walk.Begun);
    }

    [Fact]
    public async Task Silence_ends_with_the_patience()
    {
        await using NameServersOfCluster servers = new(5, 1);
        servers[1].Behaviour = Misbehaving.Silent();
        // The patience is of the system's clock here: somebody really waits.
        WalkSource source = new(Begin(servers), _client, Rules with { Patience = TimeSpan.FromMilliseconds(200) }, TimeProvider.System);
        long begun = Stopwatch.GetTimestamp();

        SourceList list = await ListAsync(source);

        Assert.Equal(DiscoveryFault.Unreachable, list.Problem!.Fault);
        Assert.Contains("is silent", list.Problem.Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.FromMilliseconds(190), TimeSpan.FromSeconds(1.9));
    }

    [Fact]
    public async Task Samples_of_a_virtual_address_leave_from_sockets_of_their_own()
    {
        await using NameServersOfCluster servers = new(6, 1);
        WalkSource source = new(_ => WalkOf(servers.Seed(1, samples: 8), anew: false), _client, Rules, _time);

        SourceList list = await ListAsync(source);

        Assert.Equal((servers.List(1), 2), (Text(list), list.DatagramsToOne));
        Assert.Equal(16, servers[1].Queries.Select(query => query.Source).Distinct().Count());
    }

    [Fact]
    public async Task A_signal_ends_it_at_once()
    {
        await using NameServersOfCluster servers = new(7, 1);
        servers[1].Behaviour = Misbehaving.Silent();
        using CancellationTokenSource stop = new();
        Task<SourceList> listing = SourceOf(servers).ListAsync(anew: false, stop.Token);
        await servers[1].WaitForQueriesAsync(2);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }

    private WalkSource SourceOf(NameServersOfCluster servers, WalkRules? rules = null) => new(Begin(servers), _client, rules ?? Rules, _time);

    private static Func<bool, IDiscoveryWalk> Begin(NameServersOfCluster servers) => anew => WalkOf(servers.Seed(1), anew);

    private static HeadlessWalk WalkOf(Server seed, bool anew)
    {
        Assert.True(DnsName.TryParse(NameServersOfCluster.Service, out DnsName? name, out _));
        return new HeadlessWalk(new ServerSource.Headless(name), [seed], [IPAddress.Parse(Questions.Ip)], anew);
    }

    /// <summary>A walk that asks nobody, fails, and says that it was dear.</summary>
    private sealed class CostlyWalk(int datagrams) : IDiscoveryWalk
    {
        public int Begun { get; private set; }

        public CostlyWalk Begin()
        {
            Begun++;
            return this;
        }

        public ImmutableArray<Lookup> Next() => [];

        public void Learn(IReadOnlyList<LookupResult> results)
        {
        }

        public SourceList Result() => SourceList.Failed(DiscoveryFault.Unreachable, "it failed") with { DatagramsToOne = datagrams };
    }

    private static Task<SourceList> ListAsync(WalkSource source, bool anew = false) => source.ListAsync(anew, TestContext.Current.CancellationToken);

    private static string Text(SourceList list) => string.Join(' ', list.Servers.Select(server => server.Address));
}
