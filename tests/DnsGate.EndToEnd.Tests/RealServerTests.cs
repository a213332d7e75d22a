using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests;

/// <summary>The native executable against name servers that people run.</summary>
public sealed class RealServerTests
{
    [Theory]
    [InlineData("right", 0, "agrees")]
    [InlineData("stale", 1, "stale-address")]
    [InlineData("extra", 1, "extra-address")]
    [InlineData("nodata", 1, "no-address")]
    [InlineData("mismatch", 1, "reverse-mismatch")]
    public async Task Knot_and_named_are_read_alike(string what, int exitCode, string reason)
    {
        var zones = what switch
        {
            "stale" => Zones.Stale,
            "extra" => new Zones([Pod.OldIp, Pod.Ip]),
            "nodata" => new Zones([]),
            "mismatch" => Zones.Right with { Target = "zk-1.zk-headless.prod.svc.cluster.local" },
            _ => Zones.Right,
        };
        await using var knot = await Knot.StartAsync(zones);
        await using var named = await Named.StartAsync(zones);

        var verdict = await Gate.CheckAsync($"{(string)knot},{(string)named}");

        Assert.True((exitCode, reason) == (verdict.ExitCode, verdict.Reason), verdict.ToString());
        Assert.Equal((reason, reason), (verdict.ReasonAt(knot), verdict.ReasonAt(named)));
    }

    [Fact]
    public async Task Knot_refuses_other_names_times_out_when_stopped_and_fails_without_its_zone()
    {
        await using var knot = await Knot.StartAsync(Zones.Right);

        (await Gate.CheckAsync(knot, "--name", "zk-9.zk-headless.prod.svc.cluster.local")).AssertIs(1, "closed", "name-missing");
        (await Gate.CheckAsync(knot, "--name", "zk-0.zk-headless.prod.svc.example.com")).AssertIs(1, "closed", "refused");
        knot.Signal(Child.SigStop);
        (await Gate.CheckAsync(knot, "--query-timeout", "400ms")).AssertIs(3, "undecidable", "timed-out");
        knot.Signal(Child.SigCont);
        (await Gate.CheckAsync(knot)).AssertIs(0, "open", "agrees");
        await knot.PurgeAsync();
        (await Gate.CheckAsync(knot)).AssertIs(1, "closed", "server-failure");
        knot.Signal(Child.SigKill);
        await Eventually.HoldsAsync(
            () => !Directory.Exists($"/proc/{knot.ProcessId}")
                || File.ReadAllText($"/proc/{knot.ProcessId}/stat").Contains(") Z ", StringComparison.Ordinal),
            () => "knotd lives on");
        (await Gate.CheckAsync(knot)).AssertIs(3, "undecidable", "unreachable");
    }

    [Fact]
    public async Task Ninety_addresses_of_named_come_over_tcp()
    {
        string[] addresses = [Pod.Ip, .. Enumerable.Range(1, 89).Select(i => $"10.244.9.{i}")];
        await using var named = await Named.StartAsync(new Zones(addresses));

        var verdict = await Gate.CheckAsync(named);
        var all = await Gate.CheckAsync(named, "--ip", string.Join(',', addresses), "--reverse", "off");

        verdict.AssertIs(1, "closed", "extra-address");
        Assert.Equal(90, verdict.Servers[0].GetProperty("observations")[0].GetProperty("records").GetArrayLength());
        all.AssertIs(0, "open", "agrees");
    }

    [Fact]
    public async Task Unbound_that_serves_its_last_second_with_ttl_0_does_not_keep_the_window_from_filling()
    {
        await using var knot = await Knot.StartAsync(Zones.Right with { Ttl = 2 });
        await using var unbound = await Unbound.StartAsync(knot);

        var verdict = await Gate.WaitAsync(unbound, "--settle", "5s", "--interval", "600ms");

        Assert.True(verdict is { ExitCode: 0, State: "open", Settled: true }, verdict.ToString());
        Assert.Contains("ttl-zero", verdict.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_behind_unbound_opens_when_its_cache_expires()
    {
        await using var knot = await Knot.StartAsync(Zones.Stale with { Ttl = 4 });
        await using var unbound = await Unbound.StartAsync(knot);
        (await Gate.CheckAsync(unbound)).AssertIs(1, "closed", "stale-address");
        await using var wait = Gate.Start(Gate.Arguments("wait", unbound));
        await Eventually.HoldsAsync(() => wait.Stderr.Contains("stale-address", StringComparison.Ordinal), () => wait.Stderr);
        await knot.ChangeAsync(Zones.Right with { Ttl = 4 });

        var ended = await wait.EndAsync();

        Assert.True(ended.ExitCode == 0, ended.ToString());
    }

    [Theory]
    [InlineData(Pod.Ip, 0, "agrees")]
    [InlineData(Pod.OldIp, 1, "stale-address")]
    public async Task Dnsmasq_is_read(string address, int exitCode, string reason)
    {
        await using var dnsmasq = await Dnsmasq.StartAsync(address);

        var verdict = await Gate.CheckAsync(dnsmasq);

        Assert.True((exitCode, reason) == (verdict.ExitCode, verdict.Reason), verdict.ToString());
    }

    [Fact]
    public async Task Three_servers_one_of_them_stale_open_only_after_that_one_has_changed()
    {
        await using var first = await Knot.StartAsync(Zones.Right);
        await using var second = await Knot.StartAsync(Zones.Stale with { Ttl = 1 });
        await using var third = await Named.StartAsync(Zones.Right);
        var servers = string.Join(',', (string)first, (string)second, (string)third);
        await using var run = Gate.Start(
            [.. Gate.Arguments("run", servers, "--log-level", "debug", "--log-format", "json"), "--", "echo", "started"]);
        await Eventually.HoldsAsync(() => RoundsOf(run) >= 3, () => run.Stderr);
        (await Gate.CheckAsync(servers)).AssertIs(1, "closed", "stale-address");
        var rounds = RoundsOf(run);
        await Eventually.HoldsAsync(() => RoundsOf(run) >= rounds + 2, () => run.Stderr);
        Assert.False(run.HasExited);
        Assert.DoesNotContain("opened", run.Stderr, StringComparison.Ordinal);
        await second.ChangeAsync(Zones.Right);

        var ended = await run.EndAsync();

        Assert.Equal((0, "started\n"), (ended.ExitCode, ended.Stdout));
    }

    private static int RoundsOf(Child wait) =>
        wait.Stderr.Split('\n').Count(line => line.Contains("\"event\":\"round\"", StringComparison.Ordinal)
            || line.Contains("\"event\":\"verdict-changed\"", StringComparison.Ordinal));
}
