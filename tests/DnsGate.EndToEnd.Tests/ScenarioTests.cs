using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// The rows of docs/scenarios.md: one round of the native executable, judged by exit code, state and the reason of each server.
/// </summary>
public sealed class ScenarioTests
{
    private static readonly string[] Hasty = ["--query-timeout", "400ms"];
    private static readonly string[] DualStack = ["--ip", $"{Pod.Ip},{Pod.Ip6}"];
    private static readonly Func<ReceivedQuery, Response?> Silent = Misbehaving.Silent();

    private static readonly Dictionary<string, Row> Rows = new()
    {
        ["1: all are right"] = new(0, "open", [Pod.Right, Pod.Right, Pod.Right], ["agrees", "agrees", "agrees"]),
        ["2: one of three gives the old address"] = new(
            1, "closed", [Pod.Right, Pod.Stale, Pod.Right], ["agrees", "stale-address", "agrees"]),
        ["3: one of three says NXDOMAIN"] = new(1, "closed", [Pod.Right, Pod.Right, Pod.Missing], ["agrees", "agrees", "name-missing"]),
        ["4: right and old in one answer"] = new(1, "closed", [Pod.Right.WithExtra(Pod.OldIp)], ["extra-address"]),
        ["5: no AAAA anywhere, auto"] = new(0, "open", [Pod.Right, Pod.Right], ["agrees", "agrees"], DualStack),
        ["5: no AAAA anywhere, both"] = new(
            1, "closed", [Pod.Right, Pod.Right], ["missing-address", "missing-address"], [.. DualStack, "--families", "both"]),
        ["5: AAAA at one of two, auto"] = new(1, "closed", [Pod.DualStack, Pod.Right], ["agrees", "missing-address"], DualStack),
        ["5: A and AAAA everywhere"] = new(
            0, "open", [Pod.DualStack, Pod.DualStack], ["agrees", "agrees"], [.. DualStack, "--families", "both"]),
        ["5: ipv6 only"] = new(0, "open", [PodZone.For(Pod.Name, Pod.Ip6)], ["agrees"], [.. DualStack, "--families", "ipv6"]),
        ["6: A right, AAAA NXDOMAIN"] = new(1, "closed", [Pod.Right.WithNxDomainFor(RrType.Aaaa)], ["name-missing"]),
        ["7: PTR names another pod"] = new(
            1, "closed", [Pod.Right, Pod.Right.WithPtr("zk-1.zk-headless.prod.svc.cluster.local")], ["agrees", "reverse-mismatch"]),
        ["7: no PTR"] = new(1, "closed", [Pod.Right.WithPtr()], ["reverse-missing"]),
        ["7: PTR wrong, not asked"] = new(0, "open", [Pod.Right.WithPtr()], ["agrees"], ["--reverse", "off"]),
        ["8: PTR own and another Service's, contains"] = new(
            0, "open", [Pod.Right.WithPtr(Pod.Name, "10-244-1-7.zk.prod.svc.cluster.local")], ["agrees"]),
        ["8: PTR own and another Service's, only"] = new(
            1, "closed", [Pod.Right.WithPtr(Pod.Name, "10-244-1-7.zk.prod.svc.cluster.local")], ["reverse-extra"], ["--reverse", "only"]),
        ["9: all are down"] = new(3, "undecidable", [Silent, Silent, Silent], ["timed-out", "timed-out", "timed-out"], Hasty),
        ["10: one hangs"] = new(1, "closed", [Pod.Right, Silent, Pod.Right], ["agrees", "timed-out", "agrees"], Hasty),
        ["10: one hangs, majority"] = new(
            0, "open", [Pod.Right, Silent, Pod.Right], ["agrees", "timed-out", "agrees"], [.. Hasty, "--require", "majority"]),
        ["10: one hangs, two required"] = new(
            0, "open", [Pod.Right, Silent, Pod.Right], ["agrees", "timed-out", "agrees"], [.. Hasty, "--require", "2"]),
        ["10: two hang, majority"] = new(
            1, "closed", [Pod.Right, Silent, Silent], ["agrees", "timed-out", "timed-out"], [.. Hasty, "--require", "majority"]),
        ["11: one hangs, another is wrong, majority"] = new(
            1, "closed", [Pod.Right, Silent, Pod.Stale], ["agrees", "timed-out", "stale-address"], [.. Hasty, "--require", "majority"]),
        ["12: SERVFAIL everywhere"] = new(
            1, "closed", [Misbehaving.Error(Rcode.ServFail), Misbehaving.Error(Rcode.ServFail)], ["server-failure", "server-failure"]),
        ["12: SERVFAIL at one, majority"] = new(1, "closed", [Pod.Right, Pod.Right, Misbehaving.Error(Rcode.ServFail)],
            ["agrees", "agrees", "server-failure"], ["--require", "majority"]),
        ["13: PTR answered by the upstream"] = new(
            1, "closed", [Pod.Right.WithPtr("ip-10-244-1-7.eu-west-1.compute.internal").WithReverseForwarded()], ["reverse-forwarded"]),
        ["13: right PTR with RA=1"] = new(0, "open", [Pod.Right.WithReverseForwarded()], ["agrees"]),
        ["19: strangers first, then the right datagram"] = new(0, "open", [Misbehaving.StrangersFirst(Pod.Stale, Pod.Right)], ["agrees"]),
        ["20: TC over UDP, whole over TCP"] = new(0, "open", [Misbehaving.TruncatedOverUdp(Pod.Right)], ["agrees"]),
        ["NODATA for every family"] = new(1, "closed", [PodZone.For(Pod.Name)], ["no-address"]),
        ["names in another case, with a trailing dot"] = new(0, "open", [Pod.Right.WithPtr(Pod.Name.ToUpperInvariant())],
            ["agrees"], ["--name", "ZK-0.zk-headless.PROD.svc.cluster.local."]),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Check_decides(string row)
    {
        (var exitCode, var state, var behaviours, var reasons, var options) = Rows[row];
        await using NameServers servers = new(behaviours);

        var verdict = await Gate.CheckAsync(servers.List, options);

        Assert.True((exitCode, state) == (verdict.ExitCode, verdict.State), $"expected {exitCode} {state}: {verdict}");
        Assert.Equal(reasons, reasons.Select((_, index) => verdict.ReasonAt(servers[index].Address)));
        Assert.False(verdict.Settled, "one round settles nothing");
    }

    [Fact]
    public async Task Scenario_9_servers_at_which_nobody_listens_are_undecidable()
    {
        using ClosedPort first = new();
        using ClosedPort second = new();

        var verdict = await Gate.CheckAsync($"{first.Address} {second.Address}");

        verdict.AssertIs(3, "undecidable", "unreachable");
    }

    [Fact]
    public async Task Scenario_17_a_missing_name_is_explained_in_the_words_of_the_Service()
    {
        await using NameServers servers = new(Pod.Missing, Pod.Missing);

        var ended = await Gate.RunAsync(Gate.Arguments("check", servers.List));

        Assert.Equal(1, ended.ExitCode);
        Assert.All(["name-missing", "publishNotReadyAddresses", "headless", "serviceName"], word =>
            Assert.Contains(word, ended.Stdout, StringComparison.Ordinal));
    }

    private sealed record Row(int ExitCode, string State, Func<ReceivedQuery, Response?>[] Servers, string[] Reasons, string[] Options)
    {
        public Row(int exitCode, string state, Func<ReceivedQuery, Response?>[] servers, string[] reasons)
            : this(exitCode, state, servers, reasons, [])
        {
        }
    }
}
