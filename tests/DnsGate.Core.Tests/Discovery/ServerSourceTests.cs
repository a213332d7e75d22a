using DnsGate.Core.Options;

namespace DnsGate.Core.Tests.Discovery;

public sealed class ServerSourceTests
{
    [Theory]
    [InlineData("10.0.0.1", "Static 10.0.0.1:53")]
    [InlineData("[fd00::1]:5353", "Static [fd00::1]:5353")]
    [InlineData("auto", "auto")]
    [InlineData("ns", "ns")]
    [InlineData("kube:kube-dns", "kube:kube-system/kube-dns")]
    [InlineData("kube:openshift-dns/dns-default", "kube:openshift-dns/dns-default")]
    [InlineData("headless:dns.kube-system.svc.cluster.local.", "headless:dns.kube-system.svc.cluster.local")]
    [InlineData("resolv.conf", "ResolvConf /etc/resolv.conf")]
    [InlineData("resolv.conf:/run/resolv.conf", "ResolvConf /run/resolv.conf")]
    [InlineData("resolv.conf:a:b", "ResolvConf a:b")]
    public void A_SPEC_names_a_server_a_file_a_Service_or_auto(string text, string source)
    {
        Assert.True(ServerSource.TryParse(text, out var read, out var problem), problem);
        Assert.Equal(source, read switch
        {
            ServerSource.Static named => $"Static {named.Address}",
            ServerSource.ResolvConf file => $"ResolvConf {file.Path}",
            _ => read.ToString(),
        });
    }

    [Theory]
    [InlineData("kube:", "kube:[NAMESPACE/]SERVICE")]
    [InlineData("kube:/kube-dns", "kube:[NAMESPACE/]SERVICE")]
    [InlineData("kube:kube-system/", "kube:[NAMESPACE/]SERVICE")]
    [InlineData("kube:a/b/c", "kube:[NAMESPACE/]SERVICE")]
    [InlineData("kube:Kube-DNS", "kube:[NAMESPACE/]SERVICE")]
    [InlineData("kube:kube-system/-dns", "kube:[NAMESPACE/]SERVICE")]
    [InlineData("kube:../../secrets", "kube:[NAMESPACE/]SERVICE")]
    [InlineData("headless:", "headless:")]
    [InlineData("headless:name-servers", "fully qualified")]
    [InlineData("headless:10.0.0.10", "this is an address")]
    [InlineData("headless:a..b", "headless:a..b")]
    [InlineData("resolv.conf:", "resolv.conf:FILE")]
    [InlineData("resolv.confx", "resolv.conf")]
    [InlineData("Auto", "ADDR[:PORT]")]
    [InlineData("", "ADDR[:PORT]")]
    [InlineData("off", "ADDR[:PORT]")]
    public void Anything_else_is_a_problem_that_says_what_a_SPEC_is(string text, string says)
    {
        Assert.False(ServerSource.TryParse(text, out var source, out var problem));
        Assert.Null(source);
        Assert.Contains(says, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_is_written_as_verdicts_name_it()
    {
        Assert.Equal("resolv.conf", new ServerSource.ResolvConf("/etc/resolv.conf").ToString());
        Assert.Equal("resolv.conf:/x", new ServerSource.ResolvConf("/x").ToString());
        Assert.True(ServerSource.TryParse("10.0.0.1", out var named, out _));
        Assert.Equal("static", named.ToString());
    }
}
