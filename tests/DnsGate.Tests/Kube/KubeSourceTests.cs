using System.Net;
using System.Text.Json.Nodes;
using DnsGate.Core.Discovery.Kube;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.TestKit;

namespace DnsGate.Tests.Kube;

/// <summary>One LIST: what it gives, and that whatever goes wrong is a problem of its own and never a list.</summary>
public sealed class KubeSourceTests
{
    private const string Right = "10.244.0.5:53";

    public static TheoryData<string, string> Failures => new()
    {
        { "401", "Unauthorized: the API server does not accept this pod's service account token (401)" },
        {
            "403",
            "Forbidden: service account prod/default may not list EndpointSlices in namespace kube-system (403): it needs the Role dnsgate"
        },
        {
            "404",
            "NotFound: the API server knows no EndpointSlices of discovery.k8s.io/v1 (404): it is older than "
            + "Kubernetes 1.21, or no API server"
        },
        { "429", "Unreachable: the API server is too busy to answer (429): Too many requests, please try again later." },
        { "500", "Unreachable: the API server failed (500): Internal error occurred: etcdserver: leader changed" },
        { "503", "Unreachable: the API server failed (503)" },
        { "redirect", "Unreachable: the answer is a redirect (302), which is not followed: what answers there is no API server" },
        { "login page", "Unreachable: the answer of the API server is not JSON" },
        { "garbage", "Unreachable: the answer of the API server is not JSON" },
        { "another kind", "Unreachable: the answer of the API server is 'PodList' of 'v1', not EndpointSliceList of discovery.k8s.io/v1" },
        { "half", "Unreachable: the answer of the API server ends in the middle: half a JSON text" },
        { "cut", "Unreachable: the API server at SERVER closed the connection in the middle of its answer" },
        { "cut in a chunk", "Unreachable: the API server at SERVER closed the connection in the middle of its answer" },
        { "reset", "Unreachable: the API server at SERVER cannot be reached: connection reset" },
        { "closed instead", "Unreachable: the API server at SERVER closed the connection in the middle of its answer" },
        { "not HTTP", "Unreachable: what answers at SERVER speaks no HTTP: it may be no API server" },
        { "head without end", "Unreachable: the head of the answer from SERVER is too long: it may be no API server" },
        { "list without end",
            "Unreachable: the answer of the API server is larger than 16 MiB: it lists more than the cluster's DNS servers" },
        { "empty", "Empty: Service kube-system/kube-dns has no EndpointSlices: there is no such Service, or it has no selector" },
        { "no endpoints", "NoEndpoints: Service kube-system/kube-dns has no endpoints: its EndpointSlices list no pod with an IP address" },
    };

    [Fact]
    public async Task The_endpoints_of_the_Service_are_listed()
    {
        await using KubePod pod = new();
        pod.Server.Slices.Set(EndpointSliceSpec.ForDns("b", 5353, "10.244.0.6") with
        {
            Endpoints = [new("10.244.0.6") { Ready = false }, new("10.244.0.7") { Terminating = true }],
        });
        pod.Server.Slices.Set(
            EndpointSliceSpec.ForDns("c", 53, "fd00::5") with { Endpoints = [new("fd00::5") { PodName = "coredns-10-244-0-5" }] });
        pod.Server.Slices.Set(EndpointSliceSpec.ForDns("other", 53, "10.244.9.9") with { Service = "other" });
        pod.Server.Slices.Set(EndpointSliceSpec.ForDns("elsewhere", 53, "10.244.9.8") with { Namespace = "prod" });

        Assert.Equal("10.244.0.5:53 10.244.0.6:5353/NotReady 10.244.0.7:5353/Terminating", await pod.ListOnceAsync());

        var request = Assert.Single(pod.Server.Requests);
        Assert.Equal("/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices", request.Path);
        Assert.Equal("kubernetes.io/service-name=kube-dns", request.Query["labelSelector"]);
        Assert.Equal(
            ("500", pod.Server.AcceptedToken, null),
            (request.Query["limit"], request.Token, request.Fields.GetValueOrDefault("Accept-Encoding")));
    }

    /// <summary>What <c>auto</c> lists: the Service that a PTR has named, then the labels, then OpenShift's.</summary>
    [Theory]
    [InlineData("the Service of that name", "a", "kube:kube-system/kube-dns", 1)]
    [InlineData("a Service of another name, by its label", "coredns", "kube:kube-system/coredns", 3)]
    [InlineData("the Service of OpenShift", "dns-default", "kube:openshift-dns/dns-default", 4)]
    public async Task The_first_candidate_that_has_servers_is_listed(string sentence, string slice, string source, int requests)
    {
        await using KubePod pod = new();
        pod.Server.Slices.Remove("a");
        pod.Server.Slices.Set(slice switch
        {
            "coredns" => EndpointSliceSpec.ForDns("c", 53, "10.244.0.5") with { Service = "coredns", App = "coredns" },
            "dns-default" => EndpointSliceSpec.ForDns("d", 5353, "10.244.0.5") with
            {
                Namespace = "openshift-dns",
                Service = "dns-default",
                App = null,
            },
            _ => EndpointSliceSpec.ForDns("a", 53, "10.244.0.5"),
        });

        var list = await pod.Open(candidates: Candidates).ListAsync(forceRefresh: false, pod.Stop);

        Assert.Equal((sentence, source, requests), (sentence, list.Name, pod.Server.Requests.Count));
        Assert.Equal(source, Assert.Single(list.LastGood).Source);
    }

    [Theory]
    [InlineData("nothing is there", "empty", "Empty", "kube:kube-system/kube-dns", 4, "; also tried: kube:kube-system/k8s-app=kube-dns, ")]
    [InlineData("a Service without endpoints says most", "no endpoints", "NoEndpoints", "kube:kube-system/kube-dns", 4, "; also tried: ")]
    [InlineData("a namespace that is forbidden is asked once", "403", "Forbidden", "kube:kube-system/kube-dns", 2, "kube-system (403)")]
    [InlineData("a token that is refused is refused for all", "401", "Unauthorized", "kube:kube-system/kube-dns", 1, "(401)")]
    [InlineData("an API server that fails fails for all", "503", "Unreachable", "kube:kube-system/kube-dns", 1, "(503)")]
    [InlineData("an API without slices has none for all", "404", "NotFound", "kube:kube-system/kube-dns", 1, "(404)")]
    public async Task Where_no_candidate_has_servers_there_is_one_problem(
        string sentence, string failure, string fault, string source, int requests, string says)
    {
        await using KubePod pod = new();
        Arrange(pod, failure);

        var list = await pod.Open(candidates: Candidates).ListAsync(forceRefresh: false, pod.Stop);

        Assert.Equal((sentence, fault, source), (sentence, list.Problem!.Fault.ToString(), list.Name));
        Assert.Contains(says, list.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(requests, pod.Server.Requests.Count);
        Assert.Equal(failure == "403", list.Problem.Remedy?.Contains("namespace: \"kube-system\"", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Without_a_token_nothing_is_sent_and_there_is_one_problem()
    {
        await using KubePod pod = new();
        pod.Credentials.Remove("token");
        var list = await pod.Open(candidates: Candidates).ListAsync(forceRefresh: false, pod.Stop);
        Assert.Equal((DiscoveryFault.Absent, 0), (list.Problem!.Fault, pod.Server.AcceptedConnections));
    }

    [Fact]
    public async Task Each_server_says_where_it_was_found()
    {
        await using KubePod pod = new();
        var list = await pod.Open().ListAsync(forceRefresh: false, pod.Stop);
        var server = new Server(new ServerAddress(IPAddress.Parse("10.244.0.5")), "kube:kube-system/kube-dns")
        {
            Endpoint = new KubeEndpoint("coredns-10-244-0-5", "node-a", HasHints: false),
            Namespace = "kube-system",
        };
        Assert.Equal([server], list.LastGood);
        Assert.Equal("coredns-10-244-0-5 on node-a (10.244.0.5:53)", server.DisplayName);
    }

    [Fact]
    public async Task A_list_of_many_slices_comes_in_pages()
    {
        await using KubePod pod = new();
        for (var number = 1; number <= 600; number++)
        {
            pod.Server.Slices.Set(EndpointSliceSpec.ForDns($"s{number}", 53, $"10.1.{number / 250}.{1 + (number % 250)}"));
        }

        Assert.Equal(601, (await pod.Open().ListAsync(forceRefresh: false, pod.Stop)).LastGood.Length);
        Assert.Equal(2, pod.Server.Requests.Count);
    }

    [Fact]
    public async Task A_list_whose_second_page_is_forgotten_is_read_once_more_from_the_start()
    {
        await using KubePod pod = new();
        for (var number = 1; number <= 600; number++)
        {
            pod.Server.Slices.Set(EndpointSliceSpec.ForDns($"s{number}", 53, $"10.1.{number / 250}.{1 + (number % 250)}"));
        }

        var expired = 0;
        pod.Server.Fault = KubeMisbehaving.When(
            request => request.Query.ContainsKey("continue") && Interlocked.Increment(ref expired) == 1,
            KubeMisbehaving.Answers(KubeResponse.ExpiredContinue()));

        Assert.Equal(601, (await pod.Open().ListAsync(forceRefresh: false, pod.Stop)).LastGood.Length);
        Assert.Equal(4, pod.Server.Requests.Count);

        pod.Server.Fault = KubeMisbehaving.When(
            request => request.Query.ContainsKey("continue"), KubeMisbehaving.Answers(KubeResponse.ExpiredContinue()));
        Assert.StartsWith("Unreachable: the API server no longer knows the list that was being read (410)",
            await pod.ListOnceAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Every_failure_is_its_own_problem_and_never_a_list(string failure, string expected)
    {
        await using KubePod pod = new();
        Arrange(pod, failure);
        Assert.Equal(expected, await pod.ListOnceAsync());
    }

    [Fact]
    public void No_two_failures_say_the_same_but_those_that_look_the_same_from_here() =>
        Assert.Equal(Failures.Count - 3, Failures.Select(row => row.Data.Item2).Distinct().Count());

    [Fact]
    public async Task A_403_gives_the_Role_to_paste_for_the_account_that_the_API_server_names()
    {
        await using KubePod pod = new();
        pod.Server.IsForbidden = true;
        var list = await pod.Open().ListAsync(forceRefresh: false, pod.Stop);
        Assert.Equal(
            AccessRole.Yaml(new ServerSource.Kube("kube-system", "kube-dns"), new ServiceAccount("prod", "default")), list.Problem?.Remedy);
    }

    [Fact]
    public async Task A_403_without_a_name_is_for_the_account_in_the_token_or_else_for_that_of_the_namespace()
    {
        await using KubePod pod = new();
        pod.Server.Fault = KubeMisbehaving.Answers(KubeResponse.Failure(403, "Forbidden", "no"));
        pod.Credentials.WriteToken(ServiceAccountToken.Create("system:serviceaccount:team-a:zookeeper"));
        Assert.StartsWith("Forbidden: service account team-a/zookeeper may not", await pod.ListOnceAsync(), StringComparison.Ordinal);

        pod.Credentials.WriteToken("opaque");
        Assert.StartsWith("Forbidden: service account prod/default may not", await pod.ListOnceAsync(), StringComparison.Ordinal);

        pod.Credentials.Remove("namespace");
        Assert.StartsWith("Forbidden: this pod's service account may not", await pod.ListOnceAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silence")]
    [InlineData("an octet now and then")]
    [InlineData("a head and silence")]
    public async Task What_never_ends_is_cut_off_by_the_timeout(string failure)
    {
        await using KubePod pod = new();
        Arrange(pod, failure);
        var listing = pod.ListOnceAsync();
        await pod.Server.WaitForRequestsAsync(1, pod.Stop);

        pod.Time.Advance(KubePod.Timeout - TimeSpan.FromTicks(1));
        Assert.False(listing.IsCompleted);
        pod.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal("Unreachable: no whole answer from the API server within 5s", await listing);
    }

    [Fact]
    public async Task A_stop_ends_a_list_at_once()
    {
        await using KubePod pod = new();
        pod.Server.Fault = KubeMisbehaving.NeverAnswers();
        using CancellationTokenSource stop = new();
        var listing = pod.Open().ListAsync(forceRefresh: false, stop.Token);
        await pod.Server.WaitForRequestsAsync(1, pod.Stop);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }

    [Fact]
    public async Task Nobody_listens()
    {
        await using KubePod pod = new();
        pod.Server.Stop();
        Assert.Equal("Unreachable: the API server at SERVER cannot be reached: connection refused", await pod.ListOnceAsync());
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using KubePod pod = new();
        await using KubePod other = new();
        pod.Server.Fault = KubeMisbehaving.Answers(KubeResponse.Redirect(other.Server.Url));
        Assert.StartsWith("Unreachable: ", await pod.ListOnceAsync(), StringComparison.Ordinal);
        Assert.Equal(0, other.Server.AcceptedConnections);
    }

    [Fact]
    public async Task A_list_in_chunks_that_end_anywhere_is_whole()
    {
        await using KubePod pod = new();
        pod.Server.Fault = KubeMisbehaving.InChunksOf(7);
        Assert.Equal(Right, await pod.ListOnceAsync());
    }

    [Fact]
    public async Task Fields_that_are_null_or_spoiled_leave_the_rest_readable()
    {
        await using KubePod pod = new();
        pod.Server.Slices.Set(EndpointSliceSpec.ForDns("b", 53, "10.244.0.6") with { WritesNulls = true });
        pod.Server.Slices.Set(
            EndpointSliceSpec.ForDns("c", 53, "10.244.0.7") with { Spoil = slice => slice["endpoints"]!.AsArray().Add((JsonNode?)null) });
        Assert.Equal("10.244.0.5:53 10.244.0.6:53 10.244.0.7:53", await pod.ListOnceAsync());
    }

    private static ServerSource.Kube[] Candidates =>
    [
        new("kube-system", "kube-dns"),
        new("kube-system", "kube-dns") { Label = ServerSource.Kube.AppLabel },
        new("kube-system", "coredns") { Label = ServerSource.Kube.AppLabel },
        new("openshift-dns", "dns-default"),
    ];

    private static void Arrange(KubePod pod, string failure)
    {
        if (failure == "empty")
        {
            pod.Server.Slices.Remove("a");
        }

        if (failure == "no endpoints")
        {
            pod.Server.Slices.Set(new EndpointSliceSpec("a"));
        }

        if (failure == "401")
        {
            pod.Server.AcceptedToken = ServiceAccountToken.Create();
        }

        if (failure == "403")
        {
            pod.Server.IsForbidden = true;
        }

        pod.Server.Fault = failure switch
        {
            "404" => KubeMisbehaving.Answers(KubeResponse.NotFoundPage()),
            "429" => KubeMisbehaving.Answers(KubeResponse.TooManyRequests()),
            "500" => KubeMisbehaving.Answers(KubeResponse.InternalError()),
            "503" => KubeMisbehaving.Answers(KubeResponse.Unavailable()),
            "redirect" => KubeMisbehaving.Answers(KubeResponse.Redirect(pod.Server.Url)),
            "login page" => KubeMisbehaving.LoginPage(),
            "garbage" => KubeMisbehaving.Garbage(),
            "another kind" => KubeMisbehaving.AnotherKind(),
            "half" => KubeMisbehaving.Half(),
            "cut" => KubeMisbehaving.CutInTheMiddle(TcpCut.Fin),
            "cut in a chunk" => KubeMisbehaving.CutInTheMiddle(TcpCut.Fin, chunked: true),
            "reset" => KubeMisbehaving.CutsInstead(TcpCut.Rst),
            "closed instead" => KubeMisbehaving.CutsInstead(TcpCut.Fin),
            "not HTTP" => KubeMisbehaving.NotHttp(),
            "head without end" => KubeMisbehaving.FloodsHead(),
            "list without end" => KubeMisbehaving.Floods(),
            "silence" => KubeMisbehaving.NeverAnswers(),
            "an octet now and then" => KubeMisbehaving.Drips(TimeSpan.FromMilliseconds(20)),
            "a head and silence" => KubeMisbehaving.StallsAfterHead(),
            _ => null,
        };
    }
}
