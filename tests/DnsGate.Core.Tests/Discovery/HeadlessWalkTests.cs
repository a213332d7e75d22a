using System.Globalization;
using DnsGate.Core.Discovery;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Discovery;

/// <summary>The name servers behind a headless Service, as these very servers list them.</summary>
public sealed class HeadlessWalkTests
{
    private static readonly ServerSource.Headless Service = new(Fixtures.NameOf("dnsgate-name-servers.kube-system.svc.cluster.local"));

    private static readonly Server Seed = new(Fixtures.Vip, "resolv.conf");

    [Theory]
    [InlineData("one list that all agree on", "1 2 3", "1 2 3", "1 2 3", "1 2 3")]
    [InlineData("a server that lags behind lacks a new one", "1 2", "1 2", "1 2 3", "1 2 3")]
    [InlineData("one server leads to the next", "1", "2", "3", "1 2 3")]
    [InlineData("a server found is silent, and is asked in the rounds all the same", "1 2", "SILENCE", "1 2", "1 2")]
    [InlineData("a server found fails", "1 2", "SERVFAIL", "1 2", "1 2")]
    [InlineData("a server that went away is on the list of one that lags behind", "1 2 9", "1 2", "1 2", "1 2 9")]
    [InlineData("a server found has forgotten itself", "1 2", "NODATA", "2", "1 2")]
    [InlineData("a server found is an older instance that knows no such Service", "1 2", "NXDOMAIN", "1 2", "1 2")]
    public void The_lists_of_all_servers_are_united_until_nothing_new_appears(
        string sentence, string bySeed, string byFirst, string bySecond, string found)
    {
        var walked = WalkRunner.Walk(
            Of(), (Fixtures.Vip, A(bySeed)), (Fixtures.S(1), A(byFirst)), (Fixtures.S(2), A(bySecond)), (Fixtures.S(3), A("1 2 3")));
        Assert.Equal($"{sentence}: {found}", $"{sentence}: {string.Join(' ', walked.Servers.Select(server => server.Split('.', ':')[3]))}");
        Assert.Null(walked.List.Problem);
        Assert.All(walked.List.Servers, server =>
            Assert.Equal(
                (Service.ToString(), "kube-system", 1, false, true),
                (server.Source, server.Namespace, server.Samples, server.MayForward, server.Required)));
    }

    [Fact]
    public void Every_server_that_appears_is_asked_exactly_once_and_the_next_ones_in_the_next_trip()
    {
        var walked = WalkRunner.Walk(
            Of(), (Fixtures.Vip, A("1 2")), (Fixtures.S(1), A("1 2")), (Fixtures.S(2), A("2 3")), (Fixtures.S(3), A("1 2 3")));
        Assert.Equal(
            ["10.96.0.10", "10.244.0.1 10.244.0.2", "10.244.0.3"],
            walked.Trips.Select(trip =>
                string.Join(' ', trip.Where(lookup => lookup.Type == RecordType.A).Select(lookup => lookup.Server.Address))));
    }

    [Fact]
    public void A_virtual_address_is_sampled_and_what_any_of_its_servers_lists_is_found()
    {
        var vip = Seed with { Samples = 8 };
        var walked = WalkRunner.Walk(new HeadlessWalk(Service, [vip], Fixtures.Ips(Fixtures.Own), forceRefresh: false), lookup =>
            WalkRunner.OutcomeOf(
                lookup.Type, lookup.Server == Fixtures.Vip && lookup.Sample == 5 ? A("1 4") : A("1")));
        Assert.Equal(["10.244.0.1:53", "10.244.0.4:53"], walked.Servers);
        Assert.Equal(Enumerable.Range(0, 8), walked.Trips[0].Where(lookup => lookup.Type == RecordType.A).Select(lookup => lookup.Sample));
    }

    [Theory]
    [InlineData("the port of OpenShift's pods", "SRV 5353; A 10.244.0.1", "10.244.0.1:5353")]
    [InlineData("a port of another name", "SRV NXDOMAIN; A 10.244.0.1 10.244.0.2", "10.244.0.1:53 10.244.0.2:53")]
    [InlineData("no port at all", "SRV NODATA; A 10.244.0.1 10.244.0.2", "10.244.0.1:53 10.244.0.2:53")]
    [InlineData("one address and no port: it may be a virtual one", "SRV NXDOMAIN; A 10.244.0.1", "")]
    [InlineData("the address of this pod itself and of nobody", "SRV 53; A 0.0.0.0 224.0.0.1 10.244.0.1", "10.244.0.1:53")]
    [InlineData("no port for want of an answer", "SRV SILENCE; A 10.244.0.1", "")]
    [InlineData("no port for a failure", "SRV SERVFAIL; A 10.244.0.1", "")]
    public void The_port_is_that_of_the_SRV_record_or_53_where_none_is_named_dns(string sentence, string says, string found)
    {
        var walked = WalkRunner.Walk(Of(), lookup => WalkRunner.OutcomeOf(lookup.Type, says));
        Assert.Equal((sentence, found), (sentence, string.Join(' ', walked.Servers)));
    }

    [Theory]
    [InlineData("a virtual address may stand for many servers, and is none of them",
        "dnsgate-name-servers.kube-system.svc.cluster.local", false)]
    [InlineData("a pod has a name below that of its Service", "10-244-0-1.dnsgate-name-servers.kube-system.svc.cluster.local", true)]
    public void A_Service_whose_SRV_record_names_the_Service_itself_is_not_headless_and_lists_nobody(
        string sentence, string target, bool isListed)
    {
        var walked = WalkRunner.Walk(Of(), lookup => WalkRunner.OutcomeOf(lookup.Type, $"SRV 53 to {target}; A 10.244.0.1"));
        Assert.Equal((sentence, isListed), (sentence, walked.Servers.Any()));
        Assert.Equal(isListed ? null : DiscoveryFault.Empty, walked.List.Problem?.Fault);
        Assert.Equal(!isListed, walked.List.Problem?.Message.StartsWith("the Service is not headless", StringComparison.Ordinal) ?? false);
    }

    /// <summary>NS names the endpoints of headless Services, so one address is one server there.</summary>
    [Fact]
    public void One_address_without_a_port_is_listed_where_the_Service_is_known_to_be_headless()
    {
        var walk = new HeadlessWalk(Service, [Seed], Fixtures.Ips(Fixtures.Own), forceRefresh: false) { IsKnownHeadless = true };
        var walked = WalkRunner.Walk(walk, lookup => WalkRunner.OutcomeOf(lookup.Type, "SRV NXDOMAIN; A 10.244.0.1"));
        Assert.Equal(["10.244.0.1:53"], walked.Servers);
    }

    [Fact]
    public void Servers_on_another_port_are_asked_there()
    {
        var walked = WalkRunner.Walk(Of(), lookup => WalkRunner.OutcomeOf(lookup.Type, "SRV 5353; A 10.244.0.1"));
        Assert.All(walked.Trips[1], lookup => Assert.Equal("10.244.0.1:5353", lookup.Server.ToString()));
    }

    [Fact]
    public void The_first_questions_are_the_SRV_of_the_port_named_dns_and_the_addresses_of_the_pods_families()
    {
        Assert.Equal(["SRV _dns._udp.dnsgate-name-servers.kube-system.svc.cluster.local", $"A {Service.Name}"], FirstTrip(Fixtures.Own));
        Assert.Equal([$"SRV _dns._udp.{Service.Name}", $"AAAA {Service.Name}"], FirstTrip(Fixtures.OwnIPv6));
        Assert.Equal(
            [$"SRV _dns._udp.{Service.Name}", $"A {Service.Name}", $"AAAA {Service.Name}"],
            FirstTrip($"{Fixtures.Own} {Fixtures.OwnIPv6}"));

        static IEnumerable<string> FirstTrip(string addresses) =>
            new HeadlessWalk(Service, [Seed], Fixtures.Ips(addresses), forceRefresh: false)
                .Next()
                .Select(lookup => $"{lookup.Type} {lookup.Name}");
    }

    [Fact]
    public void A_dual_stack_pod_finds_the_servers_of_both_families()
    {
        var walked = WalkRunner.Walk(
            new HeadlessWalk(Service, [Seed], Fixtures.Ips($"{Fixtures.Own} {Fixtures.OwnIPv6}"), forceRefresh: false),
            lookup => WalkRunner.OutcomeOf(lookup.Type, "SRV 53; A 10.244.0.1; AAAA fd00::1"));
        Assert.Equal(["10.244.0.1:53", "[fd00::1]:53"], walked.Servers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_is_asked_as_applications_ask_and_past_their_cache_just_before_opening(bool forceRefresh)
    {
        var walked = WalkRunner.Walk(
            new HeadlessWalk(Service, [Seed], Fixtures.Ips(Fixtures.Own), forceRefresh), (Fixtures.Vip, A("1")), (Fixtures.S(1), A("1")));
        // RD=0 would be cached for everybody.
        Assert.All(walked.Asked, lookup => Assert.Equal((true, forceRefresh, false), Flags(lookup.ToQuery(7))));

        static (bool RD, bool CD, bool DO) Flags(Query query) => (query.RecursionDesired, query.CheckingDisabled, query.DnssecOk);
    }

    [Theory]
    [InlineData("all NXDOMAIN", DiscoveryFault.NotFound, "no such Service, or none of its pods is ready")]
    [InlineData("SRV NXDOMAIN; A NODATA", DiscoveryFault.Empty, "no address of a family")]
    [InlineData("all SILENCE", DiscoveryFault.Unreachable, "10.96.0.10:53 is silent")]
    [InlineData("all UNREACHABLE", DiscoveryFault.Unreachable, "10.96.0.10:53 is unreachable")]
    [InlineData("all SERVFAIL", DiscoveryFault.Unreachable, "10.96.0.10:53 answers SERVFAIL")]
    [InlineData("all REFUSED", DiscoveryFault.Unreachable, "10.96.0.10:53 answers REFUSED")]
    [InlineData("all RCODE9", DiscoveryFault.Unreachable, "10.96.0.10:53 answers RCODE9")]
    [InlineData("all GARBAGE", DiscoveryFault.Unreachable, "10.96.0.10:53 cannot be understood")]
    [InlineData("SRV SILENCE; A 10.244.0.1", DiscoveryFault.Unreachable, "10.96.0.10:53 is silent")]
    [InlineData("SRV 53; A 0.0.0.0", DiscoveryFault.Empty, "no address that can be asked")]
    internal void Each_way_to_find_nobody_is_a_fault_of_its_own_with_a_message(string says, DiscoveryFault fault, string message)
    {
        var walked = WalkRunner.Walk(Of(), lookup => WalkRunner.OutcomeOf(lookup.Type, says));
        Assert.Empty(walked.Servers);
        Assert.Equal(fault, walked.List.Problem!.Fault);
        Assert.Contains(message, walked.List.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_that_name_different_ports_are_each_believed_about_the_addresses_that_they_list()
    {
        var walked = WalkRunner.Walk(Of(), lookup =>
            WalkRunner.OutcomeOf(lookup.Type, lookup.Server == Fixtures.Vip ? "SRV 5353; A 10.244.0.1" : "SRV 53; A 10.244.0.2"));
        Assert.Equal(["10.244.0.1:5353", "10.244.0.2:53"], walked.Servers);
    }

    [Theory]
    [InlineData("each target has the port of its own record", "a=10.244.0.1 b=10.244.0.2 c=10.244.0.3",
        "10.244.0.1:53 10.244.0.2:5353 10.244.0.3:5353")]
    [InlineData("a target with two ports is asked at both: one of them is what a server that lags behind knows",
        "a=10.244.0.1 b=10.244.0.1 c=10.244.0.3", "10.244.0.1:53 10.244.0.1:5353 10.244.0.3:5353")]
    [InlineData("a target that is gone is no server", "a=10.244.0.1 b=NXDOMAIN c=10.244.0.3", "10.244.0.1:53 10.244.0.3:5353")]
    [InlineData("a target without an address of the pod's family is no server for it",
        "a=10.244.0.1 b=NODATA c=10.244.0.3", "10.244.0.1:53 10.244.0.3:5353")]
    public void Targets_with_several_ports_are_looked_up_one_by_one(string sentence, string targets, string found)
    {
        var walked = WalkRunner.Walk(Of(), lookup => OutcomeOf(lookup, targets));
        Assert.Equal((sentence, found), (sentence, string.Join(' ', walked.Servers)));
        Assert.Null(walked.List.Problem);
        Assert.All(walked.Asked.GroupBy(lookup => lookup), asked => Assert.Single(asked));
    }

    [Theory]
    [InlineData("SILENCE")]
    [InlineData("SERVFAIL")]
    public void A_target_whose_address_one_server_does_not_return_is_looked_up_at_the_next_that_names_it(string failure)
    {
        var walked = WalkRunner.Walk(
            Of(), lookup => OutcomeOf(lookup, $"a=10.244.0.1 c=10.244.0.3 b={(lookup.Server == Fixtures.Vip ? failure : "10.244.0.2")}"));
        Assert.Equal(["10.244.0.1:53", "10.244.0.2:5353", "10.244.0.3:5353"], walked.Servers);
    }

    [Fact]
    public void A_list_that_lacks_the_address_of_a_target_is_not_taken_for_whole()
    {
        var walked = WalkRunner.Walk(Of(), lookup => OutcomeOf(lookup, "a=10.244.0.1 b=SILENCE c=10.244.0.3"));
        Assert.Empty(walked.Servers);
        Assert.Equal(DiscoveryFault.Unreachable, walked.List.Problem!.Fault);
        Assert.Contains($"the address of b.{Service.Name}", walked.List.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_that_is_named_like_the_Service_or_its_port_does_not_hide_what_other_servers_list()
    {
        var walked = WalkRunner.Walk(Of(), lookup =>
            lookup.Server == Fixtures.Vip && lookup.Type == RecordType.SRV
                ? Srv((Service.Name.ToString(), 1), ($"_dns._udp.{Service.Name}", 2), ($"a.{Service.Name}", 53))
                : lookup.Name == Service.Name || lookup.Type == RecordType.SRV
                    ? WalkRunner.OutcomeOf(lookup.Type, "SRV 53; A 10.244.0.1 10.244.0.2")
                    : FakeAnswers.Outcome(lookup.Type, Fixtures.S(1).Address.ToString()));
        Assert.Equal(["10.244.0.1:53", "10.244.0.2:53"], walked.Servers);
    }

    [Fact]
    public void A_hostile_list_of_targets_ends_at_a_thousand()
    {
        var walked = WalkRunner.Walk(Of(), lookup => lookup.Type == RecordType.SRV
            ? Srv([.. Enumerable.Range(0, 3000).Select(number => ($"p{number}.example", number % 2 + 53))])
            : FakeAnswers.Outcome(lookup.Type, "NXDOMAIN"));
        Assert.InRange(walked.Asked.Count(), 1, HeadlessWalk.MaxServers + 10);
        Assert.Contains("more than 1000 servers", walked.List.Problem!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the port of pods that name it dns-udp (Gardener)", "NXDOMAIN", "8053", "10.244.0.1:8053 10.244.0.2:8053", 1)]
    [InlineData("neither name", "NXDOMAIN", "NXDOMAIN", "10.244.0.1:53 10.244.0.2:53", 1)]
    [InlineData("the other name is not asked for where one is named dns", "1053", "8053", "10.244.0.1:1053 10.244.0.2:1053", 0)]
    [InlineData("no port for want of an answer", "NODATA", "SILENCE", "", 1)]
    public void The_port_may_be_named_dns_udp(string sentence, string dns, string dnsUdp, string found, int asked)
    {
        var other = Fixtures.NameOf($"_dns-udp._udp.{Service.Name}");
        var walked = WalkRunner.Walk(Of(), lookup => lookup.Server != Fixtures.Vip
            ? FakeAnswers.Outcome(lookup.Type, "SILENCE")
            : WalkRunner.OutcomeOf(lookup.Type, $"A 10.244.0.1 10.244.0.2; SRV {(lookup.Name == other ? dnsUdp : dns)}"));
        Assert.Equal((sentence, found), (sentence, string.Join(' ', walked.Servers)));
        Assert.Equal(asked, walked.Asked.Count(lookup => lookup.Name == other));
    }

    [Fact]
    public void Without_anybody_to_ask_the_source_is_absent()
    {
        var walked = WalkRunner.Walk(new HeadlessWalk(Service, [], Fixtures.Ips(Fixtures.Own), forceRefresh: false));
        Assert.Empty(walked.Trips);
        Assert.Equal(DiscoveryFault.Absent, walked.List.Problem!.Fault);
    }

    [Fact]
    public void A_definite_answer_of_one_server_says_more_than_the_silence_of_another()
    {
        var walked = WalkRunner.Walk(
            new HeadlessWalk(Service, [Seed, new Server(Fixtures.S(9), "static")], Fixtures.Ips(Fixtures.Own), forceRefresh: false),
            (Fixtures.Vip, "all NXDOMAIN"));
        Assert.Equal(DiscoveryFault.NotFound, walked.List.Problem!.Fault);
    }

    [Fact]
    public void The_message_is_the_same_whatever_order_servers_are_silent_in()
    {
        Assert.Equal(Message(Fixtures.S(1), Fixtures.S(2)), Message(Fixtures.S(2), Fixtures.S(1)));

        static string Message(params ServerAddress[] seeds) => WalkRunner.Walk(
            new HeadlessWalk(Service, [.. seeds.Select(seed => new Server(seed, "static"))],
                Fixtures.Ips(Fixtures.Own), forceRefresh: false)).List.Problem!.Message;
    }

    [Fact]
    public void Samples_of_one_address_that_differ_are_told_once_for_the_address()
    {
        var walk = new HeadlessWalk(Service, [Seed with { Samples = 8 }], Fixtures.Ips(Fixtures.Own), forceRefresh: false);
        Assert.Equal(
            "no DNS server returns its addresses: 10.96.0.10:53 (sampled) is silent or is unreachable",
            WalkRunner.Walk(walk, lookup => WalkRunner.OutcomeOf(lookup.Type, lookup.Sample % 2 == 0 ? "all SILENCE" : "all UNREACHABLE"))
                .List.Problem!.Message);
    }

    [Fact]
    public void A_hostile_list_ends_at_a_thousand_servers_and_is_not_taken_for_whole()
    {
        var next = 0;
        string NextAddress() => string.Create(CultureInfo.InvariantCulture, $"10.{++next >> 16}.{(next >> 8) & 255}.{next & 255}");
        var walked = WalkRunner.Walk(Of(), lookup => WalkRunner.OutcomeOf(
            lookup.Type, $"SRV 53; A {string.Join(' ', Enumerable.Range(0, 300).Select(_ => NextAddress()))}"));
        Assert.InRange(walked.Asked.Count(lookup => lookup.Type == RecordType.A), 1, HeadlessWalk.MaxServers + 2);
        Assert.Contains("more than 1000 servers", walked.List.Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_leaves_no_room_for_the_port_is_asked_for_its_addresses_only()
    {
        // 247 octets on the wire: with "_dns._udp." there are more than 255.
        var name = Fixtures.NameOf(string.Join('.', Enumerable.Repeat(new string('a', 60), 4)) + ".b");
        var walked = WalkRunner.Walk(
            new HeadlessWalk(new ServerSource.Headless(name), [Seed], Fixtures.Ips(Fixtures.Own), forceRefresh: false),
            lookup => WalkRunner.OutcomeOf(lookup.Type, "A 10.244.0.1 10.244.0.2"));
        Assert.Equal(["10.244.0.1:53", "10.244.0.2:53"], walked.Servers);
        Assert.All(walked.Asked, lookup => Assert.Equal(RecordType.A, lookup.Type));
    }

    [Theory]
    [InlineData("a server is asked two questions", 1, 1, 2)]
    [InlineData("a server is asked two questions, each of them sent twice", 1, 2, 4)]
    [InlineData("each sample of a virtual address counts by itself: it may reach another server", 8, 1, 2)]
    public void The_datagrams_to_one_server_are_counted(string sentence, int samples, int datagrams, int most)
    {
        var walk = new HeadlessWalk(Service, [Seed with { Samples = samples }], Fixtures.Ips(Fixtures.Own), forceRefresh: false);
        Assert.Equal(
            (sentence, most),
            (sentence, WalkRunner.Walk(walk, lookup => WalkRunner.OutcomeOf(lookup.Type, A("1")), datagrams).List.DatagramsToOne));
    }

    [Fact]
    public void A_listing_that_fails_has_cost_its_datagrams_as_well() =>
        Assert.Equal(2, WalkRunner.Walk(Of(), lookup => WalkRunner.OutcomeOf(lookup.Type, "all NXDOMAIN")).List.DatagramsToOne);

    /// <summary>A Service of three pods, a on port 53, b and c on 5353, whose names have these addresses: <c>a=10.244.0.1</c>.</summary>
    private static Outcome OutcomeOf(Lookup lookup, string targets)
    {
        if (lookup.Type == RecordType.SRV)
        {
            return Srv(($"a.{Service.Name}", 53), ($"b.{Service.Name}", 5353), ($"c.{Service.Name}", 5353));
        }

        var says = targets.Split(' ')
            .Select(target => target.Split('='))
            .ToDictionary(pair => $"{pair[0]}.{Service.Name}", pair => pair[1]);
        return FakeAnswers.Outcome(lookup.Type, says.GetValueOrDefault(lookup.Name.ToString(), "10.244.0.1 10.244.0.2"));
    }

    private static Outcome.Responded Srv(params (string Target, int Port)[] services) => new Outcome.Responded(
        new Answer.Records(
            [.. services.Select(service => new RecordData.Service(Fixtures.NameOf(service.Target), (ushort)service.Port))], 30),
        RecursionAvailable: false);

    private static HeadlessWalk Of() => new(Service, [Seed], Fixtures.Ips(Fixtures.Own), forceRefresh: false);

    /// <summary>What a server says that lists these numbers, or nobody: <c>1 2</c>, <c>NXDOMAIN</c>.</summary>
    private static string A(string list) => char.IsAsciiDigit(list[0])
        ? $"SRV 53; A {string.Join(' ', list.Split(' ').Select(number => $"10.244.0.{number}"))}"
        : $"all {list}";
}
