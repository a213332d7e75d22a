using System.Net;
using System.Text.RegularExpressions;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Rules;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Report;

/// <summary>The diagnosis of a whole round. Numbers are those of docs/scenarios.md.</summary>
public sealed partial class DiagnosisTests
{
    [Theory]
    [InlineData("17: NXDOMAIN everywhere for a minute", "all NXDOMAIN | all NXDOMAIN", 60, "name-not-published")]
    [InlineData("17: for long is half a minute", "all NXDOMAIN | all NXDOMAIN", 30, "name-not-published")]
    [InlineData("17: not yet", "all NXDOMAIN | all NXDOMAIN", 29.9, "")]
    [InlineData("17: not everywhere", "all NXDOMAIN | right", 60, "")]
    [InlineData("17: one old, one missing", "all NXDOMAIN | A 10.244.2.9", 60, "")]
    [InlineData("the reverse zone is not served at every server", "PTR NXDOMAIN | PTR NXDOMAIN ra", 60, "reverse-not-served")]
    [InlineData("the reverse zone is not served at one server", "PTR NXDOMAIN | right", 60, "")]
    [InlineData("A is there, AAAA is not: the name is published", "AAAA NXDOMAIN | AAAA NXDOMAIN", 60, "aaaa-nxdomain")]
    [InlineData("AAAA is NXDOMAIN everywhere, at once", "AAAA NXDOMAIN | AAAA NXDOMAIN", 0, "aaaa-nxdomain")]
    [InlineData("AAAA is NXDOMAIN at one server", "AAAA NXDOMAIN | right", 60, "")]
    [InlineData("every server gives the same old address", "A 10.244.2.9 ttl 3 | A 10.244.2.9 ttl 30", 30, "published-wrong")]
    [InlineData("every server gives one address too many", "A 10.244.2.9 10.244.1.7 | A 10.244.2.9 10.244.1.7", 30, "published-wrong")]
    [InlineData("the same old address, not yet for long", "A 10.244.2.9 | A 10.244.2.9", 29.9, "")]
    [InlineData("two old addresses", "A 10.244.2.9 | A 10.244.2.8", 60, "")]
    [InlineData("one old address", "A 10.244.2.9 | right", 60, "")]
    [InlineData("PTR is refused everywhere", "PTR REFUSED | PTR REFUSED", 0, "reverse-refused")]
    [InlineData("PTR is refused at one server", "PTR REFUSED | right", 60, "")]
    [InlineData("all is refused", "all REFUSED | all REFUSED", 60, "")]
    [InlineData("PTR is not answered anywhere", "PTR SILENCE | PTR SILENCE", 0, "reverse-unanswered")]
    [InlineData("PTR is not answered at one server", "PTR SILENCE | right", 60, "")]
    [InlineData("the pod has no local port for the PTR", "PTR NOTSENT | PTR NOTSENT", 60, "")]
    [InlineData("the port is closed everywhere", "all UNREACHABLE | all UNREACHABLE", 0, "port-closed")]
    [InlineData("the port is closed at one, the other is silent", "all UNREACHABLE | all SILENCE", 0, "")]
    [InlineData("the pod has no local port", "all NOTSENT | all NOTSENT", 60, "")]
    [InlineData("the PTR of another pod is no missing zone", "PTR zk-1.example | PTR zk-1.example", 60, "address-reused")]
    [InlineData("nothing is wrong", "right | right", 60, "")]
    [InlineData("nobody answers", "all SILENCE | all SILENCE", 60, "")]
    public void What_all_servers_together_mean(string sentence, string told, double seconds, string diagnosis)
    {
        var diagnoses = Diagnoses.Find(Fixtures.Round(Fixtures.Cluster(2), told.Split('|')), new Evidence(TimeSpan.FromSeconds(seconds)));
        Assert.Equal((sentence, diagnosis), (sentence, string.Join(' ', diagnoses.Select(item => item.Name))));
    }

    [Fact]
    public void NXDOMAIN_everywhere_names_all_three_causes()
    {
        var remedy = Diagnoses.Find(Fixtures.Round(Fixtures.Cluster(1), "all NXDOMAIN"), new Evidence(Diagnoses.ForLong))[0].Remedy;
        Assert.All(
            ["publishNotReadyAddresses", "headless", "serviceName"], word => Assert.Contains(word, remedy, StringComparison.Ordinal));
    }

    [Fact]
    public void Servers_that_need_not_agree_are_not_asked_for_their_opinion()
    {
        var view = Fixtures.Cluster(2);
        view = view with { Servers = [view.Servers[0], view.Servers[1] with { Condition = EndpointCondition.Terminating }] };
        Assert.Single(Diagnoses.Find(Fixtures.Round(view, "all NXDOMAIN", "right"), new Evidence(Diagnoses.ForLong)));
    }

    /// <summary>What the PTR names is a fact, however young.</summary>
    [Theory]
    [InlineData("zk-0.zk-client.prod.svc.cluster.local", "ptr-names-another-service")]
    [InlineData("10-244-1-7.zk.prod.svc.cluster.local", "ptr-names-another-service")]
    [InlineData("zk-1.zk-headless.prod.svc.cluster.local", "address-reused")]
    [InlineData("zk-0.zk-headless.test.svc.cluster.local", "address-reused")]
    [InlineData("10-244-2-9.zk.prod.svc.cluster.local", "address-reused")]
    [InlineData("ip-10-244-1-7.compute.internal", "address-reused")]
    public void A_PTR_that_names_somebody_else_is_named_with_the_remedy(string target, string diagnosis)
    {
        var found = Assert.Single(
            Diagnoses.Find(Fixtures.Round(Fixtures.Cluster(2), "right", $"PTR {target}"), new Evidence(TimeSpan.Zero)));
        Assert.Equal(diagnosis, found.Name);
        Assert.Contains(target, found.Meaning, StringComparison.Ordinal);
        Assert.NotEmpty(found.Remedy);
    }

    /// <summary>What the servers of resolv.conf say of the cluster domain, while the endpoints are silent.</summary>
    [Theory]
    [InlineData("18: the virtual IP answers", "10.96.0.10 NODATA", "network-policy", "NetworkPolicy")]
    [InlineData("18: one of two virtual IPs answers", "10.96.0.10 SILENCE; 10.96.0.11 NODATA",
        "network-policy", "10.96.0.11:53 of resolv.conf does")]
    [InlineData("18: an error is an answer too", "10.96.0.10 SERVFAIL", "network-policy", "NetworkPolicy")]
    [InlineData("nobody answers at all", "10.96.0.10 SILENCE", "dns-outage", "10.96.0.10:53")]
    [InlineData("18: a server of somebody else answers", "10.96.0.10 NXDOMAIN", "not-cluster-dns", "10.96.0.10:53")]
    [InlineData("nobody answers and there is nobody else", "10.244.0.1 SILENCE", "", "")]
    [InlineData("the probe was cut off", "10.96.0.10 CUTOFF", "", "")]
    [InlineData("the probe could not be sent", "10.96.0.10 NOTSENT", "", "")]
    [InlineData("one probe was cut off", "10.96.0.10 CUTOFF; 10.96.0.11 SILENCE", "dns-outage", "10.96.0.11:53 of resolv.conf answers")]
    public void Silence_of_all_endpoints_is_a_NetworkPolicy_or_an_outage(string sentence, string probed, string diagnosis, string says)
    {
        var verdict = Fixtures.Round(Fixtures.Cluster(2), "all SILENCE", "all NOROUTE");
        Assert.True(DomainProbe.IsWorthAsking(verdict));
        var found = Diagnoses.Find(verdict, new Evidence(TimeSpan.Zero) { Probe = Probe(probed) });
        Assert.Equal((sentence, diagnosis), (sentence, string.Join(' ', found.Select(item => item.Name))));
        Assert.All(found, item => Assert.Contains(says, item.Meaning + item.Remedy, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("NXDOMAIN", "not-cluster-dns")]
    [InlineData("REFUSED", "not-cluster-dns")]
    [InlineData("NODATA", "")]
    [InlineData("SILENCE", "")]
    public void A_server_of_resolv_conf_that_does_not_know_the_cluster_domain_serves_somebody_else(string told, string diagnosis)
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App());
        var verdict = Fixtures.Round(
            listing, question => FakeAnswers.By(question.Step.Stage == Stage.App ? "all NXDOMAIN" : "right").To(question));
        Assert.True(DomainProbe.IsWorthAsking(verdict));
        var found = Diagnoses.Find(verdict, new Evidence(TimeSpan.Zero) { Probe = Probe($"10.96.0.10 {told}") });
        Assert.Equal(diagnosis, string.Join(' ', found.Select(item => item.Name)));
        Assert.All(found, item => Assert.All(["10.96.0.10:53", "dnsPolicy", "--app off"], word =>
            Assert.Contains(word, item.Meaning + item.Remedy, StringComparison.Ordinal)));
    }

    [Fact]
    public void Who_need_not_agree_may_serve_somebody_else()
    {
        var verdict = Fixtures.Round(Fixtures.Cluster(2), "all SILENCE", "all SILENCE");

        Assert.Empty(Diagnoses.Find(
            verdict, new Evidence(TimeSpan.Zero) { Probe = Probe("10.96.0.10 NXDOMAIN") with { IsOfAskedServers = false } }));
        Assert.Equal(
            "network-policy",
            Assert.Single(Diagnoses.Find(
                verdict, new Evidence(TimeSpan.Zero) { Probe = Probe("10.96.0.10 NODATA") with { IsOfAskedServers = false } })).Name);
    }

    /// <summary>The remedy names the namespace, the pods and the port that discovery found, and guesses none.</summary>
    [Theory]
    [InlineData("openshift-dns", "dns-default-x",
        "port 53 of the CoreDNS pods themselves, not only to the Service's address: namespaceSelector "
        + "`kubernetes.io/metadata.name: openshift-dns`, podSelector with a label of `kubectl -n openshift-dns "
        + "get pods dns-default-x -o wide "
        + "--show-labels`")]
    [InlineData("dns", null,
        "namespaceSelector `kubernetes.io/metadata.name: dns`, podSelector with a label of `kubectl -n dns "
        + "get pods -o wide --show-labels`")]
    [InlineData(null, null,
        "namespaceSelector of the namespace of the cluster's DNS, podSelector with a label of `kubectl get pods,services -A -o wide "
        + "--show-labels | grep -wF -e 10.244.0.1`")]
    public void The_remedy_of_a_NetworkPolicy_names_what_was_found(string? @namespace, string? pod, string remedy)
    {
        var view = Fixtures.Cluster(1);
        var server = view.Servers[0] with { Namespace = @namespace, Endpoint = pod is null ? null : new KubeEndpoint(pod, null, false) };
        var found = Assert.Single(Diagnoses.Find(
            Fixtures.Round(view with { Servers = [server] }, "all SILENCE"),
            new Evidence(TimeSpan.Zero) { Probe = Probe("10.96.0.10 NODATA") }));
        Assert.Equal(Diagnosis.NetworkPolicy, found.Name);
        Assert.EndsWith(remedy, found.Remedy, StringComparison.Ordinal);
    }

    /// <summary>A refused connection is a packet that arrived.</summary>
    [Theory]
    [InlineData("10.96.0.10 NODATA", "nothing listens at port 53; 10.96.0.10:53 of resolv.conf answers")]
    [InlineData("10.96.0.10 SILENCE", "nothing listens at port 53")]
    public void A_closed_port_is_not_a_NetworkPolicy_whatever_the_others_say(string probed, string meaning)
    {
        var found = Assert.Single(Diagnoses.Find(
            Fixtures.Round(Fixtures.Cluster(2), "all UNREACHABLE", "all UNREACHABLE"),
            new Evidence(TimeSpan.Zero) { Probe = Probe(probed) }));
        Assert.Equal("port-closed", found.Name);
        Assert.EndsWith(meaning, found.Meaning, StringComparison.Ordinal);
        Assert.Contains("the port of its Service is right", found.Remedy, StringComparison.Ordinal);
    }

    /// <summary>What the deadline ended says nothing about a server, and is not worth a probe.</summary>
    [Theory]
    [InlineData("all CUTOFF | all CUTOFF", 0, 800, "after 800ms (`--timeout`); no DNS server had answered by then", "set `--timeout 2s`")]
    [InlineData("PTR CUTOFF | PTR CUTOFF", 200, 800, "after 800ms (`--timeout`); the slowest answer took 200ms", "set `--timeout 2s`")]
    [InlineData("PTR CUTOFF | right", 203, 800, "after 800ms (`--timeout`); the slowest answer took 200ms", "set `--timeout 2s`")]
    [InlineData("PTR CUTOFF | right", 460, 3000, "after 3s (`--timeout`); the slowest answer took 500ms", "set `--timeout 6s`")]
    [InlineData("PTR CUTOFF | right", 1230, 3000, "after 3s (`--timeout`); the slowest answer took 1s", "set `--timeout 8s`")]
    [InlineData("PTR CUTOFF | right", 3, 800,
        "after 800ms (`--timeout`); the answers until then took less than 50ms", "set `--timeout 2s`")]
    public void A_round_that_the_deadline_cut_off_says_so_and_diagnoses_nothing_else(
        string told, double slowest, double deadline, string meaning, string remedy)
    {
        var verdict = Fixtures.Round(Fixtures.Cluster(2), told.Split('|'));
        verdict = verdict with
        {
            Servers = [.. verdict.Servers.Select(server => server with
            {
                Observations = [.. server.Observations.Select(one => one with { RoundTrip = TimeSpan.FromMilliseconds(slowest) })],
            })],
        };
        Assert.False(DomainProbe.IsWorthAsking(verdict));
        var found = Assert.Single(Diagnoses.Find(
            verdict,
            new Evidence(TimeSpan.FromMinutes(1)) { Deadline = TimeSpan.FromMilliseconds(deadline), Probe = Probe("10.96.0.10 NODATA") }));
        Assert.Equal(("round-cut-off", $"the round was cut off {meaning}", remedy), (found.Name, found.Meaning, found.Remedy));
    }

    [Theory]
    [InlineData(EndpointCondition.NotReady)]
    [InlineData(EndpointCondition.Terminating)]
    internal void Servers_of_which_none_is_ready_are_named(EndpointCondition condition)
    {
        var view = Fixtures.Cluster(2);
        var found = Assert.Single(Diagnoses.Find(
            Fixtures.Round(
                view with { Servers = [.. view.Servers.Select(server => server with { Condition = condition, Namespace = "dns" })] },
                "right", "right"),
            new Evidence(TimeSpan.Zero)));
        Assert.Equal(
            ("none-ready", "10.244.0.1:53, 10.244.0.2:53 are listed and none is ready"), (found.Name, found.Meaning));
        Assert.EndsWith(": `kubectl -n dns get pods -o wide`", found.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_A_record_is_not_hidden_by_NXDOMAIN_for_AAAA() =>
        Assert.EndsWith(
            "the A record is wrong too: 10.244.2.9",
            Assert.Single(Diagnoses.Find(
                Fixtures.Round(Fixtures.Cluster(1), "A 10.244.2.9; AAAA NXDOMAIN"), new Evidence(Diagnoses.ForLong))).Meaning,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("169.254.20.10", "A 10.244.2.9", "node-cache-stale")]
    [InlineData("127.0.0.53", "all NXDOMAIN", "node-cache-stale")]
    [InlineData("169.254.20.10", "PTR NXDOMAIN", "node-cache-stale")]
    [InlineData("169.254.20.10", "all SERVFAIL", "")]
    [InlineData("10.96.0.10", "A 10.244.2.9", "")]
    public void The_cache_of_this_node_is_blamed_where_only_it_is_wrong(string address, string told, string diagnosis)
    {
        var app = Fixtures.App() with
        {
            Servers = [new Server(new ServerAddress(IPAddress.Parse(address)), "resolv.conf", MayForward: true)],
        };
        var verdict = Fixtures.Round(
            Fixtures.Listing(Fixtures.Cluster(2), app),
            question => FakeAnswers.By(question.Step.Stage == Stage.App ? told : "right").To(question));
        var found = Diagnoses.Find(verdict, new Evidence(TimeSpan.Zero));
        Assert.Equal(diagnosis, string.Join(' ', found.Select(item => item.Name)));
        Assert.All(found, item => Assert.Contains("not CoreDNS", item.Remedy, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("10-244-1-7.zk.prod.svc.cluster.local", "second-service", "`kubectl -n prod edit service zk`")]
    [InlineData("zk-0.zk-client.prod.svc.cluster.local", "second-service", "`kubectl -n prod edit service zk-client`")]
    [InlineData("web-1.web.shop.svc.cluster.local", "address-reused", "wait")]
    public void Under_reverse_only_a_second_name_is_named_with_its_Service(string other, string diagnosis, string remedy)
    {
        var found = Assert.Single(Diagnoses.Find(
            Fixtures.Round(Fixtures.Cluster(2) with { Reverse = ReversePolicy.Only }, $"PTR own {other}", "right"),
            new Evidence(TimeSpan.Zero)));
        Assert.Equal(diagnosis, found.Name);
        Assert.Contains(remedy, found.Remedy, StringComparison.Ordinal);
        Assert.Empty(Diagnoses.Find(Fixtures.Round(Fixtures.Cluster(2), $"PTR own {other}", "right"), new Evidence(TimeSpan.Zero)));
    }

    /// <summary>A pod that has its own identity wrong blames no server.</summary>
    [Theory]
    [InlineData("A 10.244.2.9 | A 10.244.2.9", "address-not-on-interface hosts-overrides-name")]
    [InlineData("all NXDOMAIN | all NXDOMAIN", "address-not-on-interface hosts-overrides-name")]
    [InlineData("PTR zk-1.example | right", "address-not-on-interface hosts-overrides-name")]
    [InlineData("right | right", "hosts-overrides-name")]
    [InlineData("all SILENCE | right", "hosts-overrides-name")]
    public void What_contradicts_the_identity_comes_before_any_blame(string told, string diagnoses)
    {
        var evidence = new Evidence(TimeSpan.FromMinutes(10))
        {
            OfPod =
            [
                new Diagnosis(Diagnosis.AddressNotOnInterface, "…", "…") { IsAboutIdentity = true },
                new Diagnosis(Diagnosis.HostsOverridesName, "…", "…"),
            ],
        };
        Assert.Equal(
            diagnoses,
            string.Join(' ', Diagnoses.Find(Fixtures.Round(Fixtures.Cluster(2), told.Split('|')), evidence).Select(item => item.Name)));
    }

    [Theory]
    [InlineData("right")]
    [InlineData("A 10.244.2.9")]
    [InlineData("all NXDOMAIN")]
    [InlineData("PTR SILENCE")]
    public void The_probe_is_not_asked_where_it_tells_nothing(string told) =>
        Assert.False(DomainProbe.IsWorthAsking(Fixtures.Round(Fixtures.Cluster(2), "right", told)));

    [Fact]
    public void One_endpoint_that_answers_is_no_silence() =>
        Assert.False(DomainProbe.IsWorthAsking(Fixtures.Round(Fixtures.Cluster(2), "all SILENCE", "all SERVFAIL")));

    private static DomainProbe Probe(string told)
    {
        var domain = Fixtures.NameOf("cluster.local");
        return new DomainProbe(
            domain, [.. told.Split(';', StringSplitOptions.TrimEntries).Select(one => one.Split(' ')).Select(words => new LookupResult(
                new Lookup(new ServerAddress(IPAddress.Parse(words[0])), domain, RecordType.SOA),
                FakeAnswers.Outcome(RecordType.SOA, words[1])))]);
    }

    /// <summary>Whoever makes a diagnosis takes its name from the closed set, for which others write handbooks and alerts.</summary>
    [Fact]
    public void The_names_are_a_closed_set()
    {
        var made = Directory.EnumerateFiles(Repository.File("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Made().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Where(name => name.StartsWith("Diagnosis.", StringComparison.Ordinal))
            .ToHashSet();
        var named = typeof(Diagnosis)
            .GetFields()
            .Where(field => field.IsLiteral)
            .ToDictionary(field => $"Diagnosis.{field.Name}", field => (string)field.GetRawConstantValue()!);
        Assert.Equal(named.Keys.Order(), made.Order());
        Assert.Equal(named.Values.Order(), Diagnosis.All.Order());
    }

    [Fact]
    public void No_server_is_no_diagnosis() =>
        Assert.Empty(Diagnoses.Find(Fixtures.Round(Fixtures.Cluster(0)), new Evidence(TimeSpan.FromHours(1))));

    [GeneratedRegex(@"(?:new Diagnosis|Diagnosis \w+\(\w.*\) => new|new)\(\s*([^,]+),")]
    private static partial Regex Made();
}
