using DnsGate.Core.Discovery.Kube;

namespace DnsGate.Core.Tests.Discovery.Kube;

/// <summary>Who of the endpoints is asked, where, and whether its answer counts.</summary>
public sealed class EndpointServersTests
{
    private const string Dns = "dns:53/UDP,dns-tcp:53/TCP,metrics:9153/TCP";

    [Theory]
    [InlineData("an endpoint of which nothing is said is ready", "10.0.0.1", "10.0.0.1:53")]
    [InlineData("ready", "10.0.0.1 ready=true serving=true terminating=false", "10.0.0.1:53")]
    [InlineData("not ready", "10.0.0.1 ready=false", "10.0.0.1:53/NotReady")]
    [InlineData("not ready, whatever serving says", "10.0.0.1 ready=false serving=true", "10.0.0.1:53/NotReady")]
    [InlineData("terminating", "10.0.0.1 ready=false serving=true terminating=true", "10.0.0.1:53/Terminating")]
    [InlineData("terminating and published all the same", "10.0.0.1 ready=true terminating=true", "10.0.0.1:53/Terminating")]
    [InlineData("sorted by value", "10.0.0.10|10.0.0.9", "10.0.0.9:53 10.0.0.10:53")]
    [InlineData("an address twice in a slice is one server", "10.0.0.1|10.0.0.1", "10.0.0.1:53")]
    [InlineData("an address under two uids is one server, the stronger", "10.0.0.1 uid=a terminating=true|10.0.0.1 uid=b", "10.0.0.1:53")]
    [InlineData("a pod whose address changed is asked at both", "10.0.0.1 uid=a|10.0.0.2 uid=a", "10.0.0.1:53 10.0.0.2:53")]
    [InlineData(
        "what is no address is passed over where it is not ready",
        "10.0.0.1|10.0.0 ready=false|0.0.0.0 ready=false|224.0.0.1 ready=false|10.0.0.01 ready=false|::ffff:10.0.0.2 ready=false|fd00::1 "
        + "ready=false|fe80::1%eth0 ready=false| ready=false|coredns.local ready=false",
        "10.0.0.1:53")]
    public void Endpoints_of_one_slice(string because, string endpoints, string servers) =>
        Assert.Equal((because, servers), (because, SliceText.Read($"a IPv4 {Dns} | {endpoints}").Servers()));

    [Theory]
    [InlineData("named dns over UDP", "dns:5353/UDP,dns-tcp:5354/TCP,metrics:9153/TCP", 5353)]
    [InlineData("named dns over UDP, wherever it stands", "metrics:9153/TCP,dns-tcp:5354/TCP,dns:5353/UDP", 5353)]
    [InlineData("else dns-tcp", "metrics:9153/TCP,dns-tcp:5354/TCP", 5354)]
    [InlineData("dns over TCP is not dns over UDP", "dns:54/TCP,dns-tcp:55/TCP", 55)]
    [InlineData("no protocol is TCP", "dns:54/null,dns-tcp:55/null", 55)]
    [InlineData("else the only UDP port", "udp-53:1053/UDP,tcp-53:1054/TCP,metrics:9153/TCP", 1053)]
    [InlineData("the only UDP port, named twice", "a:1053/UDP,b:1053/UDP,metrics:9153/TCP", 1053)]
    [InlineData("else the only port", ":1053/TCP", 1053)]
    [InlineData("the only port without a protocol", ":1053/null", 1053)]
    [InlineData("a port that is none is passed over", "dns:0/UDP,dns:65536/UDP,dns:-1/UDP,dns:null/UDP,dns:5353/UDP", 5353)]
    public void The_port_is(string because, string ports, int port) =>
        Assert.Equal((because, $"10.0.0.1:{port}"), (because, SliceText.Read($"a IPv4 {ports} | 10.0.0.1").Servers()));

    [Theory]
    [InlineData("-", "none")]
    [InlineData("dns:null/UDP", "dns any/UDP")]
    [InlineData("http:80/TCP,metrics:9153/null", "http 80/TCP, metrics 9153/TCP")]
    [InlineData("a:1/UDP,b:2/UDP", "a 1/UDP, b 2/UDP")]
    [InlineData("a:1/UDP,b:2/UDP,c:3/UDP,d:4/UDP,e:5/UDP,f:6/UDP,g:7/UDP,h:8/UDP,i:9/UDP",
        "a 1/UDP, b 2/UDP, c 3/UDP, d 4/UDP, e 5/UDP, f 6/UDP, g 7/UDP, h 8/UDP, ...")]
    public void Without_a_port_for_DNS_there_is_no_list_and_53_is_not_assumed(string ports, string says) =>
        Assert.Equal(
            "Empty: Service kube-system/kube-dns has endpoints, but no port for DNS: named neither dns nor dns-tcp, nor one UDP "
            + $"port alone (its ports: {says})",
            SliceText.Read($"a IPv4 {ports} | 10.0.0.1").Servers());

    [Fact]
    public void A_slice_without_the_named_port_holds_no_name_servers_where_another_one_has_it() =>
        Assert.Equal("10.0.0.1:53", SliceText.Read($"a IPv4 {Dns} | 10.0.0.1", "b IPv4 metrics:9153/TCP | 10.0.0.2").Servers());

    [Fact]
    public void Each_slice_has_its_own_port() =>
        Assert.Equal(
            "10.0.0.1:53 10.0.0.2:5353", SliceText.Read("a IPv4 dns:53/UDP | 10.0.0.1", "b IPv4 dns:5353/UDP | 10.0.0.2").Servers());

    [Theory]
    [InlineData("an IPv4 pod asks over IPv4", "10.9.9.9", "10.0.0.1:53 10.0.0.2:53 [fd00::3]:53")]
    [InlineData("an IPv6 pod asks over IPv6", "fd99::9", "10.0.0.2:53 [fd00::1]:53 [fd00::3]:53")]
    [InlineData("a pod of both asks over IPv4", "fd99::9 10.9.9.9", "10.0.0.1:53 10.0.0.2:53 [fd00::3]:53")]
    public void A_name_server_of_two_families_is_asked_once_and_one_of_the_other_family_alone_is_not_left_out(
        string because, string pod, string servers)
    {
        var slices = SliceText.Read(
            "v4 IPv4 dns:53/UDP | 10.0.0.1 uid=a | 10.0.0.2 uid=b",
            "v6 IPv6 dns:53/UDP | fd00::1 uid=a | fd00::3 uid=c");
        Assert.Equal((because, servers), (because, slices.Servers(pod.Split(' '))));
    }

    [Theory]
    [InlineData("10.0.0.1 uid=a", "10.0.0.1 uid=a ready=false", "10.0.0.1:53")]
    [InlineData("10.0.0.1 uid=a terminating=true", "10.0.0.1 uid=a", "10.0.0.1:53")]
    [InlineData("10.0.0.1 terminating=true", "10.0.0.1 ready=false", "10.0.0.1:53/NotReady")]
    [InlineData("10.0.0.1 uid=a terminating=true", "10.0.0.1 uid=a terminating=true", "10.0.0.1:53/Terminating")]
    public void An_endpoint_that_moves_between_slices_is_one_server_with_the_stronger_standing(string left, string right, string servers)
    {
        Assert.Equal(servers, SliceText.Read($"a IPv4 {Dns} | {left}", $"b IPv4 {Dns} | {right}").Servers());
        Assert.Equal(servers, SliceText.Read($"a IPv4 {Dns} | {right}", $"b IPv4 {Dns} | {left}").Servers());
    }

    [Fact]
    public void What_one_family_says_of_a_pod_holds_for_it_at_the_other() =>
        Assert.Equal(
            "10.0.0.1:53", SliceText.Read($"a IPv4 {Dns} | 10.0.0.1 uid=a ready=false", $"b IPv6 {Dns} | fd00::1 uid=a").Servers());

    [Theory]
    [InlineData("the placeholder of a Service without pods", "NoEndpoints", "a IPv4 -")]
    [InlineData("names are no addresses", "Empty", "a FQDN dns:53/UDP | coredns.example.com")]
    [InlineData("nothing that could be asked", "Empty", "a IPv4 dns:53/UDP | 0.0.0.0 | fd00::1")]
    [InlineData("an address type of tomorrow", "Empty", "a IPv8 dns:53/UDP | 10.0.0.1")]
    public void Nobody_is_listed(string because, string fault, string slice) =>
        Assert.Equal(
            (because, $"{fault}: Service kube-system/kube-dns has no endpoints: its EndpointSlices list no pod with an IP address"),
            (because, SliceText.Read(slice).Servers()));

    /// <summary>A list without somebody whom clients may ask is not complete.</summary>
    [Theory]
    [InlineData("an address that cannot be read", "b IPv4 dns:53/UDP | 10.0.0.02", "address 10.0.0.02, of type IPv4")]
    [InlineData("an address of another family", "b IPv4 dns:53/UDP | fd00::1", "address fd00::1, of type IPv4")]
    [InlineData("a name", "b FQDN dns:53/UDP | coredns.example.com", "address coredns.example.com, of type FQDN")]
    [InlineData("one that is not ready is not missed", "b IPv4 dns:53/UDP | 10.0.0.02 ready=false", null)]
    public void A_ready_endpoint_that_cannot_be_asked_is_no_whole_list(string because, string slice, string? says) => Assert.Equal(
        (because,
            says is null ? "10.0.0.1:53" : $"Unreachable: Service kube-system/kube-dns has a ready endpoint that cannot be asked: {says}"),
        (because, SliceText.Read("a IPv4 dns:53/UDP | 10.0.0.1", slice).Servers()));

    [Fact]
    public void Slices_of_another_Service_are_not_its_own() =>
        Assert.Equal(
            "Empty: Service kube-system/kube-dns has no EndpointSlices: there is no such Service, or it has no selector",
            Page(SliceText.Slice("a IPv4 dns:53/UDP | 10.0.0.1", service: "other")).Servers());

    [Fact]
    public void An_empty_list_is_a_problem_with_a_remedy_and_never_a_list_of_nobody()
    {
        var list = Page().ToResult(SliceText.Source, []);
        Assert.Empty(list.Servers);
        Assert.Equal(Model.DiscoveryFault.Empty, list.Problem!.Fault);
        Assert.True(list.Problem.IsDefinite);
        Assert.Equal("kubectl -n kube-system get services,endpointslices", list.Problem.Remedy);
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"a","labels":{"kubernetes.io/service-name":"kube-dns"}}}""")]
    [InlineData("""{"metadata":{"name":"a","labels":{"kubernetes.io/service-name":"kube-dns"}},"addressType":"IPv4","ports":"""
        + """[null],"endpoints":[null]}""")]
    [InlineData("""{"metadata":{"name":"a","labels":{"kubernetes.io/service-name":"kube-dns"}},"addressType":"IPv4","ports":"""
        + """[{}],"endpoints":[{},{"addresses":null},{"addresses":[]},{"addresses":[null]}]}""")]
    public void What_is_null_or_missing_lists_nobody(string slice) =>
        Assert.Contains(": Service kube-system/kube-dns has no endpoints", Page(slice).Servers(), StringComparison.Ordinal);

    [Fact]
    public void Only_the_first_address_of_an_endpoint_means_anything() =>
        Assert.Equal("10.0.0.1:53", Page("""
            {"metadata":{"name":"a","labels":{"kubernetes.io/service-name":"kube-dns"}},"addressType":"IPv4",
             "ports":[{"name":"dns","protocol":"UDP","port":53}],"endpoints":[{"addresses":["10.0.0.1","10.0.0.2"]}]}
            """).Servers());

    [Fact]
    public void A_server_knows_its_pod_its_node_and_whether_clients_are_told_to_prefer_near_ones()
    {
        var servers = Page("""
            {"metadata":{"name":"a","labels":{"kubernetes.io/service-name":"kube-dns"}},"addressType":"IPv4",
             "ports":[{"name":"dns","protocol":"UDP","port":53}],"endpoints":[
               {"addresses":["10.0.0.1"],"targetRef":{"kind":"Pod","name":"coredns-7c65d-abcde","uid":"u1"},"nodeName":"node-3"},
               {"addresses":["10.0.0.2"],"nodeName":"node-4.example.com","hints":{"forNodes":[{"name":"node-4"}]}},
               {"addresses":["10.0.0.3"],"hints":{"forZones":[{"name":"a"}]}},
               {"addresses":["10.0.0.4"],"targetRef":{"name":"a\\u001b[2J","uid":"u4"},"nodeName":"Node 5","hints":{"forZones":null}}]}
            """).ToResult(SliceText.Source, []).Servers;
        Assert.Equal(
            [
                new Model.KubeEndpoint("coredns-7c65d-abcde", "node-3", HasHints: false),
                new Model.KubeEndpoint(null, "node-4.example.com", HasHints: true),
                new Model.KubeEndpoint(null, null, HasHints: true),
                new Model.KubeEndpoint(null, null, HasHints: false),
            ],
            servers.Select(server => server.Endpoint));
    }

    [Fact]
    public void A_label_finds_the_slices_of_any_Service_and_a_pod_behind_two_of_them_is_one_server()
    {
        const string Slice = """
            {"metadata":{"name":"NAME","labels":{"kubernetes.io/service-name":"NAME","k8s-app":"APP"}},"addressType":"IPv4",
             "ports":[{"name":"dns","protocol":"UDP","port":53}],"endpoints":[{"addresses":["10.0.0.1"],"targetRef":{"uid":"u1"}}]}
            """;
        string SliceOf(string name, string app = "kube-dns") =>
            Slice.Replace("NAME", name, StringComparison.Ordinal).Replace("APP", app, StringComparison.Ordinal);
        var source = SliceText.Source with { Label = Core.Options.ServerSource.Kube.AppLabel };
        var two = Page(SliceOf("kube-dns"), SliceOf("coredns"), SliceOf("other", "web"));

        var server = Assert.Single(two.ToResult(source, []).Servers);

        Assert.Equal(("10.0.0.1:53", "kube:kube-system/k8s-app=kube-dns"), (server.Address.ToString(), server.Source));
        Assert.Equal(source, two.ServiceOf(source));
        Assert.Equal("kube:kube-system/rke2-coredns", Page(SliceOf("rke2-coredns")).ServiceOf(source).ToString());
        Assert.Equal(source, Page(SliceOf("Not a name")).ServiceOf(source));
        Assert.Equal(
            "Empty: no EndpointSlices are labelled k8s-app=kube-dns in namespace kube-system",
            Page(SliceOf("other", "web")).ToResult(source, []).Problem is { } problem ? $"{problem.Fault}: {problem.Message}" : "");
    }

    private static EndpointSlices Page(params string[] slices)
    {
        Assert.True(
            EndpointSlices.None.TryAddPage(
                System.Text.Encoding.UTF8.GetBytes(SliceText.List(slices)), out var read, out _, out var problem),
            problem?.Message);
        return read;
    }
}
