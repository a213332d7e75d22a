using DnsGate.Core.Discovery;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Discovery;

public sealed class ClusterDomainTests
{
    [Theory]
    [InlineData("what follows svc in the pod's name", "zk-0.zk-headless.prod.svc.cluster.local", null, "cluster.local")]
    [InlineData("in a domain of several labels", "zk-0.zk-headless.prod.svc.k8s.example.com", null, "k8s.example.com")]
    [InlineData("in any case of the letters", "zk-0.zk-headless.prod.SVC.Cluster.Local", null, "Cluster.Local")]
    [InlineData("a namespace that is called svc", "zk-0.zk.svc.svc.cluster.local", null, "cluster.local")]
    [InlineData("the pod's name before the search list", "zk-0.zk.prod.svc.a.example", "search prod.svc.b.example", "a.example")]
    [InlineData("the search list of a pod with another name", "zk-0.example.org",
        "search prod.svc.b.example svc.b.example b.example\nnameserver 10.96.0.10", "b.example")]
    [InlineData("the search list with dots at the end", "zk-0.example.org", "search prod.svc.b.example.", "b.example")]
    [InlineData("the search list after a blank line, with tabs and carriage returns",
        "zk-0.example.org", "\n\nsearch\tx.example\tsvc.b.example\r\n", "b.example")]
    [InlineData("a search list that is not the cluster's", "zk-0.example.org", "search example.org svc", "cluster.local")]
    [InlineData("a search list that cannot be read", "zk-0.example.org", "search svc.a..b", "cluster.local")]
    [InlineData("svc at the end of the name", "zk-0.example.svc", "", "cluster.local")]
    [InlineData("nothing that tells it", "zk-0.example.org", null, "cluster.local")]
    public void The_cluster_domain_is(string sentence, string podName, string? resolvConf, string domain) =>
        Assert.Equal((sentence, domain), (sentence, ClusterDomain.Find(Fixtures.NameOf(podName), resolvConf).ToString()));
}
