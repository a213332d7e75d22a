using System.Text;
using DnsGate.Core.Discovery.Kube;
using DnsGate.Core.Model;

namespace DnsGate.Core.Tests.Discovery.Kube;

/// <summary>Lists of several pages, and responses that are not a list.</summary>
public sealed class EndpointSlicesTests
{
    private const string A = "a IPv4 dns:53/UDP | 10.0.0.1";
    private const string B = "b IPv4 dns:53/UDP | 10.0.0.2";

    [Fact]
    public void A_list_of_two_pages_is_one_list()
    {
        var first = Add(EndpointSlices.None, SliceText.List([SliceText.Slice(A)], continueAt: "c/1 &"), out var next);
        Assert.Equal("c/1 &", next);

        var second = Add(first, SliceText.List([SliceText.Slice(B)]), out next);

        Assert.Null(next);
        Assert.Equal("10.0.0.1:53 10.0.0.2:53", second.Servers());
        Assert.Equal("10.0.0.1:53", first.Servers());
    }

    [Theory]
    [InlineData("", "is not JSON")]
    [InlineData("<html>login</html>", "is not JSON")]
    [InlineData("{} {}", "is not JSON")]
    [InlineData("null", "is 'null'")]
    [InlineData("{\"kind\":\"EndpointSliceList\"", "ends in the middle: half a JSON text")]
    [InlineData("{\"kind\":\"EndpointSliceList\",\"items\":[{\"metadata\":{}}", "ends in the middle: half a JSON text")]
    [InlineData("[]", "has a field of another type than the API says")]
    [InlineData("{\"kind\":\"EndpointSliceList\",\"apiVersion\":\"discovery.k8s.io/v1\",\"items\":7}",
        "has a field of another type than the API says")]
    [InlineData("{\"a\":1}", "is JSON, but no EndpointSliceList of discovery.k8s.io/v1")]
    [InlineData("{\"kind\":\"PodList\",\"apiVersion\":\"v1\"}", "is 'PodList' of 'v1', not EndpointSliceList of discovery.k8s.io/v1")]
    [InlineData("{\"kind\":\"EndpointSliceList\",\"apiVersion\":\"discovery.k8s.io/v1beta1\"}",
        "is 'EndpointSliceList' of 'discovery.k8s.io/v1beta1', not EndpointSliceList of discovery.k8s.io/v1")]
    [InlineData("{\"kind\":\"Some\\u001b[31m\",\"apiVersion\":\"v1\",\"items\":{}}",
        "is 'Some\\027[31m' of 'v1', not EndpointSliceList of discovery.k8s.io/v1")]
    [InlineData(
        "{\"kind\":\"EndpointSliceList\",\"apiVersion\":\"discovery.k8s.io/v1\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[null]}",
        "has an EndpointSlice without a name")]
    public void What_is_no_list_says_what_it_is(string page, string flaw)
    {
        Assert.False(EndpointSlices.None.TryAddPage(Encoding.UTF8.GetBytes(page), out var slices, out _, out var problem));
        Assert.Null(slices);
        Assert.Equal((DiscoveryFault.Unreachable, $"the answer of the API server {flaw}"), (problem.Fault, problem.Message));
    }

    [Fact]
    public void As_many_endpoints_as_no_cluster_has_name_servers_are_no_list()
    {
        string[] Slices(int endpoints) => [SliceText.Slice("a IPv4 dns:53/UDP"
            + string.Concat(Enumerable.Range(0, endpoints).Select(index => $" | 10.0.{index / 250}.{1 + (index % 250)}")))];

        var most = Add(EndpointSlices.None, SliceText.List(Slices(EndpointSlices.MaxEndpoints)), out _);
        Assert.Equal(5_000, most.ToResult(SliceText.Source, []).Servers.Length);

        Assert.Equal(
            "the answer of the API server lists more than 5,000 endpoints: these are no DNS servers",
            ProblemOf(SliceText.List(Slices(5_001))));
    }

    [Fact]
    public void Slices_without_end_and_tokens_without_end_are_no_list()
    {
        string[] many = [.. Enumerable.Range(0, 1_001).Select(index => SliceText.Slice($"s{index} IPv4 -"))];
        Assert.Equal(
            "the answer of the API server lists more than 1,000 EndpointSlices: these are no DNS servers",
            ProblemOf(SliceText.List(many)));
        Assert.Equal(
            "the answer of the API server has a 'continue' without end", ProblemOf(SliceText.List([], continueAt: new string('c', 5_000))));
    }

    [Fact]
    public void What_is_asked_for_is_escaped()
    {
        Assert.Equal(
            "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices"
            + "?labelSelector=kubernetes.io%2Fservice-name%3Dkube-dns&limit=500",
            ApiPaths.List(SliceText.Source, null));
        Assert.EndsWith("&limit=500&continue=a%2Fb%3D%26c", ApiPaths.List(SliceText.Source, "a/b=&c"), StringComparison.Ordinal);
        Assert.EndsWith("&limit=500&resourceVersion=0", ApiPaths.List(SliceText.Source, fromCache: true), StringComparison.Ordinal);
    }

    private static EndpointSlices Add(EndpointSlices before, string page, out string? next)
    {
        Assert.True(before.TryAddPage(Encoding.UTF8.GetBytes(page), out var after, out next, out var problem), problem?.Message);
        return after;
    }

    private static string? ProblemOf(string page)
    {
        Assert.False(EndpointSlices.None.TryAddPage(Encoding.UTF8.GetBytes(page), out _, out _, out var problem));
        return problem.Message;
    }
}
