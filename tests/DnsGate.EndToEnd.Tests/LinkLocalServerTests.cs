using System.Net;
using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests;

/// <summary>A name server at a link-local IPv6 address: a node cache behind eth0, in a network namespace.</summary>
public sealed class LinkLocalServerTests : IAsyncLifetime
{
    private const string Right = "10.96.0.1";
    private const string LinkLocal = "fe80::53%eth0";

    private const string Interface = """
        echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad; echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad
        ip link add eth0 type veth peer name peer0 && ip link set eth0 up && ip link set peer0 up
        ip address add fe80::53/64 dev eth0 nodad
        """;

    private readonly TemporaryDirectory directory = new();
    private Namespace network = null!;
    private Knot right = null!;
    private Knot linkLocal = null!;

    public async ValueTask InitializeAsync()
    {
        network = await Namespace.StartAsync([Right]);
        var made = await network.RunAsync("/bin/sh", "-ec", Interface);
        Assert.True(made.ExitCode == 0, made.ToString());
        right = await Knot.StartAsync(Zones.Right.Files, IPAddress.Parse(Right), RealServer.DomainPort, network);
        linkLocal = await Knot.StartAsync(Zones.Stale.Files, IPAddress.IPv6Any, RealServer.DomainPort, network);
    }

    public async ValueTask DisposeAsync()
    {
        await linkLocal.DisposeAsync();
        await right.DisposeAsync();
        await network.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task Scenario_30_a_link_local_server_of_resolv_conf_is_asked_and_its_old_address_keeps_the_gate_closed()
    {
        var stale = await CheckAsync(Right, $"nameserver {LinkLocal}\nnameserver {Right}\n");
        await linkLocal.ChangeAsync(Zones.Right);
        var isRight = await CheckAsync(Right, $"nameserver {LinkLocal}\nnameserver {Right}\n");

        stale.AssertIs(1, "closed", "stale-address");
        Assert.Equal("stale-address", stale.ReasonAt("[fe80::53%eth0]:53"));
        isRight.AssertIs(0, "open", "agrees");
        Assert.Equal("app", isRight.Servers[^1].GetProperty("view").GetString());
    }

    [Theory]
    [InlineData("fe80::53%eth0")]
    [InlineData("[fe80::53%eth0]:53")]
    public async Task A_link_local_server_that_the_user_names_is_asked(string server)
    {
        var verdict = await CheckAsync(server, "");
        verdict.AssertIs(1, "closed", "stale-address");
        Assert.Equal("[fe80::53%eth0]:53", Assert.Single(verdict.Servers).GetProperty("server").GetString());
    }

    [Fact]
    public async Task A_line_whose_interface_does_not_exist_is_not_asked_and_stands_in_verdict_and_log()
    {
        const string Note = "line 2 is not asked: this pod has no interface 'eth9', which fe80::53 is behind";
        var app = AppOf($"nameserver {Right}\nnameserver fe80::53%eth9\n");
        var json = await CheckAsync(Right, $"nameserver {Right}\nnameserver fe80::53%eth9\n");
        var text = await network.RunAsync(Executable.Path, Gate.Arguments("wait", Right, "--app", app));

        json.AssertIs(0, "open", "agrees");
        Assert.EndsWith(Note, Assert.Single(json.Json.GetProperty("notes").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Equal(0, text.ExitCode);
        Assert.Contains(Note, text.Stdout, StringComparison.Ordinal);
        Assert.Contains($"[server-not-asked] {app["resolv.conf:".Length..]} {Note}", text.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_only_line_cannot_be_asked_the_verdict_has_that_line_and_what_is_wrong_with_it()
    {
        using TemporaryDirectory directory = new();
        var file = directory.Write("resolv.conf", "nameserver fe80::1%eth9\n");

        var ended = await network.RunAsync(Executable.Path, Gate.Arguments("check", $"resolv.conf:{file}", "--app", "off"));

        Assert.Equal(3, ended.ExitCode);
        Assert.StartsWith("undecidable: no DNS server was found\n", ended.Stdout, StringComparison.Ordinal);
        Assert.Contains($"'{file}' names no server that can be asked; ", ended.Stdout, StringComparison.Ordinal);
        Assert.Contains(
            $"  {file} line 1 is not asked: this pod has no interface 'eth9', which fe80::1 is behind\n", ended.Stdout,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fe80::53%eth9", "this pod has no interface 'eth9'")]
    [InlineData("fe80::53", "'fe80::53' is link-local and needs its interface, as in fe80::53%eth0")]
    [InlineData("fd00::53%eth0", "'fd00::53%eth0': only a link-local IPv6 address has an interface; write fd00::53")]
    public async Task A_server_whose_interface_is_missing_or_unknown_is_a_mistake_of_the_user(string server, string says)
    {
        foreach (var arguments in (string[][])[Gate.Arguments("check", server),
            Gate.Arguments("check", Right, "--external", $"a.example@{server}")])
        {
            var ended = await network.RunAsync(Executable.Path, arguments);
            Assert.Equal(2, ended.ExitCode);
            Assert.Contains(says, ended.Stderr, StringComparison.Ordinal);
        }
    }

    private async Task<Verdict> CheckAsync(string servers, string resolvConf) => new(await network.RunAsync(
        Executable.Path, Gate.Arguments("check", servers, "--app", resolvConf.Length == 0 ? "off" : AppOf(resolvConf), "-o", "json")));

    private string AppOf(string text) => $"resolv.conf:{directory.Write("resolv.conf", text)}";
}
