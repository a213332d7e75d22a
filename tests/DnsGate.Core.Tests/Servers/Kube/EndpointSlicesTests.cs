using System.Text;
using DnsGate.Core.Servers;
using DnsGate.Core.Servers.Kube;

namespace DnsGate.Core.Tests.Servers.Kube;

/// <summary>Lists of several pages, and what a watch makes of them.</summary>
public sealed class EndpointSlicesTests
{
    private const string A = "a IPv4 dns:53/UDP | 10.0.0.1";
    private const string B = "b IPv4 dns:53/UDP | 10.0.0.2";

    [Fact]
    public void A_list_of_two_pages_is_one_list()
    {
        EndpointSlices first = Add(EndpointSlices.None, SliceText.List([SliceText.Slice(A)], continueAt: "c/1 &"), out string? next);
        Assert.Equal("c/1 &", next);

        EndpointSlices second = Add(first, SliceText.List([SliceText.Slice(B)], "10"), out next);

        Assert.Null(next);
        Assert.Equal(("10.0.0.1:53 10.0.0.2:53", "10"), (second.Servers(), second.ResourceVersion));
        Assert.Equal("10.0.0.1:53", first.Servers());
    }

    // One row per sequence: events of (type, slice, resource version), and the servers and the version after them.
    [Theory]
    [InlineData("nothing yet", "", "10.0.0.1:53", "10")]
    [InlineData("ADDED adds", "ADDED b 11 10.0.0.2", "10.0.0.1:53 10.0.0.2:53", "11")]
    [InlineData("MODIFIED replaces", "MODIFIED a 11 10.0.0.3", "10.0.0.3:53", "11")]
    [InlineData("MODIFIED of one not known adds", "MODIFIED b 11 10.0.0.2", "10.0.0.1:53 10.0.0.2:53", "11")]
    [InlineData("ADDED of one known replaces", "ADDED a 11 10.0.0.4", "10.0.0.4:53", "11")]
    [InlineData("DELETED removes", "ADDED b 11 10.0.0.2;DELETED a 12 10.0.0.1", "10.0.0.2:53", "12")]
    [InlineData("DELETED of one not known changes nothing", "DELETED z 11 10.0.0.9", "10.0.0.1:53", "11")]
    [InlineData("BOOKMARK moves on", "BOOKMARK - 99 -", "10.0.0.1:53", "99")]
    [InlineData("a version is opaque: not compared", "BOOKMARK - 99 -;ADDED b 11 10.0.0.2", "10.0.0.1:53 10.0.0.2:53", "11")]
    [InlineData("removed and back", "DELETED a 11 10.0.0.1;ADDED a 12 10.0.0.1", "10.0.0.1:53", "12")]
    public void A_watch_changes_the_slices(string because, string events, string servers, string version)
    {
        EndpointSlices slices = SliceText.Read(A);
        foreach (string[] words in events.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split(' ')))
        {
            slices = Apply(slices, words[0] == "BOOKMARK"
                ? SliceText.Bookmark(words[2])
                : SliceText.Event(words[0], SliceText.Slice($"{words[1]} IPv4 dns:53/UDP | {words[3]}", words[2])));
        }

        Assert.Equal((because, servers, version), (because, slices.Servers(), slices.ResourceVersion));
    }

    [Fact]
    public void When_the_last_slice_is_deleted_nobody_is_listed() =>
        Assert.StartsWith("Empty: ", Apply(SliceText.Read(A), SliceText.Event("DELETED", SliceText.Slice(A, "11"))).Servers(), StringComparison.Ordinal);

    [Fact]
    public void What_an_event_makes_is_another_set()
    {
        EndpointSlices before = SliceText.Read(A);
        Apply(before, SliceText.Event("DELETED", SliceText.Slice(A, "11")));
        Assert.Equal(("10.0.0.1:53", "10"), (before.Servers(), before.ResourceVersion));
    }

    [Theory]
    [InlineData(410, true, "the API server ended the watch (410): too old\\010")]
    [InlineData(500, false, "the API server ended the watch (500): too old\\010")]
    public void An_ERROR_ends_the_watch_and_410_is_expiry(int code, bool isExpired, string message)
    {
        EndpointSlices slices = SliceText.Read(A);
        WatchStep step = slices.Apply(Encoding.UTF8.GetBytes(SliceText.Event("ERROR", SliceText.Status(code, "too old\\n"))));
        Assert.Equal((isExpired, DiscoveryFault.Unreachable, message), (step.IsExpired, step.Problem!.Fault, step.Problem.Message));
        Assert.Same(slices, step.Slices);
    }

    [Theory]
    [InlineData("", "is not JSON")]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"meta", "ends in the middle: half a JSON text")]
    [InlineData("{}", "has an event of the unknown type ''")]
    [InlineData("{\"type\":\"added\\u001b\"}", "has an event of the unknown type 'added\\027'")]
    [InlineData("{\"type\":\"ADDED\"}", "has an event without a resourceVersion")]
    [InlineData("{\"type\":\"ADDED\",\"object\":null}", "has an event without a resourceVersion")]
    [InlineData("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"\"}}}", "has an event without a resourceVersion")]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"resourceVersion\":\"1\"}}}", "has an EndpointSlice without a name")]
    [InlineData("{\"type\":\"ADDED\",\"object\":[]}", "has a field of another type than the API says")]
    public void A_line_that_is_no_event_ends_the_watch(string line, string flaw)
    {
        WatchStep step = SliceText.Read(A).Apply(Encoding.UTF8.GetBytes(line));
        Assert.Equal((false, DiscoveryFault.Unreachable, $"the answer of the API server {flaw}"), (step.IsExpired, step.Problem!.Fault, step.Problem.Message));
    }

    [Theory]
    [InlineData("", "is not JSON")]
    [InlineData("<html>login</html>", "is not JSON")]
    [InlineData("{} {}", "is not JSON")]
    [InlineData("null", "is 'null'")]
    [InlineData("{\"kind\":\"EndpointSliceList\"", "ends in the middle: half a JSON text")]
    [InlineData("{\"kind\":\"EndpointSliceList\",\"items\":[{\"metadata\":{}}", "ends in the middle: half a JSON text")]
    [InlineData("[]", "has a field of another type than the API says")]
    [InlineData("{\"kind\":\"EndpointSliceList\",\"apiVersion\":\"discovery.k8s.io/v1\",\"items\":7}", "has a field of another type than the API says")]
    [InlineData("{\"a\":1}", "is JSON, but no EndpointSliceList of discovery.k8s.io/v1")]
    [InlineData("{\"kind\":\"PodList\",\"apiVersion\":\"v1\"}", "is 'PodList' of 'v1', not EndpointSliceList of discovery.k8s.io/v1")]
    [InlineData("{\"kind\":\"EndpointSliceList\",\"apiVersion\":\"discovery.k8s.io/v1beta1\"}", "is 'EndpointSliceList' of 'discovery.k8s.io/v1beta1', not EndpointSliceList of discovery.k8s.io/v1")]
    [InlineData("{\"kind\":\"Some\\u001b[31m\",\"apiVersion\":\"v1\",\"items\":{}}", "is 'Some\\027[31m' of 'v1', not EndpointSliceList of discovery.k8s.io/v1")]
    [InlineData("{\"kind\":\"EndpointSliceList\",\"apiVersion\":\"discovery.k8s.io/v1\",\"items\":[]}", "has no resourceVersion")]
    [InlineData("{\"kind\":\"EndpointSliceList\",\"apiVersion\":\"discovery.k8s.io/v1\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[null]}", "has an EndpointSlice without a name")]
    public void What_is_no_list_says_what_it_is(string page, string flaw)
    {
        Assert.False(EndpointSlices.None.TryAddPage(Encoding.UTF8.GetBytes(page), out EndpointSlices? slices, out _, out DiscoveryProblem? problem));
        Assert.Null(slices);
        Assert.Equal((DiscoveryFault.Unreachable, $"the answer of the API server {flaw}"), (problem.Fault, problem.Message));
    }

    [Fact]
    public void As_many_endpoints_as_no_cluster_has_name_servers_are_no_list()
    {
        string[] Slices(int endpoints) => [SliceText.Slice("a IPv4 dns:53/UDP" + string.Concat(Enumerable.Range(0, endpoints).Select(index => $" | 10.0.{index / 250}.{1 + (index % 250)}")))];

        EndpointSlices most = Add(EndpointSlices.None, SliceText.List(Slices(EndpointSlices.MaxEndpoints)), out _);
        Assert.Equal(5_000, most.ToSourceList(SliceText.Source, []).Servers.Length);

        Assert.Equal("the answer of the API server lists more than 5,000 endpoints: these are no name servers", ProblemOf(SliceText.List(Slices(5_001))));
        Assert.Equal(
            "the answer of the API server lists more than 5,000 endpoints: these are no name servers",
            most.Apply(Encoding.UTF8.GetBytes(SliceText.Event("ADDED", SliceText.Slice(B)))).Problem?.Message);
    }

    [Fact]
    public void Slices_without_end_and_tokens_without_end_are_no_list()
    {
        string[] many = [.. Enumerable.Range(0, 1_001).Select(index => SliceText.Slice($"s{index} IPv4 -"))];
        Assert.Equal("the answer of the API server lists more than 1,000 EndpointSlices: these are no name servers", ProblemOf(SliceText.List(many)));
        Assert.Equal("the answer of the API server has a 'continue' without end", ProblemOf(SliceText.List([], continueAt: new string('c', 5_000))));
        Assert.Equal("the answer of the API server has no resourceVersion", ProblemOf(SliceText.List([], new string('1', 5_000))));
    }

    [Fact]
    public void What_is_asked_for_is_escaped()
    {
        Assert.Equal(
            "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkube-dns&limit=500",
            ApiPaths.List(SliceText.Source, null));
        Assert.EndsWith("&limit=500&continue=a%2Fb%3D%26c", ApiPaths.List(SliceText.Source, "a/b=&c"), StringComparison.Ordinal);
        Assert.EndsWith("&watch=1&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=7%26x", ApiPaths.Watch(SliceText.Source, "7&x", 300), StringComparison.Ordinal);
    }

    private static EndpointSlices Add(EndpointSlices before, string page, out string? next)
    {
        Assert.True(before.TryAddPage(Encoding.UTF8.GetBytes(page), out EndpointSlices? after, out next, out DiscoveryProblem? problem), problem?.Message);
        return after;
    }

    private static EndpointSlices Apply(EndpointSlices before, string line)
    {
        WatchStep step = before.Apply(Encoding.UTF8.GetBytes(line));
        Assert.Null(step.Problem);
        return step.Slices;
    }

    private static string? ProblemOf(string page)
    {
        Assert.False(EndpointSlices.None.TryAddPage(Encoding.UTF8.GetBytes(page), out _, out _, out DiscoveryProblem? problem));
        return problem.Message;
    }
}
