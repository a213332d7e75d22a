using System.Net;
using System.Text.Json;
using DnsClient;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// Real caches between the application and the cluster's name servers: what they keep holds the application's start back.
/// </summary>
public sealed class CacheTests : IDisposable
{
    // Whole seconds of a TTL: long enough to be seen old by several rounds.
    private const int Ttl = 4;

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task What_unbound_and_dnsmasq_keep_closes_the_gate_until_it_expires_although_the_cluster_turned_right()
    {
        await using var cluster = await Knot.StartAsync(Zones.Stale with { Ttl = Ttl });
        await using var unbound = await Unbound.StartAsync(cluster, RealServer.DomainPort);
        await using var dnsmasq = await Dnsmasq.StartAsync(cluster);
        RealServer[] caches = [unbound, dnsmasq];
        var app = $"resolv.conf:{directory.Write("resolv.conf", $"nameserver {unbound.Address}\nnameserver {dnsmasq.Address}\n")}";
        // A peer of the pod asked just before the change.
        await Task.WhenAll(caches.Select(cache =>
            StubResolver.For(new IPEndPoint(cache.Address, cache.Port), Eventually.Limit).QueryAsync(Pod.Name, QueryType.A)));
        await cluster.ChangeAsync(Zones.Right with { Ttl = Ttl });

        var early = await Gate.CheckAsync(cluster, "--app", app);
        var waited = await Gate.WaitAsync(cluster, "--app", app, "--settle", "1s");

        early.AssertIs(1, "closed", "stale-address");
        Assert.Equal(["cluster agrees", "app stale-address", "app stale-address"], early.Servers.Select(ViewAndReason));
        Assert.Contains($"A {Pod.OldIp}, expected {Pod.Ip}", early.Servers[1].GetProperty("detail").GetString()!, StringComparison.Ordinal);
        waited.AssertIs(0, "open", "agrees");
        Assert.Contains("2 of 3 DNS servers disagree: stale-address at ", waited.Stderr, StringComparison.Ordinal);
        // Neither before the caches expire, nor long after them.
        Assert.InRange(waited.Duration, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(Ttl + 8));
    }

    [Fact]
    public async Task The_early_questions_of_the_gate_leave_no_old_answer_behind_in_a_cache_of_the_application()
    {
        await using var cluster = await Knot.StartAsync(Zones.Stale with { Ttl = 300 });
        await using var unbound = await Unbound.StartAsync(cluster, RealServer.DomainPort);
        var app = $"resolv.conf:{directory.Write("resolv.conf", $"nameserver {unbound.Address}\n")}";

        (await Gate.CheckAsync(cluster, "--app", app)).AssertIs(1, "closed", "stale-address");
        await cluster.ChangeAsync(Zones.Right);

        // The application's server was not asked while the cluster disagreed: it has nothing to keep for 300 s.
        (await Gate.CheckAsync(cluster, "--app", app)).AssertIs(0, "open", "agrees");
    }

    private static string ViewAndReason(JsonElement server) =>
        $"{server.GetProperty("view").GetString()} {server.GetProperty("reason").GetString()}";
}
