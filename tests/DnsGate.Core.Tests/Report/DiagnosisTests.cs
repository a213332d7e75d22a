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
    [InlineData("the PTR of another pod is no missing zone", "PTR zk-1.example | PTR zk-1.example", 60, "address-reused")]
    [InlineData("nothing is wrong", "right | right", 60, "")]
    [InlineData("nobody answers", "all SILENCE | all SILENCE", 60, "")]
    public void What_all_servers_together_mean(string sentence, string told, double seconds, string diagnosis)
    {
        var diagnoses = Diagnoses.Find(Fixtures.Round(Fixtures.Cluster(2), told.Split('|')), TimeSpan.FromSeconds(seconds));
        Assert.Equal((sentence, diagnosis), (sentence, string.Join(' ', diagnoses.Select(item => item.Name))));
    }

    [Fact]
    public void NXDOMAIN_everywhere_names_all_three_causes()
    {
        var remedy = Diagnoses.Find(Fixtures.Round(Fixtures.Cluster(1), "all NXDOMAIN"), Diagnoses.ForLong)[0].Remedy;
        Assert.All(
            ["publishNotReadyAddresses", "headless", "serviceName"], word => Assert.Contains(word, remedy, StringComparison.Ordinal));
    }

    [Fact]
    public void Servers_that_need_not_agree_are_not_asked_for_their_opinion()
    {
        var view = Fixtures.Cluster(2);
        view = view with { Servers = [view.Servers[0], view.Servers[1] with { Condition = EndpointCondition.Terminating }] };
        Assert.Single(Diagnoses.Find(Fixtures.Round(view, "all NXDOMAIN", "right"), Diagnoses.ForLong));
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
        var found = Assert.Single(Diagnoses.Find(Fixtures.Round(Fixtures.Cluster(2), "right", $"PTR {target}"), TimeSpan.Zero));
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
    public void Silence_of_all_endpoints_is_a_NetworkPolicy_or_an_outage(string sentence, string probed, string diagnosis, string says)
    {
        var verdict = Fixtures.Round(Fixtures.Cluster(2), "all SILENCE", "all UNREACHABLE");
        Assert.True(DomainProbe.IsWorthAsking(verdict));
        var found = Diagnoses.Find(verdict, TimeSpan.Zero, Probe(probed));
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
        var found = Diagnoses.Find(verdict, TimeSpan.Zero, Probe($"10.96.0.10 {told}"));
        Assert.Equal(diagnosis, string.Join(' ', found.Select(item => item.Name)));
        Assert.All(found, item => Assert.All(["10.96.0.10:53", "dnsPolicy", "--app off"], word =>
            Assert.Contains(word, item.Meaning + item.Remedy, StringComparison.Ordinal)));
    }

    [Fact]
    public void Who_need_not_agree_may_serve_somebody_else()
    {
        var verdict = Fixtures.Round(Fixtures.Cluster(2), "all SILENCE", "all UNREACHABLE");

        Assert.Empty(Diagnoses.Find(verdict, TimeSpan.Zero, Probe("10.96.0.10 NXDOMAIN") with { IsOfAskedServers = false }));
        Assert.Equal(
            "network-policy",
            Assert.Single(Diagnoses.Find(verdict, TimeSpan.Zero, Probe("10.96.0.10 NODATA") with { IsOfAskedServers = false })).Name);
    }

    [Theory]
    [InlineData("right")]
    [InlineData("A 10.244.2.9")]
    [InlineData("all NXDOMAIN")]
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
            .ToHashSet();
        var named = typeof(Diagnosis)
            .GetFields()
            .Where(field => field.IsLiteral)
            .ToDictionary(field => $"Diagnosis.{field.Name}", field => (string)field.GetRawConstantValue()!);
        Assert.Equal(named.Keys.Order(), made.Order());
        Assert.Equal(named.Values.Order(), Diagnosis.All.Order());
    }

    [Fact]
    public void No_server_is_no_diagnosis() => Assert.Empty(Diagnoses.Find(Fixtures.Round(Fixtures.Cluster(0)), TimeSpan.FromHours(1)));

    [GeneratedRegex(@"(?:new Diagnosis|Diagnosis \w+ = new)\(\s*([^,]+),")]
    private static partial Regex Made();
}
