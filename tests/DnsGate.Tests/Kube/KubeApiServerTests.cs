using System.Net;
using DnsGate.TestKit;

namespace DnsGate.Tests.Kube;

/// <summary>The API server of the tests, when it behaves.</summary>
public sealed class KubeApiServerTests
{
    private static readonly EndpointSliceSpec First = EndpointSliceSpec.ForDns("kube-dns-1", 5301, "10.244.0.3", "10.244.0.4");
    private static readonly EndpointSliceSpec Second = EndpointSliceSpec.ForDns("kube-dns-2", 5301, "fd00::3");
    private static readonly EndpointSliceSpec Foreign = First with { Name = "metrics-1", Service = "metrics-server" };

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.7.53")]
    [InlineData("::1")]
    public async Task Lists_what_was_set_at_any_loopback_address(string address)
    {
        await using KubeApiServer server = new(new IPEndPoint(IPAddress.Parse(address), 0));
        server.Slices.Set(First);
        using PlainKubeClient client = new(server);

        var list = await client.ListAsync();

        Assert.Equal("EndpointSliceList", list["kind"]!.GetValue<string>());
        var item = Assert.Single(list["items"]!.AsArray())!;
        Assert.Null(item["kind"]);
        Assert.Equal("""["10.244.0.3"]""", item["endpoints"]![0]!["addresses"]!.ToJsonString());
        Assert.Equal("""{"ready":true,"serving":true,"terminating":false}""", item["endpoints"]![0]!["conditions"]!.ToJsonString());
        Assert.Equal("""{"name":"dns","port":5301,"protocol":"UDP"}""", item["ports"]![0]!.ToJsonString());
    }

    [Fact]
    public async Task Absent_values_are_left_out_or_null_as_told()
    {
        await using KubeApiServer server = new();
        EndpointSpec endpoint =
            new("10.0.0.1") { Ready = null, Serving = null, Terminating = null, NodeName = null, Zone = null, PodName = null };
        EndpointSliceSpec bare = new("bare") { Endpoints = [endpoint] };
        server.Slices.Set(bare);
        server.Slices.Set(bare with { Name = "nulls", WritesNulls = true });
        server.Slices.Set(bare with { Name = "spoilt", Spoil = json => json["addressType"] = 4 });
        using PlainKubeClient client = new(server);

        var list = await client.ListAsync();

        Assert.Equal("""[{"addresses":["10.0.0.1"],"conditions":{}}]""", list["items"]![0]!["endpoints"]!.ToJsonString());
        Assert.Null(list["items"]![0]!["ports"]);
        Assert.StartsWith(
            """[{"addresses":["10.0.0.1"],"conditions":{"ready":null,"serving":null,"terminating":null},""",
            list["items"]![1]!["endpoints"]!.ToJsonString());
        Assert.Equal(4, list["items"]![2]!["addressType"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("labelSelector=kubernetes.io%2Fservice-name%3Dkube-dns", "kube-dns-1 kube-dns-2")]
    [InlineData("labelSelector=kubernetes.io/service-name%3Dmetrics-server", "metrics-1")]
    [InlineData("labelSelector=kubernetes.io%2Fservice-name%3Dabsent", "")]
    [InlineData("labelSelector=kubernetes.io%2Fservice-name%3Dkube-dns,k8s-app%3Dother", "")]
    [InlineData("", "kube-dns-1 kube-dns-2 metrics-1")]
    public async Task Lists_by_label(string parameters, string names)
    {
        await using var server = Filled();
        using PlainKubeClient client = new(server);

        Assert.Equal(names, string.Join(' ', PlainKubeClient.Names(await client.ListAsync(parameters))));
    }

    [Theory]
    [InlineData("limit=1", "kube-dns-1 | kube-dns-2 | metrics-1")]
    [InlineData("limit=2", "kube-dns-1 kube-dns-2 | metrics-1")]
    [InlineData("limit=1&resourceVersion=0", "kube-dns-1 kube-dns-2 metrics-1")]
    public async Task Lists_come_in_pages_unless_they_may_come_from_the_cache(string parameters, string names)
    {
        await using var server = Filled();
        using PlainKubeClient client = new(server);

        var page = await client.ListAsync(parameters);
        List<string> pages = [string.Join(' ', PlainKubeClient.Names(page))];
        while (page["metadata"]!["continue"] is { } next)
        {
            page = await client.ListAsync($"limit=1&continue={Uri.EscapeDataString(next.GetValue<string>())}");
            pages.Add(string.Join(' ', PlainKubeClient.Names(page)));
        }

        Assert.Equal(names, string.Join(" | ", pages));
    }

    [Fact]
    public async Task One_connection_carries_many_requests_and_all_of_them_are_noted()
    {
        await using var server = Filled();
        using PlainKubeClient client = new(server);

        await client.ListAsync("labelSelector=a%3Db");
        await client.ListAsync();
        await server.WaitForRequestsAsync(2).WaitAsync(PlainKubeClient.Limit);

        Assert.All(server.Requests, request => Assert.Equal(
            ("GET", PlainKubeClient.Slices, server.Requests[0].Connection, server.AcceptedToken),
            (request.Method, request.Path, request.Connection, request.Token)));
        Assert.Equal("a=b", server.Requests[0].Query["labelSelector"]);
        Assert.Equal((1, 1), (server.OpenConnections, server.AcceptedConnections));
    }

    [Fact]
    public async Task A_request_without_the_right_token_is_unauthorized_until_it_has_it()
    {
        await using var server = Filled();
        using PlainKubeClient client = new(server);
        var token = server.AcceptedToken;
        server.AcceptedToken = ServiceAccountToken.Create();

        var status = await client.GetJsonAsync(PlainKubeClient.Slices, status: 401);
        server.AcceptedToken = token;
        await client.ListAsync();

        Assert.Equal(
            """{"kind":"Status","apiVersion":"v1","metadata":"""
            + """{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}""",
            status.ToJsonString());
    }

    [Fact]
    public async Task What_RBAC_forbids_is_named()
    {
        await using var server = Filled();
        server.IsForbidden = true;
        using PlainKubeClient client = new(server);

        var status = await client.GetJsonAsync(PlainKubeClient.Slices, status: 403);

        Assert.Equal(
            "endpointslices.discovery.k8s.io is forbidden: User \"system:serviceaccount:prod:default\" cannot "
            + "list resource \"endpointslices\""
            + " in API group \"discovery.k8s.io\" in the namespace \"kube-system\"",
            status["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        await using KubeApiServer server = new();
        using PlainKubeClient client = new(server);

        using var response = await client.GetAsync("/apis/discovery.k8s.io/v1beta1/namespaces/kube-system/endpointslices");

        Assert.Equal((404, "404 page not found\n"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    private static KubeApiServer Filled()
    {
        KubeApiServer server = new();
        server.Slices.Set(Foreign);
        server.Slices.Set(Second);
        server.Slices.Set(First);
        server.Slices.Set(First with { Namespace = "other" });
        return server;
    }
}
