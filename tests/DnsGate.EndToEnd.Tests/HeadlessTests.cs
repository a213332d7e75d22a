using System.Net;
using System.Text.Json;
using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests;

/// <summary>The list of name servers from a headless Service over them: knot on port 53, one for each CoreDNS.</summary>
public sealed class HeadlessTests : IDisposable
{
    private const string Headless = $"headless:{Zones.Service}";

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_stale_server_that_only_anothers_list_names_closes_the_gate_and_the_coverage_is_complete()
    {
        IPAddress[] at = [RealServer.NextAddress(), RealServer.NextAddress(), RealServer.NextAddress()];
        await using var first = await OnPort53Async(Zones.Right with { NameServers = at[..2] }, at[0]);
        await using var second = await OnPort53Async(Zones.Right with { NameServers = at }, at[1]);
        await using var third = await OnPort53Async(Zones.Stale with { NameServers = at, Ttl = 1 }, at[2]);
        var app = AppOf(at[0]);

        var stale = await Gate.CheckAsync(Headless, "--app", app);
        await third.ChangeAsync(Zones.Right with { NameServers = at });
        var right = await Gate.CheckAsync(Headless, "--app", app);
        var text = await Gate.RunAsync(Gate.Arguments("check", Headless, "--app", app));

        stale.AssertIs(1, "closed", "stale-address");
        Assert.Equal(("agrees", "agrees", "stale-address"), (stale.ReasonAt(first), stale.ReasonAt(second), stale.ReasonAt(third)));
        right.AssertIs(0, "open", "agrees");
        Assert.Equal("complete", right.Json.GetProperty("coverage").GetString());
        Assert.All(right.Servers, server =>
            Assert.Equal((Headless, "cluster"), (server.GetProperty("source").GetString(), server.GetProperty("view").GetString())));
        Assert.Contains("at all 3 DNS servers", text.Stdout, StringComparison.Ordinal);
        Assert.Contains($"coverage: complete, from {Headless}", text.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_that_listen_on_different_ports_are_each_asked_at_their_own()
    {
        const int OtherPort = 5353;
        IPAddress[] at = [RealServer.NextAddress(), RealServer.NextAddress()];
        await using var first = await Knot.StartAsync(Listing(Zones.Right), at[0], RealServer.DomainPort);
        await using var second = await Knot.StartAsync(Listing(Zones.Stale), at[1], OtherPort);

        var stale = await Gate.CheckAsync(Headless, "--app", AppOf(at[0]));
        await second.ChangeAsync(Listing(Zones.Right));
        var right = await Gate.CheckAsync(Headless, "--app", AppOf(at[0]));

        stale.AssertIs(1, "closed", "stale-address");
        Assert.Equal(("agrees", "stale-address"), (stale.ReasonAt(first), stale.ReasonAt($"{at[1]}:{OtherPort}")));
        right.AssertIs(0, "open", "agrees");
        Assert.Equal(("complete", 2), (right.Json.GetProperty("coverage").GetString(), right.Servers.Count));

        ZoneFile[] Listing(Zones zones) =>
        [
            new(Zones.Domain, $"""
                {zones.Forward}_dns._udp.{Zones.Service}. SRV 0 50 {RealServer.DomainPort} a.{Zones.Service}.
                _dns._udp.{Zones.Service}. SRV 0 50 {OtherPort} b.{Zones.Service}.
                {Zones.Service}. A {at[0]}
                {Zones.Service}. A {at[1]}
                a.{Zones.Service}. A {at[0]}
                b.{Zones.Service}. A {at[1]}

                """),
            new(Zones.ReverseDomain, zones.Reverse),
        ];
    }

    [Fact]
    public async Task A_server_that_is_added_while_waiting_has_to_agree_before_the_gate_opens()
    {
        IPAddress[] at = [RealServer.NextAddress(), RealServer.NextAddress()];
        await using var first = await OnPort53Async(Zones.Right with { NameServers = at[..1] }, at[0]);
        await using var second = await OnPort53Async(Zones.Stale with { NameServers = at, Ttl = 1 }, at[1]);
        await using var wait = Gate.Start(Gate.Arguments("wait", Headless, "--app", AppOf(at[0]), "--settle", "2s", "-o", "json"));
        await Eventually.HoldsAsync(() => wait.Stderr.Contains("; confirming (", StringComparison.Ordinal), () => wait.Stderr);
        await first.ChangeAsync(Zones.Right with { NameServers = at });
        await Eventually.HoldsAsync(
            () => wait.Stderr.Contains($"{(string)second}", StringComparison.Ordinal)
                && wait.Stderr.Contains("stale-address", StringComparison.Ordinal),
            () => wait.Stderr);
        Assert.False(wait.HasExited);
        await second.ChangeAsync(Zones.Right with { NameServers = at });

        Verdict verdict = new(await wait.EndAsync());

        verdict.AssertIs(0, "open", "agrees");
        Assert.Equal(2, verdict.Servers.Count);
        Assert.Contains("servers-listed", verdict.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Service_that_does_not_exist_leaves_nobody_to_ask_and_the_reason_is_told()
    {
        var at = RealServer.NextAddress();
        await using var server = await OnPort53Async(Zones.Right, at);

        var text = await Gate.RunAsync(Gate.Arguments("check", Headless, "--app", AppOf(at)));
        var json = await Gate.CheckAsync(Headless, "--app", AppOf(at));
        var beside = await Gate.CheckAsync($"{Headless},{(string)server}", "--app", AppOf(at));

        Assert.Equal(3, text.ExitCode);
        Assert.Contains("undecidable: ", text.Stdout, StringComparison.Ordinal);
        Assert.Contains(
            $"{Headless}: NXDOMAIN: there is no such Service, or none of its pods is ready", text.Stdout, StringComparison.Ordinal);
        json.AssertIs(3, "undecidable", "discovery-failed");
        Assert.Equal("none", json.Json.GetProperty("coverage").GetString());
        beside.AssertIs(1, "closed", "discovery-failed");
    }

    [Fact]
    public async Task Auto_falls_back_to_resolv_conf_and_says_why_in_verdict_and_log()
    {
        var at = RealServer.NextAddress();
        await using var server = await OnPort53Async(Zones.Right, at);

        var wait = await WithResolvConfAsync(
            at, Gate.Arguments("wait", "auto", "--app", "resolv.conf", "--log-format", "json", "-o", "json"));
        var text = await WithResolvConfAsync(at, Gate.Arguments("check", "auto", "--app", "resolv.conf"));

        Verdict verdict = new(wait);
        verdict.AssertIs(0, "open", "agrees");
        Assert.Equal("sampled", verdict.Json.GetProperty("coverage").GetString());
        Assert.Equal("resolv.conf", verdict.Servers.Single().GetProperty("source").GetString());
        Assert.Equal(
            ["kube:kube-system/k8s-app=kube-dns False", $"{Headless} False", "ns False", "resolv.conf True"],
            verdict.Json
                .GetProperty("sources")
                .EnumerateArray()
                .Select(source => $"{source.GetProperty("source").GetString()} {source.GetProperty("serves").GetBoolean()}"));
        var why = MessageOf(wait.Stderr, "listing-failed");
        Assert.Contains("kube:kube-system/k8s-app=kube-dns: KUBERNETES_SERVICE_HOST", why, StringComparison.Ordinal);
        Assert.Contains($"{Headless}: NXDOMAIN", why, StringComparison.Ordinal);
        Assert.Contains("coverage sampled, from resolv.conf", MessageOf(wait.Stderr, "servers-listed"), StringComparison.Ordinal);
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("coverage: sampled, from resolv.conf", text.Stdout, StringComparison.Ordinal);
        Assert.Contains($"{Headless}: NXDOMAIN", text.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Auto_finds_the_headless_Service_of_the_conventional_name()
    {
        IPAddress[] at = [RealServer.NextAddress(), RealServer.NextAddress()];
        await using var first = await OnPort53Async(Zones.Right with { NameServers = at }, at[0]);
        await using var second = await OnPort53Async(Zones.Right with { NameServers = at }, at[1]);

        Verdict verdict = new(await WithResolvConfAsync(at[0], Gate.Arguments("check", "auto", "--app", "resolv.conf", "-o", "json")));

        verdict.AssertIs(0, "open", "agrees");
        Assert.Equal(("complete", 2), (verdict.Json.GetProperty("coverage").GetString(), verdict.Servers.Count));
    }

    private static Task<Knot> OnPort53Async(Zones zones, IPAddress address) => Knot.StartAsync(zones.Files, address, RealServer.DomainPort);

    private string AppOf(IPAddress server) => $"resolv.conf:{directory.Write("resolv.conf", $"nameserver {server}\n")}";

    /// <summary>Runs the gate where /etc/resolv.conf names this server, in a mount namespace of its own.</summary>
    private Task<ProcessResult> WithResolvConfAsync(IPAddress server, string[] arguments) => Child.RunAsync(
        "unshare",
        ["--mount", "/bin/sh", "-c", "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"",
            directory.Write("etc", $"nameserver {server}\n"), Executable.Path, .. arguments]);

    private static string MessageOf(string log, string what) => log.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => JsonDocument.Parse(line).RootElement)
        .First(entry => entry.GetProperty("event").GetString() == what)
        .GetProperty("message").GetString()!;
}
