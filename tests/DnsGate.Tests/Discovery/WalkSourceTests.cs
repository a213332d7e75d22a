using System.Diagnostics;
using System.Net;
using DnsGate.Ask;
using DnsGate.Core.Discovery;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Discovery;
using DnsGate.TestKit;

namespace DnsGate.Tests.Discovery;

/// <summary>A list that name servers give: asked for by real datagrams, and no oftener than need be.</summary>
public sealed class WalkSourceTests
{
    private readonly ManualTime time = new();
    private readonly NameServerClient client = new(TimeSpan.FromSeconds(2), TimeProvider.System);

    [Fact]
    public async Task The_lists_of_all_servers_are_united()
    {
        await using NameServersOfCluster servers = new(1, 3);
        servers.Tell(1, 1, 2);

        var list = await ListAsync(SourceOf(servers));

        Assert.Equal(servers.List(1, 2, 3), Text(list));
        Assert.Equal(2, list.DatagramsToOne);
        Assert.All(Enumerable.Range(1, 3), server => Assert.Equal(2, servers[server].QueryCount));
    }

    [Fact]
    public async Task A_list_holds_for_five_seconds_and_costs_nothing_meanwhile()
    {
        await using NameServersOfCluster servers = new(2, 2);
        var source = SourceOf(servers);
        await ListAsync(source);
        servers.Tell(1, 1);
        servers.Tell(2, 1);
        time.Advance(TimeSpan.FromSeconds(4.9));
        var held = await ListAsync(source);
        var queries = servers[1].QueryCount;
        time.Advance(TimeSpan.FromSeconds(0.1));
        var again = await ListAsync(source);

        Assert.Equal((servers.List(1, 2), 0, 2), (Text(held), held.DatagramsToOne, queries));
        Assert.Equal((servers.List(1), 2), (Text(again), again.DatagramsToOne));
    }

    [Fact]
    public async Task Just_before_opening_it_is_refreshed_past_the_cache_that_the_regular_listing_fills()
    {
        await using NameServersOfCluster servers = new(3, 2);
        var source = SourceOf(servers);
        await ListAsync(source);
        servers.Tell(1, 1);
        time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(servers.List(1, 2), Text(await ListAsync(source, forceRefresh: true)));
        time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(servers.List(1), Text(await ListAsync(source, forceRefresh: true)));

        Assert.Equal([false, false, true, true], servers[1].Queries.Select(query => query.CD));
        Assert.All(servers[1].Queries, query => Assert.True(query is { RD: true, DO: false }, query.ToString()));
    }

    [Fact]
    public async Task Silence_ends_with_the_timeout()
    {
        await using NameServersOfCluster servers = new(5, 1);
        servers[1].Behaviour = Misbehaving.Silent();
        // The timeout is of the system's clock here: this really waits.
        using var source = SourceOf(Begin(servers), TimeSpan.FromMilliseconds(200), TimeProvider.System);
        var begun = Stopwatch.GetTimestamp();

        var list = await ListAsync(source);

        Assert.Equal(DiscoveryFault.Unreachable, list.Problem!.Fault);
        Assert.Contains("is silent", list.Problem.Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.FromMilliseconds(190), TimeSpan.FromSeconds(1.9));
    }

    [Fact]
    public async Task Samples_of_a_virtual_address_leave_from_sockets_of_their_own()
    {
        await using NameServersOfCluster servers = new(6, 1);
        using var source = SourceOf(_ => WalkOf(servers.Seed(1, samples: 8), forceRefresh: false));

        var list = await ListAsync(source);

        Assert.Equal((servers.List(1), 2), (Text(list), list.DatagramsToOne));
        Assert.Equal(16, servers[1].Queries.Select(query => query.Source).Distinct().Count());
    }

    [Fact]
    public async Task A_signal_ends_it_at_once()
    {
        await using NameServersOfCluster servers = new(7, 1);
        servers[1].Behaviour = Misbehaving.Silent();
        using CancellationTokenSource stop = new();
        var listing = SourceOf(servers).ListAsync(forceRefresh: false, stop.Token);
        await servers[1].WaitForQueriesAsync(2);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }

    private WalkSource SourceOf(NameServersOfCluster servers) => SourceOf(Begin(servers));

    private WalkSource SourceOf(Func<bool, IDiscoveryWalk> begin, TimeSpan? timeout = null, TimeProvider? time = null) =>
        new(() => "headless", Coverage.Complete, begin, client, timeout ?? TimeSpan.FromSeconds(5), HoldTime.OfHeadless, time ?? this.time);

    private static Func<bool, IDiscoveryWalk> Begin(NameServersOfCluster servers) => forceRefresh => WalkOf(servers.Seed(1), forceRefresh);

    private static HeadlessWalk WalkOf(Server seed, bool forceRefresh)
    {
        Assert.True(DnsName.TryParse(NameServersOfCluster.Service, out var name, out _));
        return new HeadlessWalk(new ServerSource.Headless(name), [seed], [IPAddress.Parse(Questions.Ip)], forceRefresh);
    }

    private static Task<SourceState> ListAsync(WalkSource source, bool forceRefresh = false) =>
        source.ListAsync(forceRefresh, TestContext.Current.CancellationToken);

    private static string Text(SourceState list) => string.Join(' ', list.LastGood.Select(server => server.Address));
}
