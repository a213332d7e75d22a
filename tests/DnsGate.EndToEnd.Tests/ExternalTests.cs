using System.Net;
using System.Text.Json;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>Name servers outside the cluster: real ones for what they say, one that counts for how often they are asked.</summary>
public sealed class ExternalTests : IDisposable
{
    private const string Authoritative = "{pod}.example.com@authoritative";

    private readonly TemporaryDirectory directory = new();

    private static PodZone Outside => PodZone.For(ExternalZone.PodName, Pod.Ip) with { Zone = ExternalZone.Domain };

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_recursive_server_is_asked_with_recursion_for_the_name_that_the_placeholder_makes()
    {
        await using NameServers cluster = new(Pod.Right);
        await using var zone = await Knot.StartAsync(new ExternalZone(IPAddress.Loopback).Files);
        await using var unbound = await Unbound.StartAsync([(ExternalZone.Domain, zone)]);

        var right = await Gate.CheckAsync(cluster.List, "--external", $"{{pod}}.example.com@{(string)unbound}");
        var missing = await Gate.CheckAsync(cluster.List, "--external", $"{{pod}}-1.example.com@{(string)unbound}");

        // unbound refuses questions without RD, but for its own data.
        right.AssertIs(0, "open", "agrees");
        Assert.Equal([$"A {ExternalZone.PodName}", $"AAAA {ExternalZone.PodName}"], QuestionsAt(right, unbound));
        missing.AssertIs(1, "closed", "name-missing");
        Assert.Equal(["A zk-0-1.example.com", "AAAA zk-0-1.example.com"], QuestionsAt(missing, unbound));
    }

    [Fact]
    public async Task Every_name_server_of_the_zone_has_to_agree_found_through_the_servers_of_resolv_conf()
    {
        IPAddress[] at = [RealServer.NextAddress(), RealServer.NextAddress()];
        ExternalZone zone = new(at);
        await using var first = await OnPort53Async(zone.Files, at[0]);
        await using var second = await OnPort53Async(zone.Files, at[1]);
        await using var cluster = await Knot.StartAsync(Zones.Right);
        await using var resolver = await ResolverAsync(cluster, first);
        string[] options = ["--external", Authoritative, "--app", AppOf(resolver)];

        var right = await Gate.CheckAsync(cluster, options);
        await second.ChangeAsync((zone with { Address = Pod.OldIp }).Files);
        var stale = await Gate.CheckAsync(cluster, options);
        await second.ChangeAsync((zone with { Address = null }).Files);
        var missing = await Gate.CheckAsync(cluster, options);
        second.Signal(Child.SigKill);
        var one = await Gate.CheckAsync(cluster, options);

        right.AssertIs(0, "open", "agrees");
        Assert.Equal(
            ["authoritative:ns1.example.com external", "authoritative:ns2.example.com external"],
            right.Servers
                .TakeLast(2)
                .Select(server => $"{server.GetProperty("source").GetString()} {server.GetProperty("view").GetString()}"));
        stale.AssertIs(1, "closed", "stale-address");
        Assert.Equal(("agrees", "stale-address"), (stale.ReasonAt(first), stale.ReasonAt(second)));
        missing.AssertIs(1, "closed", "name-missing");
        // Outside the cluster one server that answers is enough: silence is excused, as in every view but the cluster's.
        one.AssertIs(0, "open", "agrees");
    }

    [Fact]
    public async Task A_server_that_is_named_for_the_zone_and_does_not_know_it_closes_the_gate()
    {
        IPAddress[] at = [RealServer.NextAddress(), RealServer.NextAddress()];
        ExternalZone zone = new(at);
        await using var right = await OnPort53Async(zone.Files, at[0]);
        await using var lame = await OnPort53Async(zone.ParentFiles, at[1]);
        await using var cluster = await Knot.StartAsync(Zones.Right);
        await using var resolver = await ResolverAsync(cluster, right);

        var verdict = await Gate.CheckAsync(cluster, "--external", Authoritative, "--app", AppOf(resolver));

        verdict.AssertIs(1, "closed", "server-failure");
        Assert.Equal(("agrees", "server-failure"), (verdict.ReasonAt(right), verdict.ReasonAt(lame)));
        Assert.Contains("without AA", verdict.Servers[^1].GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_zones_own_servers_are_asked_without_recursion_and_the_name_is_asked_of_nobody_before()
    {
        var at = RealServer.NextAddress();
        Machine.NeedsRoot();
        Func<ReceivedQuery, Response?> zone = Outside.WithRecord(
            Rr.Soa(ExternalZone.Domain), Rr.Ns(ExternalZone.Domain, "ns1.example.com"), Rr.Address("ns1.example.com", at.ToString()));
        // It is the application's server as well.
        await using LoopbackNameServer own = new(
            Misbehaving.When(query => query.Name.EndsWith(ExternalZone.Domain, StringComparison.Ordinal), zone, Pod.Right),
            new IPEndPoint(at, RealServer.DomainPort));
        await using NameServers cluster = new(Pod.Stale);
        string[] options = ["--external", Authoritative, "--app", $"resolv.conf:{directory.Write("own", $"nameserver {at}\n")}"];

        (await Gate.CheckAsync(cluster.List, options)).AssertIs(1, "closed", "stale-address");
        var discovery = own.QueryCount;
        Assert.DoesNotContain(own.Queries, query => query.Name is ExternalZone.PodName or Pod.Name);
        cluster[0].Behaviour = Pod.Right;
        (await Gate.CheckAsync(cluster.List, options)).AssertIs(0, "open", "agrees");

        ReceivedQuery[] later = [.. own.Queries.Skip(discovery)];
        Assert.Equal(
            ["A", "AAAA"],
            later.Where(query => query.Name == ExternalZone.PodName).Select(query => query.Type.ToString().ToUpperInvariant()).Order());
        Assert.All(later, query => Assert.Equal(query.Name != ExternalZone.PodName, query.RD));
        Assert.All(later, query => Assert.True(query is { CD: false, DO: false }, query.ToString()));
    }

    [Fact]
    public async Task Nobody_outside_is_asked_before_the_cluster_agrees_and_then_at_most_every_five_seconds()
    {
        await using LoopbackNameServer outside = new(Outside);
        await using NameServers cluster = new(Pod.Right, Pod.Stale.WithTtl(1));
        await using var wait = Gate.Start(
            Gate.Arguments("wait", cluster.List, "--external", $"{{pod}}.example.com@{outside.Address}", "--settle", "5500ms"));
        await cluster[1].WaitForQueriesAsync(6).WaitAsync(Eventually.Limit);
        Assert.Equal(0, outside.QueryCount);
        cluster[1].Behaviour = Pod.Right;

        var ended = await wait.EndAsync();

        Assert.True(ended.ExitCode == 0, ended.ToString());
        TimeSpan[] times = [.. outside.Queries.Where(query => query.Type == RrType.A).Select(query => query.ReceivedAt)];
        Assert.Equal(2, times.Length);
        Assert.True(times[1] - times[0] >= TimeSpan.FromSeconds(5), $"{times[0]} {times[1]}");
        Assert.All(outside.Queries, query => Assert.True(query is { RD: true, CD: false, DO: false }, query.ToString()));
    }

    [Fact]
    public async Task A_zone_that_cannot_be_found_keeps_the_gate_closed_and_is_named()
    {
        await using var cluster = await Knot.StartAsync(Zones.Right);
        await using var resolver = await Unbound.StartAsync(
            [(Zones.Domain, cluster), (Zones.ReverseDomain, cluster), (ExternalZone.Domain, cluster)], RealServer.DomainPort);

        var check = await Gate.RunAsync(
            Gate.Arguments("check", cluster, "--external", Authoritative, "--app", AppOf(resolver), "--query-timeout", "2s"));

        Assert.Equal(1, check.ExitCode);
        Assert.Contains($"{Authoritative}: its zone was not found: the DNS servers of resolv.conf do not answer for it",
            check.Stdout, StringComparison.Ordinal);
        Assert.Contains("discovery-failed", check.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zone_is_found_behind_dnsmasq_below_names_that_do_not_exist_yet()
    {
        var at = RealServer.NextAddress();
        ExternalZone zone = new(at);
        await using var own = await OnPort53Async(zone.Files, at);
        await using var cluster = await Knot.StartAsync([.. Zones.Right.Files, .. zone.Files]);
        await using var dnsmasq = await Dnsmasq.StartAsync(cluster);

        // Twice: the second time the negative answer may come from its cache.
        for (var listing = 0; listing < 2; listing++)
        {
            var verdict = await Gate.CheckAsync(
                cluster, "--external", "{pod}.pods.here.example.com@authoritative", "--app", AppOf(dnsmasq));
            verdict.AssertIs(1, "closed", "name-missing");
            Assert.Equal("name-missing", verdict.ReasonAt(own));
        }
    }

    private static Task<Knot> OnPort53Async(IReadOnlyList<ZoneFile> zones, IPAddress address) =>
        Knot.StartAsync(zones, address, RealServer.DomainPort);

    /// <summary>A resolver that resolv.conf can name: of the cluster's names and of example.com.</summary>
    private static Task<Unbound> ResolverAsync(Knot cluster, Knot outside) =>
        Unbound.StartAsync(
            [(Zones.Domain, cluster), (Zones.ReverseDomain, cluster), (ExternalZone.Domain, outside)], RealServer.DomainPort);

    private string AppOf(RealServer server) => $"resolv.conf:{directory.Write("app", $"nameserver {server.Address}\n")}";

    private static IEnumerable<string?> QuestionsAt(Verdict verdict, string server) => verdict.Servers
        .Single(item => item.GetProperty("server").GetString() == server && item.GetProperty("view").GetString() == "external")
        .GetProperty("observations").EnumerateArray().Select((JsonElement observation) => observation.GetProperty("question").GetString());
}
