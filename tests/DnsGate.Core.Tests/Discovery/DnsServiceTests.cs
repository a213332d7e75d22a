using System.Collections.Immutable;
using DnsGate.Core.Discovery;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Discovery;

/// <summary>The Service of the cluster's DNS, by the PTR of its own address.</summary>
public sealed class DnsServiceTests
{
    private static readonly DnsName Domain = Fixtures.NameOf("cluster.local");

    [Theory]
    [InlineData("the first server", "10.96.0.10 10.96.0.11", "10.96.0.10:53 10.0.96.10.in-addr.arpa")]
    [InlineData("not a node cache", "169.254.20.10 127.0.0.53 fe80::53 10.96.0.10", "10.96.0.10:53 10.0.96.10.in-addr.arpa")]
    [InlineData("nothing but a node cache", "169.254.20.10", null)]
    [InlineData("no server", "", null)]
    public void The_PTR_of_the_first_server_that_is_not_on_this_node_is_asked_there(string sentence, string servers, string? asked)
    {
        ImmutableArray<Server> named = [.. Fixtures.Ips(servers).Select(address => new Server(new ServerAddress(address), "resolv.conf"))];
        var lookup = DnsService.LookupAt(named);
        Assert.Equal((sentence, asked), (sentence, lookup is null ? null : $"{lookup.Server} {lookup.Name}"));
        Assert.True(lookup is null or { Type: RecordType.PTR, Partition: CachePartition.Plain });
    }

    [Theory]
    [InlineData("kube-dns.kube-system.svc.cluster.local", "kube:kube-system/kube-dns")]
    [InlineData("dns-default.openshift-dns.svc.CLUSTER.local", "kube:openshift-dns/dns-default")]
    [InlineData("ip-10-96-0-10.ec2.internal rke2-coredns-rke2-coredns.kube-system.svc.cluster.local",
        "kube:kube-system/rke2-coredns-rke2-coredns")]
    [InlineData("ip-10-96-0-10.ec2.internal", null)]
    [InlineData("kube-dns.kube-system.svc.example.com", null)]
    [InlineData("kube-dns.kube-system.pod.cluster.local", null)]
    [InlineData("kube-dns.svc.cluster.local", null)]
    [InlineData("10-244-0-5.kube-dns.kube-system.svc.cluster.local", null)]
    [InlineData("Kube_DNS.kube-system.svc.cluster.local", null)]
    [InlineData(@"kube\.dns.kube-system.svc.cluster.local", null)]
    public void Only_a_Service_of_the_cluster_domain_counts(string targets, string? service)
    {
        var answer = new Answer.Records([.. targets.Split(' ').Select(target => new RecordData.Pointer(Fixtures.NameOf(target)))], 30);
        Assert.Equal(service, DnsService.Read(new Outcome.Responded(answer, RecursionAvailable: false), Domain)?.ToString());
    }

    [Theory]
    [InlineData("NXDOMAIN")]
    [InlineData("NODATA")]
    [InlineData("SERVFAIL")]
    [InlineData("SILENCE")]
    public void Without_an_answer_there_is_none(string says) =>
        Assert.Null(DnsService.Read(FakeAnswers.Outcome(RecordType.PTR, says), Domain));
}
