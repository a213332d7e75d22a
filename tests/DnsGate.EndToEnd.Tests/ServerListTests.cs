using System.Net;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>Servers of a resolv.conf. They listen on port 53, so these need root, and each test has addresses of its own.</summary>
public sealed class ServerListTests
{
    [Fact]
    public async Task The_app_view_is_asked_after_the_cluster_view_and_as_the_application_asks()
    {
        await using NameServers servers = new(Pod.Right);
        await using var application = On("127.83.12.9", Pod.Stale);
        using TemporaryDirectory directory = new();
        var app = $"resolv.conf:{directory.Write("resolv.conf", "search a b\nnameserver 127.83.12.9\noptions ndots:5\n")}";

        var stale = await Gate.CheckAsync(servers.List, "--app", app);
        application.Behaviour = Pod.Right;
        var right = await Gate.CheckAsync(servers.List, "--app", app);

        stale.AssertIs(1, "closed", "stale-address");
        Assert.Equal(["cluster", "app"], stale.Servers.Select(server => server.GetProperty("view").GetString()));
        right.AssertIs(0, "open", "agrees");
        Assert.All(application.Queries, query => Assert.True(query is { CD: false, DO: false, RD: true }, query.ToString()));
    }

    [Fact]
    public async Task The_app_view_is_not_asked_while_the_cluster_view_disagrees()
    {
        await using NameServers servers = new(Pod.Missing);
        await using var application = On("127.83.12.10", Pod.Right);
        using TemporaryDirectory directory = new();

        await Gate.CheckAsync(servers.List, "--app", $"resolv.conf:{directory.Write("resolv.conf", "nameserver 127.83.12.10\n")}");

        Assert.Equal(0, application.QueryCount);
    }

    [Fact]
    public async Task A_stale_server_that_joins_the_list_while_waiting_keeps_it_closed()
    {
        await using var first = On("127.83.12.11", Pod.Right);
        await using var second = On("127.83.12.12", Pod.Stale.WithTtl(1));
        using TemporaryDirectory directory = new();
        var list = directory.Write("resolv.conf", "nameserver 127.83.12.11\n");
        await using var wait = Gate.Start(Gate.Arguments("wait", $"resolv.conf:{list}", "--settle", "1500ms"));
        await first.WaitForQueriesAsync(6).WaitAsync(Eventually.Limit);
        var longer = directory.Write("longer", "nameserver 127.83.12.11\nnameserver 127.83.12.12\n");
        File.Move(longer, list, overwrite: true);
        await second.WaitForQueriesAsync(4).WaitAsync(Eventually.Limit);
        Assert.False(wait.HasExited);
        second.Behaviour = Pod.Right;

        var ended = await wait.EndAsync();

        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("stale-address", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_vanishes_while_waiting_leaves_the_last_one_in_use()
    {
        await using var server = On("127.83.12.13", Pod.Stale.WithTtl(1));
        using TemporaryDirectory directory = new();
        var list = directory.Write("resolv.conf", "nameserver 127.83.12.13\n");
        await using var wait = Gate.Start(Gate.Arguments("wait", $"resolv.conf:{list}"));
        await server.WaitForQueriesAsync(4).WaitAsync(Eventually.Limit);
        File.Delete(list);
        await server.WaitForQueriesAsync(server.QueryCount + 4).WaitAsync(Eventually.Limit);
        server.Behaviour = Pod.Right;

        var ended = await wait.EndAsync();

        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Contains("listing-failed", ended.Stderr, StringComparison.Ordinal);
        Assert.Contains(list, ended.Stderr, StringComparison.Ordinal);
    }

    private static LoopbackNameServer On(string address, Func<ReceivedQuery, Response?> behaviour)
    {
        Machine.NeedsRoot();
        return new LoopbackNameServer(behaviour, new IPEndPoint(IPAddress.Parse(address), 53));
    }
}
