using System.Globalization;
using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests;

/// <summary>The native executable with <c>--peers</c>, against knot.</summary>
public sealed class PeerTests : IDisposable
{
    // The own name settles within a second, so that the peers are what is waited for.
    private static readonly string[] Brisk = ["--peers-timeout", "3s", "--timeout", "60s"];

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Peers_that_appear_one_by_one_open_the_gate_at_the_majority()
    {
        await using var first = await Knot.StartAsync(Members(0).Files);
        await using var second = await Knot.StartAsync(Members(0).Files);
        var servers = $"{(string)first},{(string)second}";
        await using var wait = Gate.Start(
            Gate.Arguments("wait", servers, "--peers", "replicas:5", "--peers-timeout", "10m", "--timeout", "60s"));

        await Eventually.HoldsAsync(
            () => wait.Stderr.Contains("only 1 of 5 peers exists (3 required)", StringComparison.Ordinal), () => wait.Stderr);
        await ChangeAsync(Members(0, 1), first, second);
        await Eventually.HoldsAsync(
            () => wait.Stderr.Contains("only 2 of 5 peers exist (3 required)", StringComparison.Ordinal), () => wait.Stderr);
        Assert.False(wait.HasExited);
        await ChangeAsync(Members(0, 1, 2), first, second);
        var ended = await wait.EndAsync();

        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Contains("peer zk-4.zk-headless.prod.svc.cluster.local   missing   NXDOMAIN", ended.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("opened-without-peers", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_one_server_lacks_is_missing_there()
    {
        await using var first = await Knot.StartAsync(Members(0, 1).Files);
        await using var second = await Knot.StartAsync(Members(0).Files);

        var verdict = await Gate.CheckAsync($"{(string)first},{(string)second}", "--peers", "replicas:2");

        verdict.AssertIs(1, "closed", "peer-missing");
        var member = verdict.Json.GetProperty("peers").GetProperty("members")[1];
        Assert.Equal("missing", member.GetProperty("state").GetString());
        Assert.True(member.GetProperty("missingAt").EnumerateArray().Select(server => server.GetString()).All(server => server == second),
            verdict.ToString());
    }

    [Theory]
    [InlineData("open", 0, "opened-without-peers")]
    [InlineData("fail", 124, "--peers-timeout 3s has passed")]
    public async Task The_timeout_of_the_peers_opens_with_a_warning_or_ends_the_wait(string action, int exitCode, string says)
    {
        await using var knot = await Knot.StartAsync(Members(0).Files);

        var ended = await Gate.RunAsync(Gate.Arguments(
            "wait", knot, [.. Brisk, "--peers", "replicas:5", "--on-peers-timeout", action, "--on-timeout", "open"]));

        Assert.True(ended.ExitCode == exitCode, ended.ToString());
        Assert.Contains(says, ended.Stderr, StringComparison.Ordinal);
        Assert.Contains("only 1 of 5 peers exists (3 required) after --peers-timeout", ended.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("env:PEERS", "1@zk-0.zk-headless.prod.svc.cluster.local:9093,2@zk-1.zk-headless.prod.svc.cluster.local:9093")]
    [InlineData("env:PEERS", "server.1=zk-0.zk-headless.prod.svc.cluster.local:2888:3888;2181 "
        + "server.2=zk-1.zk-headless.prod.svc.cluster.local:2888:3888;2181")]
    [InlineData("zk-0.zk-headless.prod.svc.cluster.local.,zk-1.zk-headless.prod.svc.cluster.local.", "")]
    public async Task A_list_of_members_is_read_where_the_application_has_it(string spec, string variable)
    {
        await using var knot = await Knot.StartAsync(Members(0, 1).Files);

        var verdict = new Verdict(await Gate.RunAsync(
            new Dictionary<string, string> { ["PEERS"] = variable },
            Gate.Arguments("check", knot, "--peers", spec, "--peers-require", "all", "-o", "json")));

        verdict.AssertIs(0, "open", "agrees");
        Assert.Equal(2, verdict.Json.GetProperty("peers").GetProperty("found").GetInt32());
        Assert.Equal(0, verdict.Json.GetProperty("diagnoses").GetArrayLength());
    }

    /// <summary>The headless Service of the pod: its addresses are those of all pods.</summary>
    [Theory]
    [InlineData("10.244.3.1 " + Pod.Ip, 0, "agrees")]
    [InlineData("10.244.3.1", 1, "also-wrong")]
    public async Task Another_name_must_contain_the_own_address_at_every_server(string addresses, int exitCode, string reason)
    {
        const string Service = "zk-headless.prod.svc.cluster.local";
        var zone = Members(0);
        await using var first = await Knot.StartAsync(zone.With(new PodRecords(Service, [Pod.Ip], [])).Files);
        await using var second = await Knot.StartAsync(zone.With(new PodRecords(Service, addresses.Split(' '), [])).Files);

        var verdict = await Gate.CheckAsync($"{(string)first},{(string)second}", "--also", $"{Service}.");

        Assert.True((exitCode, reason) == (verdict.ExitCode, verdict.Reason), verdict.ToString());
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_read_ends_with_2_and_names_the_line()
    {
        var config = directory.Write("zoo.cfg", "tickTime=2000\n\nserver.1=zk-0.zk-headless:2888\n");

        var ended = await Gate.RunAsync(Gate.Arguments("wait", "127.0.0.1:1", "--peers", $"zoo.cfg:{config},env:NOT_SET"));

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(
            $"--peers: 'zoo.cfg:{config}': line 3: 'zk-0.zk-headless:2888' is not HOST:PORT:PORT", ended.Stderr, StringComparison.Ordinal);
        Assert.Contains("--peers: 'env:NOT_SET': the environment variable NOT_SET is not set", ended.Stderr, StringComparison.Ordinal);
    }

    /// <summary>
    /// A migration without dynamic reconfiguration: P, Q, R (ids 1, 2, 3) become A to E, one after the other. Each row is a member that
    /// starts with its zoo.cfg while DNS knows some hosts: the gate names the others, and says whether the member is in its own list.
    /// </summary>
    [Theory]
    [InlineData("R stops, C starts as 3", "c", "1=p 2=q 3=c", "p q c", "")]
    [InlineData("C has the old file", "c", "1=p 2=q 3=r", "p q c", "r", "not-a-member")]
    [InlineData("D is added before E exists", "d", "1=p 2=q 3=c 4=d 5=e", "p q c d", "e")]
    [InlineData("E starts", "e", "1=p 2=q 3=c 4=d 5=e", "p q c d e", "")]
    [InlineData("Q stops, B starts as 2", "b", "1=p 2=b 3=c 4=d 5=e", "p b c d e", "")]
    [InlineData("C still names Q", "c", "1=p 2=q 3=c 4=d 5=e", "p b c d e", "q")]
    [InlineData("P stops, A starts as 1", "a", "1=a 2=b 3=c 4=d 5=e", "a b c d e", "")]
    [InlineData("B names P, which is gone, and Q in the place of itself", "b", "1=p 2=q 3=c 4=d 5=e", "a b c d e", "p q", "not-a-member")]
    public async Task During_a_migration_the_gate_names_the_members_that_DNS_does_not_know(
        string step, string self, string view, string known, string missing, string diagnosis = "")
    {
        await using var knot = await Knot.StartAsync(Zone(known.Split(' ')).Files);
        var config = directory.Write("zoo.cfg", string.Concat(view.Split(' ').Select(member =>
            $"server.{member[0]}={FullName(member[2..])}:2888:3888\n")));

        var verdict = await Gate.CheckAsync(
            knot, "--name", FullName(self), "--ip", AddressOf(self), "--peers", $"zoo.cfg:{config}");

        Assert.True(verdict.ExitCode == 0, $"{step}: {verdict}");
        Assert.Equal(missing, string.Join(' ', verdict.Json.GetProperty("peers").GetProperty("members").EnumerateArray()
            .Where(member => member.GetProperty("state").GetString() == "missing")
            .Select(member => member.GetProperty("name").GetString()!.Split('.')[0])));
        Assert.Equal(diagnosis, string.Join(' ', verdict.Json.GetProperty("diagnoses").EnumerateArray()
            .Select(item => item.GetProperty("name").GetString())));
    }

    private static string FullName(string host) => $"{host}.zk-headless.prod.svc.cluster.local";

    private static string AddressOf(string host) => string.Create(CultureInfo.InvariantCulture, $"10.244.9.{(int)host[0]}");

    private static ClusterZone Zone(string[] hosts) => new([], [.. hosts.Select(host => PodRecords.At(FullName(host), AddressOf(host)))]);

    /// <summary>The pods zk-N of these ordinals; zk-0 is the one of all tests.</summary>
    private static ClusterZone Members(params int[] ordinals) => new([], [.. ordinals.Select(ordinal => PodRecords.At(
        new PodName(ordinal).FullName,
        ordinal == 0 ? Pod.Ip : string.Create(CultureInfo.InvariantCulture, $"10.244.3.{ordinal}")))]);

    private static Task ChangeAsync(ClusterZone zone, params Knot[] servers) =>
        Task.WhenAll(servers.Select(server => server.ChangeAsync(zone.Files)));
}
