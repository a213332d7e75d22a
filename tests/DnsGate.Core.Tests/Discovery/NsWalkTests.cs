using DnsGate.Core.Discovery;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Discovery;

/// <summary>The name servers that CoreDNS names under <c>NS DOMAIN</c>: those of headless Services that it is an endpoint of.</summary>
public sealed class NsWalkTests
{
    private const string Metrics = "10-244-0-1.coredns-metrics.monitoring.svc.cluster.local";
    private const string Other = "10-244-0-3.coredns-debug.kube-system.svc.cluster.local";
    private const string Virtual = "kube-dns.kube-system.svc.cluster.local";

    private static readonly DnsName Domain = Fixtures.NameOf("cluster.local");

    [Theory]
    [InlineData("a headless Service and the virtual one", $"NS {Virtual} {Metrics}; A 10.244.0.1 10.244.0.2", "1:53 2:53")]
    [InlineData("the port that the Service names", $"NS {Metrics}; SRV 5353; A 10.244.0.1", "1:5353")]
    public void The_endpoints_of_a_headless_Service_are_found_and_no_virtual_address(string sentence, string says, string found)
    {
        var walked = WalkRunner.Walk(Of(), lookup => WalkRunner.OutcomeOf(lookup.Type, says));
        Assert.Null(walked.List.Problem);
        Assert.Equal((sentence, found), (sentence, string.Join(' ', walked.Servers.Select(server => server.Split('.')[3]))));
        Assert.All(walked.List.Servers, server => Assert.Equal(("ns", 1), (server.Source, server.Samples)));
    }

    [Fact]
    public void Every_server_found_is_asked_which_Services_it_is_an_endpoint_of()
    {
        var walked = WalkRunner.Walk(Of(), lookup => (lookup.Type, lookup.Name.ToString()) switch
        {
            (RecordType.NS, _) =>
                WalkRunner.OutcomeOf(RecordType.NS, lookup.Server == Fixtures.S(2) ? $"NS {Metrics} {Other}" : $"NS {Metrics}"),
            (RecordType.A, "coredns-metrics.monitoring.svc.cluster.local") => WalkRunner.OutcomeOf(RecordType.A, "A 10.244.0.1 10.244.0.2"),
            (RecordType.A, _) => WalkRunner.OutcomeOf(RecordType.A, "A 10.244.0.3"),
            _ => WalkRunner.OutcomeOf(lookup.Type, "all NXDOMAIN"),
        });
        Assert.Equal(["10.244.0.1:53", "10.244.0.2:53", "10.244.0.3:53"], walked.Servers);
        var asked = walked.Asked.Where(lookup => lookup.Type == RecordType.NS).Select(lookup => lookup.Server).ToList();
        Assert.Equal([Fixtures.Vip, Fixtures.S(1), Fixtures.S(2), Fixtures.S(3)], asked);
    }

    [Fact]
    public void A_virtual_address_is_sampled_for_the_Services_as_well()
    {
        var walked = WalkRunner.Walk(
            new NsWalk(Domain, [new Server(Fixtures.Vip, "resolv.conf", 8)], Fixtures.Ips(Fixtures.Own), forceRefresh: true),
            lookup => WalkRunner.OutcomeOf(
                lookup.Type, lookup.Type == RecordType.NS && lookup.Server == Fixtures.Vip && lookup.Sample != 5
                    ? $"NS {Virtual}" : $"NS {Metrics}; A 10.244.0.1"));
        Assert.Equal(["10.244.0.1:53"], walked.Servers);
        Assert.Equal(Enumerable.Range(0, 8), walked.Trips[0].Select(lookup => lookup.Sample));
        Assert.All(walked.Asked, lookup => Assert.Equal(CachePartition.Cd, lookup.Partition));
    }

    [Theory]
    [InlineData("no headless Service", $"NS {Virtual}", "NotFound: the DNS servers name no headless Service over themselves")]
    [InlineData("names outside the cluster", "NS ns1.example.com ns.dns.cluster.local",
        "NotFound: the DNS servers name no headless Service")]
    [InlineData("a name that is no Service", "NS 10-244-0-1.a_b.kube-system.svc.cluster.local",
        "NotFound: the DNS servers name no headless")]
    [InlineData("an error is an answer", "NS REFUSED", "NotFound: the DNS servers name no headless Service")]
    [InlineData("silence", "all SILENCE", "Unreachable: no DNS server answers for NS cluster.local")]
    [InlineData("the Service is named and its addresses are not told", $"NS {Metrics}; all SILENCE", "Unreachable: ")]
    public void Nothing_is_listed_and_it_is_said_why(string sentence, string says, string problem)
    {
        var walked = WalkRunner.Walk(Of(), lookup => WalkRunner.OutcomeOf(lookup.Type, says));
        Assert.Empty(walked.List.Servers);
        Assert.True(
            $"{walked.List.Problem!.Fault}: {walked.List.Problem.Message}".StartsWith(problem, StringComparison.Ordinal),
            $"{sentence}: {walked.List.Problem}");
    }

    [Fact]
    public void Without_a_server_to_ask_there_is_no_list() => Assert.Equal(
        DiscoveryFault.Absent, WalkRunner.Walk(new NsWalk(Domain, [], [], forceRefresh: false)).List.Problem!.Fault);

    /// <summary>A Service for metrics names no port for DNS; Gardener's pods listen on 8053.</summary>
    [Fact]
    public void Servers_that_all_do_not_answer_at_the_port_are_not_listed()
    {
        var walked = WalkRunner.Walk(Of(), (Fixtures.Vip, $"NS {Metrics}; A 10.244.0.1 10.244.0.2"));
        Assert.Equal(DiscoveryFault.NotFound, walked.List.Problem!.Fault);
        Assert.Contains(
            "none of the servers that NS cluster.local leads to answers: 10.244.0.1:53 10.244.0.2:53", walked.List.Problem.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void One_server_that_does_not_answer_is_listed_with_the_others()
    {
        var walked = WalkRunner.Walk(
            Of(), (Fixtures.Vip, $"NS {Metrics}; A 10.244.0.1 10.244.0.2"), (Fixtures.S(1), $"NS {Metrics}; A 10.244.0.1 10.244.0.2"));
        Assert.Equal(["10.244.0.1:53", "10.244.0.2:53"], walked.Servers);
    }

    [Fact]
    public void A_hostile_answer_does_not_lead_to_questions_without_end()
    {
        var names = string.Join(' ', Enumerable.Range(0, 100).Select(number => $"a.s{number}.x.svc.cluster.local"));
        var walked = WalkRunner.Walk(Of(), lookup => WalkRunner.OutcomeOf(lookup.Type, $"NS {names}; A 10.244.0.1"));
        var services = walked.Asked.Where(lookup => lookup.Type == RecordType.A).Select(lookup => lookup.Name).Distinct();
        Assert.Equal(NsWalk.MaxServices, services.Count());
        // Servers of the others were not listed: this is no complete list.
        Assert.Equal("NS cluster.local names more than 8 headless Services", walked.List.Problem?.Message);
    }

    [Fact]
    public void The_datagrams_to_one_server_add_up()
    {
        var walked = WalkRunner.Walk(Of(), lookup => WalkRunner.OutcomeOf(lookup.Type, $"NS {Metrics}; A 10.244.0.1"));
        // NS at the virtual address; two SRV and A there, or at the server found; NS at that server.
        Assert.Equal(5, walked.List.DatagramsToOne);
    }

    private static NsWalk Of() => new(Domain, [new Server(Fixtures.Vip, "resolv.conf")], Fixtures.Ips(Fixtures.Own), forceRefresh: false);
}
