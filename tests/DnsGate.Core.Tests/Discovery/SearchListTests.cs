using DnsGate.Core.Discovery;

namespace DnsGate.Core.Tests.Discovery;

public sealed class SearchListTests
{
    private const string Kubelet = "search prod.svc.cluster.local svc.cluster.local cluster.local\n"
        + "nameserver 10.96.0.10\noptions ndots:5\n";

    [Theory]
    [InlineData("zk-1.zk", "zk-1.zk.prod.svc.cluster.local zk-1.zk.svc.cluster.local zk-1.zk.cluster.local zk-1.zk")]
    [InlineData("zk-1.zk.", "zk-1.zk")]
    [InlineData("a.b.c.d.e.f", "a.b.c.d.e.f a.b.c.d.e.f.prod.svc.cluster.local a.b.c.d.e.f.svc.cluster.local a.b.c.d.e.f.cluster.local")]
    public void A_name_is_completed_as_a_pod_does(string name, string candidates) =>
        Assert.Equal(candidates, string.Join(' ', SearchList.Read(Kubelet).Candidates(name)));

    [Theory]
    [InlineData("the last line counts", "search a.test\nsearch b.test\n", "x", "x.b.test x")]
    [InlineData("domain is a list of one", "domain a.test\n", "x", "x.a.test x")]
    [InlineData("one dot is enough without an option", "search a.test\n", "x.y", "x.y x.y.a.test")]
    [InlineData("an option that is no number is ignored", "search a.test\noptions ndots:x\n", "x.y", "x.y x.y.a.test")]
    [InlineData("no list", "", "x", "x")]
    [InlineData("the root as a domain", "search .\noptions ndots:5\n", "x", "x")]
    public void Other_files(string what, string file, string name, string candidates) =>
        Assert.Equal((what, candidates), (what, string.Join(' ', SearchList.Read(file).Candidates(name))));
}
