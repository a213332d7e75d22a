using DnsGate.Core.Discovery;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Discovery;

/// <summary>Every name server of the zone of an external name, found through the servers that the pod uses anyway.</summary>
public sealed class AuthorityWalkTests
{
    private const string Name = "zk-0.pods.example.com";

    [Theory]
    [InlineData("the parent is the zone", "SOA here", "pods.example.com")]
    [InlineData("the parent is a name in the zone", "SOA NODATA in example.com", "example.com")]
    [InlineData("the parent does not exist yet", "SOA NXDOMAIN in example.com", "example.com")]
    public void The_zone_is_the_owner_of_the_SOA_record(string sentence, string says, string zone)
    {
        var walked = Walk(lookup => lookup.Type == RecordType.SOA ? says : "NS ns1.example.com; A 192.0.2.1");
        Assert.Equal((sentence, zone), (sentence, walked.Asked.First(lookup => lookup.Type == RecordType.NS).Name.ToString()));
        Assert.Equal(["192.0.2.1:53"], walked.Servers);
    }

    [Theory]
    [InlineData("no SOA, as RFC 2308 allows", "SOA NXDOMAIN")]
    [InlineData("the SOA of an alias' target", "SOA NODATA in example.net")]
    public void Where_the_zone_is_not_said_the_parents_are_asked_one_after_the_other(string sentence, string says)
    {
        var walked = Walk(lookup => lookup.Type != RecordType.SOA ? "NS ns1.example.com; A 192.0.2.1"
            : lookup.Name.ToString() == "example.com" ? "SOA here"
            : says);
        Assert.Equal(
            (sentence, "pods.example.com example.com"),
            (sentence, string.Join(' ', walked.Asked.Where(lookup => lookup.Type == RecordType.SOA).Select(lookup => lookup.Name))));
        Assert.Equal("example.com", walked.Asked.First(lookup => lookup.Type == RecordType.NS).Name.ToString());
    }

    [Theory]
    [InlineData("SOA here; NS ns1.example.com ns2.example.com; A 192.0.2.1", 2, 8)]
    [InlineData("SOA here; NS ns1.example.com ns2.example.com; A SERVFAIL", 1, 4)]
    [InlineData("all SERVFAIL", 1, 1)]
    public void What_each_server_was_asked_is_counted_whatever_came_of_it(string says, int datagrams, int most)
    {
        var walked = WalkRunner.Walk(
            Records(Fixtures.Own, Fixtures.Vip, Fixtures.S(1)), lookup => WalkRunner.OutcomeOf(lookup.Type, says), datagrams);
        Assert.Equal((says, most), (says, walked.List.DatagramsToOne));
    }

    [Fact]
    public void The_name_itself_is_never_asked_for_and_nothing_but_SOA_NS_and_addresses()
    {
        var walked = Walk(lookup => lookup.Type == RecordType.SOA ? "SOA NXDOMAIN" : "all NODATA");
        Assert.DoesNotContain(walked.Asked, lookup => lookup.Name.ToString() == Name);
        Assert.DoesNotContain(Walk(lookup => "SOA here; NS ns1.example.com; A 192.0.2.1").Asked, lookup => lookup.Name.ToString() == Name);
        Assert.All(
            walked.Asked, lookup => Assert.True(lookup.ToQuery(7) is { RecursionDesired: true, CheckingDisabled: false, DnssecOk: false }));
    }

    [Fact]
    public void The_name_servers_and_their_addresses_are_united_over_the_servers_asked()
    {
        var walked = WalkRunner.Walk(
            Records(Fixtures.Own, Fixtures.Vip, Fixtures.S(1), Fixtures.S(2)),
            (Fixtures.Vip, "SOA here; NS ns1.example.com; A 192.0.2.1"),
            (Fixtures.S(1), "SOA SILENCE; NS ns2.example.com ns1.example.com; A 192.0.2.2 0.0.0.0"),
            (Fixtures.S(2), "all SERVFAIL"));
        Assert.Equal(["192.0.2.1:53", "192.0.2.2:53"], walked.Servers);
        Assert.Equal(
            ["ns1.example.com", "ns2.example.com"],
            walked.Asked.Where(lookup => lookup.Type == RecordType.A).Select(lookup => lookup.Name.ToString()).Distinct());
        Assert.All(walked.List.Servers, server => Assert.Equal((1, true), (server.Samples, server.MayForward)));
        Assert.Equal("authoritative:ns1.example.com", walked.List.Servers[0].Source);
    }

    [Fact]
    public void The_server_asked_first_tells_the_zone_and_the_next_where_it_does_not()
    {
        var seeds = new[] { Fixtures.Vip, Fixtures.S(1) };
        Assert.Equal("pods.example.com", ZoneBy("SOA here", "SOA NODATA in example.com"));
        Assert.Equal("example.com", ZoneBy("SOA REFUSED", "SOA NODATA in example.com"));

        string ZoneBy(params string[] says) => WalkRunner.Walk(Records(Fixtures.Own, seeds), (seeds[0], says[0]), (seeds[1], says[1]))
            .Asked.First(lookup => lookup.Type == RecordType.NS).Name.ToString();
    }

    [Fact]
    public void A_dual_stack_pod_asks_the_servers_of_both_families()
    {
        var walked = WalkRunner.Walk(
            Records($"{Fixtures.Own} {Fixtures.OwnIPv6}", Fixtures.Vip),
            (Fixtures.Vip, "SOA here; NS ns1.example.com; A 192.0.2.1; AAAA 2001:db8::1"));
        Assert.Equal(["192.0.2.1:53", "[2001:db8::1]:53"], walked.Servers);
    }

    [Fact]
    public void A_name_server_without_an_address_of_the_pods_families_cannot_be_asked_and_is_noted()
    {
        var walked = Walk(lookup =>
            lookup.Name.ToString() == "ns6.example.com" ? "all NODATA" : "SOA here; NS ns1.example.com ns6.example.com; A 192.0.2.1");
        Assert.Equal(["192.0.2.1:53"], walked.Servers);
        Assert.DoesNotContain(walked.Asked, lookup => lookup.Type == RecordType.AAAA);
        Assert.Contains("ns6.example.com", Assert.Single(walked.List.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A NODATA; AAAA NODATA", null)]
    [InlineData("A SILENCE; AAAA NODATA", DiscoveryFault.Unreachable)]
    [InlineData("A SERVFAIL; AAAA NODATA", DiscoveryFault.Unreachable)]
    [InlineData("A 192.0.2.2; AAAA SILENCE", DiscoveryFault.Unreachable)]
    [InlineData("A 192.0.2.2; AAAA NODATA", null)]
    internal void A_name_server_whose_address_of_any_family_is_not_known_for_want_of_an_answer_is_a_problem(
        string says, DiscoveryFault? fault)
    {
        var walked = WalkRunner.Walk(Records($"{Fixtures.Own} {Fixtures.OwnIPv6}", Fixtures.Vip), lookup => WalkRunner.OutcomeOf(
            lookup.Type, lookup.Name.ToString() == "ns2.example.com" ? says : "SOA here; NS ns1.example.com ns2.example.com; A 192.0.2.1"));
        Assert.Equal(fault, walked.List.Problem?.Fault);
        Assert.Equal(fault is null, walked.Servers.Any());
        Assert.Contains(fault is null ? "" : "ns2.example.com", walked.List.Problem?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void The_silence_of_one_server_asked_is_made_good_by_the_answer_of_another()
    {
        var walked = WalkRunner.Walk(
            Records(Fixtures.Own, Fixtures.Vip, Fixtures.S(1)), (Fixtures.S(1), "SOA here; NS ns1.example.com; A 192.0.2.1"));
        Assert.Equal(["192.0.2.1:53"], walked.Servers);
    }

    [Theory]
    [InlineData("all SILENCE", DiscoveryFault.Unreachable, "its zone was not found: the DNS servers of resolv.conf do not answer for it")]
    [InlineData("all SERVFAIL", DiscoveryFault.Unreachable, "do not answer for it")]
    [InlineData("all GARBAGE", DiscoveryFault.Unreachable, "do not answer for it")]
    [InlineData("SOA NXDOMAIN in .", DiscoveryFault.NotFound, "its zone was not found")]
    [InlineData("SOA NXDOMAIN", DiscoveryFault.NotFound, "its zone was not found")]
    [InlineData("SOA here; NS NODATA", DiscoveryFault.NotFound, "the name servers of the zone pods.example.com were not found")]
    [InlineData("SOA here; NS SILENCE", DiscoveryFault.Unreachable,
        "the name servers of the zone pods.example.com were not found: the DNS servers")]
    [InlineData("SOA here; NS ns1.example.com; A NODATA", DiscoveryFault.NotFound,
        "no name server of the zone pods.example.com has an address of a family")]
    [InlineData("SOA here; NS ns1.example.com; A SILENCE", DiscoveryFault.Unreachable, "the address of ns1.example.com")]
    [InlineData("SOA here; NS ns1.example.com; A 0.0.0.0", DiscoveryFault.NotFound, "no name server of the zone")]
    internal void Each_way_to_find_nobody_is_a_fault_with_a_message(string says, DiscoveryFault fault, string message)
    {
        var walked = Walk(_ => says);
        Assert.Empty(walked.Servers);
        Assert.Equal(fault, walked.List.Problem!.Fault);
        Assert.Contains(message, walked.List.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_anybody_to_ask_the_source_is_absent()
    {
        var walked = WalkRunner.Walk(Records(Fixtures.Own));
        Assert.Empty(walked.Trips);
        Assert.Equal(DiscoveryFault.Absent, walked.List.Problem!.Fault);
    }

    [Fact]
    public void Hostile_answers_are_bounded()
    {
        var hosts = string.Join(' ', Enumerable.Range(0, 33).Select(number => $"ns{number}.example.com"));
        var addresses = string.Join(' ', Enumerable.Range(0, 900).Select(number => $"10.9.{number / 256}.{number % 256}"));
        var many = Walk(_ => $"SOA here; NS {hosts}; A {addresses}");
        Assert.DoesNotContain(many.Asked, lookup => lookup.Type == RecordType.A);
        Assert.Contains("more than 32 name servers", many.List.Problem!.Message, StringComparison.Ordinal);
        Assert.Contains("more than 100 addresses",
            Walk(_ => $"SOA here; NS ns1.example.com; A {addresses}").List.Problem!.Message, StringComparison.Ordinal);
    }

    private static WalkRunner Walk(Func<Lookup, string> says) =>
        WalkRunner.Walk(Records(Fixtures.Own, Fixtures.Vip), lookup => WalkRunner.OutcomeOf(lookup.Type, says(lookup)));

    private static AuthorityWalk Records(string addresses, params ServerAddress[] seeds) =>
        new(Fixtures.NameOf(Name), [.. seeds], Fixtures.Ips(addresses));
}
