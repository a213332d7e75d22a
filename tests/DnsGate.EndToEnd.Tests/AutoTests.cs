using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// What <c>auto</c> does where the API is slow, where there is no RBAC, and where something answers in the servers' place.
/// </summary>
public sealed class AutoTests
{
    private const string Service = "coredns-metrics.monitoring.svc.cluster.local";

    /// <summary>Row 26 of docs/scenarios.md.</summary>
    [Theory]
    [InlineData("check")]
    [InlineData("explain")]
    public async Task One_round_never_opens_where_the_API_is_merely_slow(string verb)
    {
        await using var pod = await WholePod.StartAsync();
        pod.Kube.Fault = KubeMisbehaving.NeverAnswers();

        Verdict verdict = new(await pod.RunAsync(verb, "--timeout", "3s", "-o", "json"));
        var text = await pod.RunAsync(verb, "--timeout", "3s");
        pod[WholePod.Vip].Behaviour = Pod.Stale;
        Verdict stale = new(await pod.RunAsync(verb, "--timeout", "3s", "-o", "json"));

        verdict.AssertIs(3, "undecidable", "discovery-failed");
        Assert.Equal(WholePod.Vip + ":53", Assert.Single(verdict.Servers).GetProperty("server").GetString());
        Assert.Equal(3, text.ExitCode);
        var flat = string.Join(' ', text.Stdout.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("kube:kube-system/kube-dns: no whole answer from the API server within", flat, StringComparison.Ordinal);
        Assert.Contains(
            "let a NetworkPolicy allow egress to the API server, or name the servers with `--servers`", flat, StringComparison.Ordinal);
        stale.AssertIs(1, "closed", "stale-address");
    }

    [Fact]
    public async Task A_wait_goes_on_after_five_seconds_and_says_so()
    {
        await using var pod = await WholePod.StartAsync();
        pod.Kube.Fault = KubeMisbehaving.NeverAnswers();

        var ended = await pod.RunAsync("wait", "--settle", "0", "--rounds", "1", "-o", "text");

        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.InRange(ended.Duration, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
        Assert.Contains("[listing-failed] kube:kube-system/kube-dns: no whole answer from the API server within 5s",
            ended.Stderr, StringComparison.Ordinal);
        Assert.Contains("(sampled: may have missed a server)", ended.Stdout.Split('\n')[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_there_is_one_report_and_the_headless_Service_that_CoreDNS_names_gives_the_servers()
    {
        await using var pod = await WholePod.StartAsync();
        pod.Account.Remove("token");
        pod.All(Pod.Right.WithRecord(
        [
            Rr.Ns("cluster.local", "kube-dns.kube-system.svc.cluster.local"),
            Rr.Ns("cluster.local", $"10-244-0-5.{Service}"),
            .. ((string[])["10.244.0.5", "10.244.0.8", "10.244.0.11"]).Select(address => Rr.Address(Service, address)),
        ]));

        Verdict verdict = new(await pod.RunAsync("check", "-o", "json"));
        Verdict byName = new(await pod.RunAsync("check", "--servers", "ns", "-o", "json"));

        verdict.AssertIs(0, "open", "agrees");
        byName.AssertIs(0, "open", "agrees");
        Assert.Equal(
            ["kube:kube-system/k8s-app=kube-dns False", "headless:dnsgate-name-servers.kube-system.svc.cluster.local False", "ns True"],
            verdict.Json.GetProperty("sources").EnumerateArray().Take(3)
                .Select(source => $"{source.GetProperty("source").GetString()} {source.GetProperty("serves").GetBoolean()}"));
        Assert.All([verdict, byName], found =>
        {
            Assert.Equal("complete", found.Json.GetProperty("coverage").GetString());
            Assert.Equal(
                ["10.244.0.5:53", "10.244.0.8:53", "10.244.0.11:53"],
                found.Servers.Where(server => server.GetProperty("view").GetString() == "cluster")
                    .Select(server => server.GetProperty("server").GetString()));
        });
    }

    [Theory]
    [InlineData("complete", 124, "closed", "discovery-failed")]
    [InlineData("any", 0, "open", "agrees")]
    public async Task A_sample_opens_unless_a_complete_list_is_required(string coverage, int exitCode, string state, string reason)
    {
        await using var pod = await WholePod.StartAsync();
        pod.Kube.IsForbidden = true;
        var ended = await pod.RunAsync("wait", "--coverage", coverage, "--settle", "0", "--rounds", "1", "--timeout", "2s", "-o", "json");
        new Verdict(ended).AssertIs(exitCode, state, reason);
    }

    /// <summary>
    /// Row 29 of docs/scenarios.md. The rule sends every question of the pod to one proxy, as Istio's ambient mode does; at 192.0.2.1
    /// nothing listens.
    /// </summary>
    [Theory]
    [InlineData("any", 0, "open")]
    [InlineData("complete", 124, "closed")]
    public async Task A_proxy_that_answers_for_every_address_is_found_out(string coverage, int exitCode, string state)
    {
        const string Proxy = "10.244.9.9";
        await using var pod = await WholePod.StartAsync([Proxy, "192.0.2.1"], $$"""
            table ip mesh {
              chain output {
                type nat hook output priority -100;
                udp dport 53 ip daddr != {{Proxy}} dnat to {{Proxy}}
                tcp dport 53 ip daddr != {{Proxy}} dnat to {{Proxy}}
              }
            }
            """);
        pod.Run(Proxy, Pod.Right.WithPtrFor(WholePod.Vip, "kube-dns.kube-system.svc.cluster.local"));

        var ended = await pod.RunAsync("wait", "--coverage", coverage, "--settle", "1500ms", "--timeout", "6s", "-o", "json");
        Verdict verdict = new(ended);
        var off = await pod.RunAsync("wait", "--interception-check", "off", "--settle", "0", "--rounds", "1", "-o", "json");

        Assert.Equal((exitCode, state), (verdict.ExitCode, verdict.State));
        Assert.Equal("intercepted", verdict.Json.GetProperty("coverage").GetString());
        Assert.Equal(
            "dns-intercepted", Assert.Single(verdict.Json.GetProperty("diagnoses").EnumerateArray()).GetProperty("name").GetString());
        Assert.Contains("dns-capture", $"{verdict.Json.GetProperty("diagnoses")}", StringComparison.Ordinal);
        Assert.Equal("complete", new Verdict(off).Json.GetProperty("coverage").GetString());
        Assert.Single(pod[Proxy].Queries, query => query.Name == "kubernetes.default.svc.cluster.local");
    }

    [Fact]
    public async Task Servers_that_the_user_named_are_not_checked_for_an_interception()
    {
        await using var pod = await WholePod.StartAsync(["192.0.2.1"]);
        pod.Run("192.0.2.1", Pod.Right);
        Verdict named = new(await pod.RunAsync("wait", "--servers", "10.244.0.5", "--settle", "0", "--rounds", "1", "-o", "json"));
        Verdict sampled = new(await pod.RunAsync("wait", "--servers", "resolv.conf", "--settle", "0", "--rounds", "1", "-o", "json"));
        Assert.Equal(
            ("static", "sampled"),
            (named.Json.GetProperty("coverage").GetString(), sampled.Json.GetProperty("coverage").GetString()));
        Assert.Equal(0, pod["192.0.2.1"].QueryCount);
    }

    [Fact]
    public async Task The_check_delays_no_opening_where_the_question_is_lost()
    {
        await using var pod = await WholePod.StartAsync(["192.0.2.1"]);
        pod.Run("192.0.2.1", Misbehaving.Silent());
        pod.Environment.Remove(WholePod.QueryTimeout);
        Verdict verdict = new(await pod.RunAsync("check", "-o", "json"));
        verdict.AssertIs(0, "open", "agrees");
        Assert.Equal("complete", verdict.Json.GetProperty("coverage").GetString());
        // A resend leaves after 250 ms: the program ended before.
        Assert.Equal(1, pod["192.0.2.1"].QueryCount);
    }
}
