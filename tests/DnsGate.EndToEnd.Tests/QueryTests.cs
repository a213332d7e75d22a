using System.Net;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>What name servers see of the gate.</summary>
public sealed class QueryTests
{
    private static bool IsPrivate(ReceivedQuery query) => query.CD || query.DO;

    [Fact]
    public async Task Every_query_wants_recursion_and_offers_1232_octets()
    {
        await using NameServers servers = new(Pod.Right);

        await Gate.CheckAsync(servers.List);

        Assert.NotEmpty(servers[0].Queries);
        Assert.All(
            servers[0].Queries, query => Assert.True(query is { RD: true, HasEdns: true, EdnsSize: 1232, Opcode: 0 }, query.ToString()));
        Assert.Equal(0, servers[0].UnreadableCount);
    }

    [Fact]
    public async Task The_private_partition_is_asked_first_and_the_applications_own_only_when_that_is_right()
    {
        await using NameServers servers = new(Pod.Right);

        await Gate.CheckAsync(servers.List);

        List<ReceivedQuery> queries = [.. servers[0].Queries];
        var lastPrivateForward = queries.FindLastIndex(query => IsPrivate(query) && query.Type != RrType.Ptr);
        var firstPlain = queries.FindIndex(query => !IsPrivate(query));
        Assert.Equal([RrType.A, RrType.Aaaa], queries[..2].Select(query => query.Type).Order());
        Assert.All(queries[..2], query => Assert.True(query is { CD: true, DO: false }, query.ToString()));
        Assert.True(lastPrivateForward < firstPlain, string.Join('\n', queries));
        Assert.Contains(queries, query => query is { Type: RrType.A, CD: false, DO: false });
        Assert.Contains(queries, query => query is { Type: RrType.Ptr, CD: true });
        Assert.Contains(queries, query => query is { Type: RrType.Ptr, CD: false, DO: false });
        Assert.Equal(6, queries.Count);
    }

    [Fact]
    public async Task As_long_as_one_server_is_wrong_no_server_sees_the_applications_flags()
    {
        await using NameServers servers = new(Pod.Right, Pod.Stale, Pod.Missing);

        await Gate.WaitAsync(servers.List, "--timeout", "1500ms");

        for (var index = 0; index < 3; index++)
        {
            Assert.All(servers[index].Queries, query => Assert.True(IsPrivate(query), query.ToString()));
        }
    }

    [Fact]
    public async Task The_ptr_is_asked_only_of_a_server_whose_forward_answer_is_right()
    {
        await using NameServers servers = new(Pod.Right, Pod.Stale);

        await Gate.CheckAsync(servers.List);

        Assert.Contains(servers[0].Queries, query => query.Type == RrType.Ptr);
        Assert.DoesNotContain(servers[1].Queries, query => query.Type == RrType.Ptr);
    }

    [Fact]
    public async Task Every_question_leaves_from_a_port_of_its_own_with_an_id_of_its_own()
    {
        await using NameServers servers = new(Pod.Right);

        await Gate.CheckAsync(servers.List);

        var queries = servers[0].Queries;
        Assert.Distinct(queries.Select(query => query.Source.Port));
        Assert.True(queries.Select(query => query.Id).Distinct().Count() > queries.Count - 2, "ids repeat");
    }

    [Fact]
    public async Task A_question_that_stays_silent_is_sent_once_more_from_another_port()
    {
        await using NameServers servers = new(Misbehaving.Silent());

        await Gate.CheckAsync(servers.List, "--query-timeout", "600ms");

        Assert.All(servers[0].Queries.GroupBy(query => query.Type), group =>
        {
            Assert.Equal(2, group.Count());
            Assert.Distinct(group.Select(query => query.Source.Port));
        });
    }

    [Fact]
    public async Task A_server_older_than_edns_is_asked_once_more_without_it()
    {
        await using NameServers servers = new(Misbehaving.FormErrIfEdns(Pod.Right));

        var verdict = await Gate.CheckAsync(servers.List);

        verdict.AssertIs(0, "open", "agrees");
        Assert.Equal(servers[0].Queries.Count(query => query.HasEdns), servers[0].Queries.Count(query => !query.HasEdns));
    }

    [Fact]
    public async Task A_server_on_ipv6_is_asked_there()
    {
        await using LoopbackNameServer server = new(Pod.Right, new IPEndPoint(IPAddress.IPv6Loopback, 0));

        var verdict = await Gate.CheckAsync(server.Address);

        verdict.AssertIs(0, "open", "agrees");
        Assert.Equal("agrees", verdict.ReasonAt(server.Address));
    }

    [Fact]
    public async Task A_server_named_twice_is_asked_once()
    {
        await using NameServers servers = new(Pod.Right);

        var verdict = await Gate.CheckAsync($"{servers.List},{servers.List}");

        Assert.Single(verdict.Servers);
        Assert.Equal(6, servers[0].QueryCount);
    }

    [Fact]
    public async Task A_name_that_appears_while_waiting_was_never_asked_for_with_the_applications_flags_before()
    {
        ClusterData cluster = new(TimeProvider.System);
        await using NameServers servers = new(new SimulatedCoreDns(cluster, CoreDnsOptions.Classic));
        await using var wait = Gate.Start(Gate.Arguments("wait", servers.List));
        await servers[0].WaitForQueriesAsync(2).WaitAsync(Eventually.Limit);
        var before = servers[0].QueryCount;
        cluster.Set(Pod.Name, Pod.Ip);

        var ended = await wait.EndAsync();

        Assert.Equal(0, ended.ExitCode);
        Assert.All(servers[0].Queries.Take(before), query => Assert.True(IsPrivate(query) && query.Type != RrType.Ptr, query.ToString()));
    }
}
