using System.Net;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// Situations that name servers which people run get into, and what DnsGate says of them. Those that no such server can produce are
/// in the handbook, whose output is tested as well.
/// </summary>
public sealed class DiagnosisTests
{
    private const string First = "10.244.0.5";
    private const string Second = "10.244.0.8";
    private const string Third = "10.244.0.11";
    private const string NodeCache = "127.0.0.53";

    // What arrives at the CoreDNS pods is dropped, what arrives at kube-dns is not.
    private const string Policy = """
        table ip egress {
          chain input {
            type filter hook input priority 0;
            ip daddr 10.244.0.0/24 udp dport 53 drop
          }
        }
        """;

    private static readonly string[] Servers = ["--servers", $"{First},{Second}"];

    [Fact]
    public async Task A_server_without_the_reverse_zone_refuses_PTR_questions()
    {
        await using var network = await StartNetworkAsync();
        await using var knot = await StartAsync(network, First, [Zones.Right.Files[0]]);

        var verdict = await CheckAsync(network, "--servers", First);

        verdict.AssertIs(1, "closed", "refused");
        Assert.Equal(["reverse-refused"], DiagnosesOf(verdict));
    }

    [Theory]
    [InlineData("packets to the pods are dropped", Policy, WholePod.Vip, "timed-out", "network-policy")]
    [InlineData("packets to the pods are dropped, and kube-dns is down", Policy, null, "timed-out", "dns-outage")]
    [InlineData("nothing listens at the pods", "", WholePod.Vip, "unreachable", "port-closed")]
    public async Task Silence_is_told_from_a_closed_port(string sentence, string rules, string? answering, string reason, string diagnosis)
    {
        await using var network = await StartNetworkAsync(rules);
        await using var knot = answering is null ? null : await StartAsync(network, answering, Zones.Right.Files);
        using TemporaryDirectory directory = new();
        var resolvConf = directory.Write("resolv.conf", $"nameserver {WholePod.Vip}\n");

        var verdict = await CheckAsync(
            network, [.. Servers, "--app", $"resolv.conf:{resolvConf}", "--query-timeout", "400ms"]);

        Assert.Equal((sentence, reason), (sentence, verdict.Reason));
        Assert.Equal([diagnosis], DiagnosesOf(verdict));
    }

    [Fact]
    public async Task A_cache_of_the_node_that_is_old_is_told_from_the_servers_of_the_cluster()
    {
        await using var network = await StartNetworkAsync();
        await using var knot = await StartAsync(network, First, Zones.Stale.Files);
        await using var unbound = await Unbound.StartAsync(
            [(Zones.Domain, knot), (Zones.ReverseDomain, knot)], IPAddress.Parse(NodeCache), RealServer.DomainPort, network);
        using TemporaryDirectory directory = new();
        var resolvConf = directory.Write("resolv.conf", $"nameserver {NodeCache}\n");
        (await CheckAsync(network, "--servers", NodeCache)).AssertIs(1, "closed", "stale-address");
        await knot.ChangeAsync(Zones.Right);

        var verdict = await CheckAsync(network, "--servers", First, "--app", $"resolv.conf:{resolvConf}");

        Assert.Equal("agrees", verdict.ReasonAt($"{First}:53"));
        Assert.Equal(["node-cache-stale"], DiagnosesOf(verdict));
    }

    [Fact]
    public async Task After_its_TTL_an_old_answer_is_a_frozen_server_or_published()
    {
        await using var network = await StartNetworkAsync();
        await using var right = await StartAsync(network, First, Zones.Right.Files);
        await using var old = await StartAsync(network, Second, Zones.Stale.Files);
        await using var alsoOld = await StartAsync(network, Third, Zones.Stale.Files);

        var frozen = WaitAsync($"{First},{Second}");
        var published = WaitAsync($"{Second},{Third}");

        Assert.Equal(["frozen-server"], DiagnosesOf(await frozen));
        Assert.Equal(["published-wrong"], DiagnosesOf(await published));

        async Task<Verdict> WaitAsync(string servers)
        {
            await using var gate = network.Start(
                Executable.Path, Gate.Arguments("wait", servers, "--timeout", "40s", "--interval", "1s", "-o", "json"));
            await Eventually.HappensAsync(() => Task.FromResult(gate.HasExited), TimeSpan.FromSeconds(60));
            return new Verdict(await gate.EndAsync());
        }
    }

    /// <summary>All is right and slow: a round of <c>check</c> with its default deadline says so, and blames no NetworkPolicy.</summary>
    [Fact]
    public async Task Right_answers_that_take_300_ms_each_are_a_round_that_was_cut_off()
    {
        await using NameServers servers = new(
            [.. Enumerable.Repeat(Misbehaving.Late(TimeSpan.FromMilliseconds(300), Pod.Right), 3)]);

        var ended = await Gate.RunAsync("check", "--name", Pod.Name, "--ip", Pod.Ip, "--app", "off", "--servers", servers.List);

        Assert.Contains(
            ": --timeout ended the round before all DNS servers had answered: cut-off at ", ended.Stdout, StringComparison.Ordinal);
        Assert.Matches(@"\n  round-cut-off: the round was cut off after 800ms \(`--timeout`\); .*; set `--timeout \ds`\n", ended.Stdout);
        Assert.DoesNotContain("network-policy", ended.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("dns-outage", ended.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_Service_is_named_from_its_PTR_record()
    {
        await using var network = await StartNetworkAsync();
        var reverse = Zones.Right.Reverse + $"{ReverseName.From(Pod.Ip)}. PTR 10-244-1-7.zk.prod.svc.cluster.local.\n";
        await using var knot = await StartAsync(network, First, [Zones.Right.Files[0], new ZoneFile(Zones.ReverseDomain, reverse)]);

        Assert.Equal(["second-service"], DiagnosesOf(await CheckAsync(network, "--servers", First, "--reverse", "only")));
        (await CheckAsync(network, "--servers", First)).AssertIs(0, "open", "agrees");
    }

    [Fact]
    public async Task A_token_that_this_user_may_not_read_is_not_called_missing()
    {
        Machine.NeedsProgram("setpriv", "util-linux");
        await using ClusterPod pod = new()
        {
            Command = ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search", Executable.Path],
        };
        var token = Path.Combine(pod.Credentials.Directory, "token");
        File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var changed = await Child.RunAsync("/bin/chown", ["65534", token]);
        Assert.True(changed.ExitCode == 0, changed.ToString());

        var ended = await pod.RunAsync("check");

        Assert.Contains(
            "the service account token cannot be read by this user (set `securityContext.fsGroup`)",
            ended.Stdout, StringComparison.Ordinal);
    }

    private static Task<Namespace> StartNetworkAsync(string rules = "") =>
        Namespace.StartAsync([Pod.Ip, First, Second, Third, WholePod.Vip], rules);

    private static Task<Knot> StartAsync(Namespace network, string address, IReadOnlyList<ZoneFile> zones) =>
        Knot.StartAsync(zones, IPAddress.Parse(address), RealServer.DomainPort, network);

    private static async Task<Verdict> CheckAsync(Namespace network, params string[] options) => new(await network.RunAsync(
        Executable.Path, Gate.Arguments("check", "replaced", [.. options, "-o", "json"])));

    private static IEnumerable<string?> DiagnosesOf(Verdict verdict) =>
        verdict.Json.GetProperty("diagnoses").EnumerateArray().Select(item => item.GetProperty("name").GetString());
}
