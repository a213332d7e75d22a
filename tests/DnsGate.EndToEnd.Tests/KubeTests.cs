using System.Net;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// Name servers found through the Kubernetes API, over TLS, by the native executable in a pod. Numbers are those of docs/scenarios.md.
/// </summary>
public sealed class KubeTests
{
    [Theory]
    [InlineData("kube:kube-dns")]
    [InlineData("kube:kube-system/kube-dns")]
    [InlineData("auto")]
    public async Task Every_endpoint_is_asked_at_its_own_port_and_coverage_is_complete(string servers)
    {
        await using ClusterPod pod = new();
        pod.Run("127.84.1.1", Pod.Right);
        pod.Run("127.84.1.2", Pod.Stale);
        pod.Publish("127.84.1.1", "127.84.1.2");

        var stale = await pod.CheckAsync("--servers", servers);
        pod["127.84.1.2"].Behaviour = Pod.Right;
        var right = await pod.CheckAsync("--servers", servers);

        stale.AssertIs(1, "closed", "stale-address");
        Assert.Equal("stale-address", stale.ReasonAt("127.84.1.2:5353"));
        right.AssertIs(0, "open", "agrees");
        Assert.Equal("complete", right.Json.GetProperty("coverage").GetString());
        Assert.All(right.Servers, server => Assert.Equal("kube:kube-system/kube-dns", server.GetProperty("source").GetString()));
    }

    [Fact]
    public async Task TwentyTwo_endpoints_that_terminate_or_are_not_ready_are_shown_and_need_not_agree()
    {
        await using ClusterPod pod = new();
        pod.Run("127.84.2.1", Pod.Right);
        pod.Run("127.84.2.2", Pod.Stale);
        pod.Run("127.84.2.3", Misbehaving.Silent());
        pod.Publish(
            new EndpointSpec("127.84.2.1"),
            new EndpointSpec("127.84.2.2") { Ready = false, Serving = true, Terminating = true },
            new EndpointSpec("127.84.2.3") { Ready = false, Serving = false });

        var text = await pod.RunAsync("check", "--query-timeout", "300ms");
        var verdict = await pod.CheckAsync("--query-timeout", "300ms");

        verdict.AssertIs(0, "open", "agrees");
        Assert.Equal(["serving", "terminating", "not-ready"], verdict.Servers.Select(server => server.GetProperty("standing").GetString()));
        Assert.Contains(
            "10.244.2.9, expected 10.244.1.7 (not required: the endpoint is terminating)", text.Stdout, StringComparison.Ordinal);
        Assert.Contains("(not required: the endpoint is not ready)", text.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_that_need_not_agree_has_to_where_the_application_itself_asks_it(bool isTerminating)
    {
        await using ClusterPod pod = new();
        await using LoopbackNameServer first = new(Pod.Right, new IPEndPoint(IPAddress.Parse("127.84.9.1"), 53));
        await using LoopbackNameServer second = new(Pod.Stale, new IPEndPoint(IPAddress.Parse("127.84.9.2"), 53));
        pod.Api.Slices.Set(EndpointSliceSpec.ForDns("kube-dns-1", 53) with
        {
            Endpoints = [new EndpointSpec("127.84.9.1"), new EndpointSpec("127.84.9.2") { Ready = false, Terminating = isTerminating }],
        });
        using TemporaryDirectory directory = new();
        var app = $"resolv.conf:{directory.Write("resolv.conf", "nameserver 127.84.9.1\nnameserver 127.84.9.2\n")}";

        var stale = await pod.CheckAsync("--app", app);
        second.Behaviour = Pod.Right;
        var right = await pod.CheckAsync("--app", app);

        stale.AssertIs(1, "closed", "stale-address");
        right.AssertIs(0, "open", "agrees");
        Assert.Equal(["cluster", "cluster", "app"], right.Servers.Select(server => server.GetProperty("view").GetString()));
    }

    [Fact]
    public async Task What_the_application_asks_has_to_agree_also_when_the_cluster_is_about_to_drop_it()
    {
        await using ClusterPod pod = new();
        pod.Run("127.84.9.1", Pod.Right);
        await using LoopbackNameServer dropped = new(Pod.Stale, new IPEndPoint(IPAddress.Parse("127.84.9.2"), 53));
        pod.Publish("127.84.9.1");
        pod.Api.Slices.Set(EndpointSliceSpec.ForDns("kube-dns-2", 53) with
        {
            Endpoints = [new EndpointSpec("127.84.9.2") { Ready = false, Terminating = true }],
        });
        using TemporaryDirectory directory = new();

        var verdict = await pod.CheckAsync("--app", $"resolv.conf:{directory.Write("resolv.conf", "nameserver 127.84.9.2\n")}");

        verdict.AssertIs(1, "closed", "stale-address");
        Assert.Equal(["cluster", "cluster", "app"], verdict.Servers.Select(server => server.GetProperty("view").GetString()));
    }

    [Fact]
    public async Task A_403_names_the_Role_with_the_pods_own_service_account_and_never_opens()
    {
        await using ClusterPod pod = new();
        pod.Run("127.84.3.1", Pod.Right);
        pod.Publish("127.84.3.1");
        pod.Api.IsForbidden = true;

        var check = await pod.RunAsync("check");
        var explain = await pod.RunAsync("explain");

        foreach (var ended in new[] { check, explain })
        {
            Assert.True(ended.ExitCode == 3, ended.ToString());
            Assert.All(
                [
                    "kube:kube-system/kube-dns: ", "kind: Role", "kind: RoleBinding",
                    "name: \"default\"", "namespace: \"prod\"", "verbs: [\"list\"]",
                ],
                words => Assert.Contains(words, ended.Stdout, StringComparison.Ordinal));
        }
    }

    /// <summary>The handbook says so: whoever applies what explain prints need not delete the pod.</summary>
    [Fact]
    public async Task A_403_that_is_mended_while_waiting_is_found_out()
    {
        await using ClusterPod pod = new();
        pod.Run("127.84.10.1", Pod.Right);
        pod.Publish("127.84.10.1");
        pod.Api.IsForbidden = true;
        await using var wait = pod.Start("wait", "--timeout", "none");
        await Eventually.HoldsAsync(() => wait.Stderr.Contains("(403)", StringComparison.Ordinal), () => wait.Stderr);

        pod.Api.IsForbidden = false;
        var ended = await wait.EndAsync();

        Assert.True(ended.ExitCode == 0, ended.ToString());
    }

    [Theory]
    [InlineData("401", "token")]
    [InlineData("404", "404")]
    [InlineData("503", "503")]
    [InlineData("never answers", "no whole answer")]
    [InlineData("half", "middle")]
    [InlineData("floods", "16 MiB")]
    [InlineData("other CA", "not signed by ca.crt")]
    [InlineData("wrong address", "not for")]
    [InlineData("gone", "connection refused")]
    [InlineData("empty", "EndpointSlice")]
    public async Task Whatever_is_wrong_with_the_API_server_is_said_and_never_opens(string what, string says)
    {
        await using ClusterPod pod = new();
        pod.Run("127.84.4.1", Pod.Right);
        if (what != "empty")
        {
            pod.Publish("127.84.4.1");
        }

        Spoil(pod.Api, what);

        var ended = await pod.RunAsync("check");

        Assert.True(ended.ExitCode == 3, ended.ToString());
        Assert.True(ended.Stdout.Contains(says, StringComparison.Ordinal), ended.ToString());
        Assert.Contains("kube:kube-system/kube-dns: ", ended.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_closed_the_list_is_refreshed_and_a_server_that_appears_has_to_agree()
    {
        await using ClusterPod pod = new();
        pod.Run("127.84.5.1", Pod.Stale.WithTtl(1));
        var late = pod.Run("127.84.5.2", Pod.Stale.WithTtl(1));
        pod.Publish("127.84.5.1");
        await using var wait = pod.Start("wait");
        await pod.Api.WaitForRequestsAsync(1).WaitAsync(Eventually.Limit);

        pod.Publish("127.84.5.1", "127.84.5.2");
        await late.WaitForQueriesAsync(1).WaitAsync(Eventually.Limit);
        pod["127.84.5.1"].Behaviour = Pod.Right;
        await late.WaitForQueriesAsync(late.QueryCount + 4).WaitAsync(Eventually.Limit);
        Assert.False(wait.HasExited);
        late.Behaviour = Pod.Right;
        var ended = await wait.EndAsync();

        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Contains(
            "[servers-listed] DNS servers: cluster coredns-127-84-5-1 on node-a (127.84.5.1:5353) "
            + "coredns-127-84-5-2 on node-a (127.84.5.2:5353); coverage complete, from kube:kube-system/kube-dns",
            ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_newer_than_the_list_is_found_just_before_opening()
    {
        await using ClusterPod pod = new();
        pod.Run("127.84.6.1", Pod.Right);
        var hidden = pod.Run("127.84.6.2", Pod.Stale.WithTtl(1));
        pod.Publish("127.84.6.1");
        await using var wait = pod.Start("wait", "--settle", "1500ms");
        await pod["127.84.6.1"].WaitForQueriesAsync(1).WaitAsync(Eventually.Limit);

        pod.Publish("127.84.6.1", "127.84.6.2");
        await Eventually.HoldsAsync(() => hidden.QueryCount >= 4, () => wait.Stderr);
        Assert.False(wait.HasExited);
        hidden.Behaviour = Pod.Right;
        var ended = await wait.EndAsync();

        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Contains("stale-address", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwentyThree_while_the_API_server_is_gone_the_last_list_stays_in_use_and_says_so()
    {
        await using ClusterPod pod = new();
        var server = pod.Run("127.84.7.1", Pod.Stale.WithTtl(1));
        pod.Publish("127.84.7.1");
        await using var wait = pod.Start("wait");
        await server.WaitForQueriesAsync(1).WaitAsync(Eventually.Limit);

        pod.Api.Stop();
        await Eventually.HoldsAsync(() => wait.Stderr.Contains("its last list stays in use", StringComparison.Ordinal), () => wait.Stderr);
        server.Behaviour = Pod.Right;
        var ended = await wait.EndAsync();

        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Contains("[listing-failed] kube:kube-system/kube-dns: ", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_an_empty_root_without_HOME_it_needs_only_token_and_certificate()
    {
        await using ClusterPod pod = new();
        pod.Run("127.84.8.1", Pod.Right);
        pod.Publish("127.84.8.1");
        using TemporaryDirectory root = new();

        var ended = await pod.CheckInAsync(root.Path);

        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Contains("coverage: complete, from kube:kube-system/kube-dns", ended.Stdout, StringComparison.Ordinal);
    }

    private static void Spoil(KubeApiServer api, string what)
    {
        switch (what)
        {
            case "401":
                api.AcceptedToken = "another";
                break;
            case "other CA":
                api.Certificate = KubeCertificate.OfAnotherAuthority;
                break;
            case "wrong address":
                api.Certificate = KubeCertificate.WrongAddress;
                break;
            case "gone":
                api.Stop();
                break;
            default:
                api.Fault = what switch
                {
                    "404" => KubeMisbehaving.Answers(KubeResponse.NotFoundPage()),
                    "503" => KubeMisbehaving.Answers(KubeResponse.Unavailable()),
                    "never answers" => KubeMisbehaving.NeverAnswers(),
                    "half" => KubeMisbehaving.CutInTheMiddle(TcpCut.Fin),
                    "floods" => KubeMisbehaving.Floods(),
                    _ => null,
                };
                break;
        }
    }
}
