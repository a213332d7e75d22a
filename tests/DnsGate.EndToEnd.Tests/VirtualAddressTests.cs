using System.Net;
using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// Three name servers behind one virtual address, as kube-proxy's nftables mode puts CoreDNS behind the address of
/// kube-dns: each new source port is sent to one of the three, by chance. One of them is stale.
/// </summary>
/// <remarks>
/// The chance that one lookup does not meet the stale server is 2/3. A check asks in four steps (A and PTR, privately and
/// as applications ask), each 8 times, and the stale server is wrong in each: that a check misses it in all 32 draws has
/// a chance of (2/3)^32 = 2.3e-6; that one of 20 checks does, 4.6e-5. A step is the least that a round takes: (2/3)^8 = 4 %.
/// </remarks>
public sealed class VirtualAddressTests : IDisposable
{
    private const string Virtual = "10.96.0.10";
    private const int Checks = 20;

    private static readonly string[] Servers = ["10.96.1.1", "10.96.1.2", "10.96.1.3"];

    // The old pod's name for the new address is unknown as well.
    private static readonly Zones Stale = Zones.Stale with { Target = "zk-9.zk-headless.prod.svc.cluster.local", Ttl = 1 };

    private readonly TemporaryDirectory directory = new();

    private string ResolvConf => $"resolv.conf:{directory.Write("resolv.conf", $"nameserver {Virtual}\n")}";

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task One_stale_server_of_three_does_not_pass_the_sampling_and_the_gate_opens_once_it_has_turned_right()
    {
        await using var network = await NetworkAsync();
        await using var first = await InAsync(network, 0, Zones.Right);
        await using var second = await InAsync(network, 1, Zones.Right);
        await using var third = await InAsync(network, 2, Stale);
        string[] options = ["--app", "off"];
        await using var wait = network.Start(
            Executable.Path, Gate.Arguments("wait", ResolvConf, [.. options, "--log-level", "debug", "-o", "json"]));

        for (var check = 0; check < Checks; check++)
        {
            var verdict = await CheckAsync(network, options);
            verdict.AssertIs(1, "closed", verdict.Reason);
            Assert.Contains(verdict.Reason, (string[])["stale-address", "reverse-mismatch"]);
            Assert.Equal("sampled", verdict.Json.GetProperty("coverage").GetString());
        }

        Assert.False(wait.HasExited);
        await third.ChangeAsync(Zones.Right);
        Verdict waited = new(await wait.EndAsync());
        waited.AssertIs(0, "open", "agrees");
        (await CheckAsync(network, options)).AssertIs(0, "open", "agrees");
    }

    [Fact]
    public async Task One_lookup_after_another_meets_now_a_right_server_and_now_the_stale_one_and_the_page_says_what_a_sample_is_worth()
    {
        await using var network = await NetworkAsync();
        await using var first = await InAsync(network, 0, Zones.Right);
        await using var second = await InAsync(network, 1, Zones.Right);
        await using var third = await InAsync(network, 2, Stale);

        // That all of 40 lookups meet one kind of server: (2/3)^40 + (1/3)^40 = 9e-8.
        var lookups = await network.RunAsync(
            "dig", [.. Enumerable.Repeat(Pod.Name, 40).SelectMany(name => (string[])[$"@{Virtual}", "+short", name, "A"])]);
        var page = await network.RunAsync(Executable.Path, Gate.Arguments("explain", ResolvConf));

        Assert.Equal([Pod.Ip, Pod.OldIp], lookups.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Order());
        var text = string.Join(' ', page.Stdout.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1, page.ExitCode);
        Assert.Contains("coverage sampled", text, StringComparison.Ordinal);
        Assert.Contains("A sample is evidence, not proof", text, StringComparison.Ordinal);
        Assert.Contains("8 samples a round", text, StringComparison.Ordinal);
    }

    private static Task<Namespace> NetworkAsync() => Namespace.StartAsync([Virtual, .. Servers], $$"""
        table ip services {
          chain output {
            type nat hook output priority -100;
            ip daddr {{Virtual}} udp dport 53 dnat to numgen random mod 3 map { 0 : {{Servers[0]}}, 1 : {{Servers[1]}}, 2 : {{Servers[2]}} }
            ip daddr {{Virtual}} tcp dport 53 dnat to numgen random mod 3 map { 0 : {{Servers[0]}}, 1 : {{Servers[1]}}, 2 : {{Servers[2]}} }
          }
        }
        """);

    private static Task<Knot> InAsync(Namespace network, int server, Zones zones) =>
        Knot.StartAsync(zones.Files, IPAddress.Parse(Servers[server]), RealServer.DomainPort, network);

    private async Task<Verdict> CheckAsync(Namespace network, string[] options) =>
        new(await network.RunAsync(Executable.Path, Gate.Arguments("check", ResolvConf, [.. options, "-o", "json"])));
}
