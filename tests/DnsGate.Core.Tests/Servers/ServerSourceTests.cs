using DnsGate.Core.Servers;

namespace DnsGate.Core.Tests.Servers;

public sealed class ServerSourceTests
{
    [Theory]
    [InlineData("10.0.0.1", "Static 10.0.0.1:53")]
    [InlineData("[fd00::1]:5353", "Static [fd00::1]:5353")]
    [InlineData("auto", "ResolvConf /etc/resolv.conf")]
    [InlineData("resolv.conf", "ResolvConf /etc/resolv.conf")]
    [InlineData("resolv.conf:/run/resolv.conf", "ResolvConf /run/resolv.conf")]
    [InlineData("resolv.conf:a:b", "ResolvConf a:b")]
    public void A_SPEC_names_a_server_or_a_file(string text, string source)
    {
        Assert.True(ServerSource.TryParse(text, out var read, out var problem), problem);
        Assert.Equal(source, read is ServerSource.Static named ? $"Static {named.Address}" : $"ResolvConf {((ServerSource.ResolvConf)read).Path}");
    }

    [Theory]
    [InlineData("kube:kube-system/kube-dns", "not supported yet")]
    [InlineData("headless:dns.kube-system.svc", "not supported yet")]
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
