using DnsGate.Core.Discovery;

namespace DnsGate.Core.Tests.Discovery;

public sealed class ResolvConfFileTests
{
    [Theory]
    [InlineData("the kubelet's",
        "search prod.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n", "10.96.0.10:53")]
    [InlineData("in order", "nameserver 10.0.0.2\nnameserver 10.0.0.1\n", "10.0.0.2:53 10.0.0.1:53")]
    [InlineData("three at most", "nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n",
        "10.0.0.1:53 10.0.0.2:53 10.0.0.3:53")]
    [InlineData("IPv6", "nameserver fd00::a\n", "[fd00::a]:53")]
    [InlineData("each once", "nameserver 10.0.0.1\nnameserver 10.0.0.1\n", "10.0.0.1:53")]
    [InlineData("tabs, blanks, no end of line", "nameserver\t 10.0.0.1 \t", "10.0.0.1:53")]
    [InlineData("line ends of Windows", "nameserver 10.0.0.1\r\nnameserver 10.0.0.2\r\n", "10.0.0.1:53 10.0.0.2:53")]
    [InlineData("what follows the address is passed over",
        "nameserver 10.0.0.1 # first\nnameserver 10.0.0.2;second\n", "10.0.0.1:53 10.0.0.2:53")]
    [InlineData("comments", "# nameserver 10.0.0.1\n; nameserver 10.0.0.2\n", "")]
    [InlineData("the keyword begins the line", " nameserver 10.0.0.1\n", "")]
    [InlineData("the keyword is a word", "nameservers 10.0.0.1\nnameserver10.0.0.2\n", "")]
    [InlineData("the keyword is in lower case", "Nameserver 10.0.0.1\n", "")]
    [InlineData("names are no servers", "nameserver ns.example.com\nnameserver\nnameserver \n", "")]
    [InlineData("nobody can be asked there", "nameserver 0.0.0.0\nnameserver ::\nnameserver 224.0.0.1\n", "")]
    [InlineData("nothing", "", "")]
    public void The_name_servers(string sentence, string text, string servers) =>
        Assert.Equal((sentence, servers), (sentence, string.Join(' ', ResolvConfFile.Read(text, out _))));

    [Fact]
    public void What_cannot_be_asked_is_told()
    {
        _ = ResolvConfFile.Read("nameserver fe80::1%eth0\nnameserver 0.0.0.0\nnameserver 10.0.0.1\n", out var unusable);

        Assert.Equal(["fe80::1%eth0", "0.0.0.0"], unusable);
    }
}
