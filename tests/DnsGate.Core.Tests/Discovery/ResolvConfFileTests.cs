using DnsGate.Core.Discovery;

namespace DnsGate.Core.Tests.Discovery;

/// <summary>
/// What is asked of a resolv.conf, in a pod with the interface eth0. The end-to-end tests compare it with glibc, musl and Go themselves.
/// </summary>
public sealed class ResolvConfFileTests
{
    private const string Ignored = "; glibc, musl and Go ignore this line";

    [Theory]
    [InlineData("the kubelet's",
        "search prod.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n", "10.96.0.10:53")]
    [InlineData("in order", "nameserver 10.0.0.2\nnameserver 10.0.0.1\n", "10.0.0.2:53 10.0.0.1:53")]
    [InlineData("three at most", "nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n",
        "10.0.0.1:53 10.0.0.2:53 10.0.0.3:53")]
    [InlineData("IPv6", "nameserver fd00::a\n", "[fd00::a]:53")]
    [InlineData("each once", "nameserver 10.0.0.1\nnameserver 10.0.0.1\n", "10.0.0.1:53")]
    [InlineData("a server named twice takes two places",
        "nameserver 10.0.0.1\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n", "10.0.0.1:53 10.0.0.2:53")]
    [InlineData("tabs, blanks, no end of line", "nameserver\t 10.0.0.1 \t", "10.0.0.1:53")]
    [InlineData("line ends of Windows: musl and Go", "nameserver 10.0.0.1\r\nnameserver 10.0.0.2\r\n", "10.0.0.1:53 10.0.0.2:53")]
    [InlineData("a CR ends the address, not the line", "nameserver 10.0.0.1\rnameserver 10.0.0.2\n", "10.0.0.1:53")]
    [InlineData("form feed and vertical tab: musl", "nameserver 10.0.0.1\fx\nnameserver\v10.0.0.2\n", "10.0.0.1:53 10.0.0.2:53")]
    [InlineData("a NUL ends the text: glibc", "nameserver 10.0.0.1\0x\n", "10.0.0.1:53")]
    [InlineData("other blanks of Unicode end nothing",
        "nameserver 10.0.0.1\u0085\nnameserver 10.0.0.2\u00A0\nnameserver\u00A010.0.0.3\nnameserver 10.0.0.4\u2028nameserver 10.0.0.5\n",
        "")]
    [InlineData("what follows the address behind a blank does not matter",
        "nameserver 10.0.0.1 # first\nnameserver 10.0.0.2\t;second\nnameserver 10.0.0.3 10.0.0.4\n", "10.0.0.1:53 10.0.0.2:53 10.0.0.3:53")]
    [InlineData("a glued comment makes the line invalid, and it takes no place",
        "nameserver 10.0.0.1#x\nnameserver 10.0.0.2;x\nnameserver 10.0.0.3\nnameserver 10.0.0.4\nnameserver 10.0.0.5\n",
        "10.0.0.3:53 10.0.0.4:53 10.0.0.5:53")]
    [InlineData("comments", "# nameserver 10.0.0.1\n; nameserver 10.0.0.2\n #nameserver 10.0.0.3\n", "")]
    [InlineData("indented lines: Go", " nameserver 10.0.0.1\n\tnameserver 10.0.0.2\n", "10.0.0.1:53 10.0.0.2:53")]
    [InlineData("glibc and musl ask the first three that are not indented, Go the first three of all",
        " nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\nnameserver 10.0.0.5\n",
        "10.0.0.1:53 10.0.0.2:53 10.0.0.3:53 10.0.0.4:53")]
    [InlineData("a line that musl finds too long takes no place of musl's", "nameserver LONG10.0.0.1\nnameserver 10.0.0.2\n"
        + "nameserver 10.0.0.3\nnameserver 10.0.0.4\n", "10.0.0.1:53 10.0.0.2:53 10.0.0.3:53 10.0.0.4:53")]
    [InlineData("the keyword is a word", "nameservers 10.0.0.1\nnameserver10.0.0.2\nnameserver: 10.0.0.3\n", "")]
    [InlineData("the keyword is in lower case", "Nameserver 10.0.0.1\n", "")]
    [InlineData("a byte order mark hides the first line", "\uFEFFnameserver 10.0.0.1\nnameserver 10.0.0.2\n", "10.0.0.2:53")]
    [InlineData("names are no servers", "nameserver ns.example.com\nnameserver\nnameserver \n", "")]
    [InlineData("ports, brackets, lists and prefixes are read by none",
        "nameserver 10.0.0.1:53\nnameserver [fd00::1]\nnameserver [fd00::1]:53\nnameserver 10.0.0.1,10.0.0.2\nnameserver 10.0.0.1/8\n"
        + "nameserver fd00::1/64\n", "")]
    [InlineData("the unspecified address is the local host", "nameserver 0.0.0.0\nnameserver ::\n", "127.0.0.1:53 [::1]:53")]
    [InlineData("IPv4-mapped addresses are IPv4", "nameserver ::ffff:10.0.0.1\nnameserver ::FFFF:a00:2\n", "10.0.0.1:53 10.0.0.2:53")]
    [InlineData("no octal in a mapped address", "nameserver ::ffff:010.0.0.1\n", "")]
    [InlineData("inet_aton: glibc and musl", "nameserver 10.1\nnameserver 0xa.2\nnameserver 012.0.0.3\n",
        "10.0.0.1:53 10.0.0.2:53 10.0.0.3:53")]
    [InlineData("one number is an address", "nameserver 167772161\nnameserver 0x0A000002\nnameserver 0\n",
        "10.0.0.1:53 10.0.0.2:53 127.0.0.1:53")]
    [InlineData("inet_aton has bounds",
        "nameserver 10.256.0.1\nnameserver 10.0.0.1.\nnameserver 08.0.0.1\nnameserver 0x\nnameserver 4294967296\nnameserver 1.2.3.4.5\n"
        + "nameserver 10..1\nnameserver .10.1\nnameserver -1\nnameserver +1\n", "")]
    [InlineData("what Go does not read takes no place of Go's",
        "nameserver 10.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n",
        "10.0.0.1:53 10.0.0.2:53 10.0.0.3:53 10.0.0.4:53")]
    [InlineData("link-local with its interface, which counts among the three",
        "nameserver fe80::53%eth0\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n",
        "[fe80::53%eth0]:53 10.0.0.1:53 10.0.0.2:53")]
    [InlineData("an interface that does not exist takes a place of glibc's and Go's, not of musl's",
        "nameserver fe80::53%eth9\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n",
        "10.0.0.1:53 10.0.0.2:53 10.0.0.3:53")]
    [InlineData("link-local without an interface takes a place",
        "nameserver fe80::53\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n", "10.0.0.1:53 10.0.0.2:53")]
    [InlineData("the interface of another address does not matter, and musl ignores the line",
        "nameserver fd00::53%eth9\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n",
        "[fd00::53]:53 10.0.0.1:53 10.0.0.2:53 10.0.0.3:53")]
    [InlineData("multicast and broadcast are no server", "nameserver 224.0.0.1\nnameserver ff02::1%eth0\nnameserver 255.255.255.255\n", "")]
    [InlineData("nothing", "", "")]
    public void The_name_servers(string sentence, string text, string servers) => Assert.Equal(
        (sentence, servers),
        (sentence, string.Join(' ', Read(text.Replace("LONG", new string(' ', 300), StringComparison.Ordinal)).Servers)));

    [Theory]
    [InlineData("nameserver 10.0.0.1#x", "'10.0.0.1#x' is not an IP address; a comment needs a blank before it" + Ignored)]
    [InlineData("nameserver ns.example.com\r", "'ns.example.com' is not an IP address" + Ignored)]
    [InlineData("nameserver 10.0.0.1\u00A0", "'10.0.0.1\u00A0' is not an IP address" + Ignored)]
    [InlineData("nameserver [fd00::1]:53", "'[fd00::1]:53' is not an IP address" + Ignored)]
    [InlineData("nameserver", "it names no address" + Ignored)]
    [InlineData(" nameserver ", "it names no address" + Ignored)]
    [InlineData("Nameserver 10.0.0.1", "it does not begin with 'nameserver' and a blank" + Ignored)]
    [InlineData("nameserver: 10.0.0.1", "it does not begin with 'nameserver' and a blank" + Ignored)]
    [InlineData("\uFEFFnameserver 10.0.0.1", "it does not begin with 'nameserver' and a blank" + Ignored)]
    [InlineData("nameserver fe80::53%eth9", "this pod has no interface 'eth9', which fe80::53 is behind")]
    [InlineData("nameserver fe80::53%", "'' is not the name of an interface")]
    [InlineData("nameserver fe80::53", "'fe80::53' is link-local and needs its interface, as in fe80::53%eth0")]
    [InlineData("nameserver 224.0.0.1", "224.0.0.1 is not the address of one server")]
    [InlineData("nameserver 1", "0.0.0.1 is not the address of one server")]
    public void A_line_that_is_not_asked_is_reported_with_its_number_and_what_is_wrong(string line, string why)
    {
        var (servers, notAsked) = Read($"nameserver 10.9.9.9\n{line}\nsearch nameserver\n");
        Assert.Equal("10.9.9.9:53", Assert.Single(servers));
        Assert.Equal($"line 2 is not asked: {why}", Assert.Single(notAsked));
    }

    [Fact]
    public void A_line_behind_the_third_server_is_reported_unless_its_server_is_asked_anyway()
    {
        var (_, notAsked) = Read(
            "nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n nameserver 10.0.0.5\n");
        Assert.Equal(
            ["line 4 is not asked: resolvers ask the first 3 servers only", "line 5 is not asked: resolvers ask the first 3 servers only"],
            notAsked);
    }

    [Fact]
    public void Reports_are_bounded_in_number_and_length()
    {
        var (_, notAsked) = Read(string.Concat(Enumerable.Repeat($"nameserver {new string('x', 1000)}\n", 1000)));
        Assert.Equal(11, notAsked.Length);
        Assert.Equal("has 990 more lines that are not asked", notAsked[^1]);
        Assert.All(notAsked, note => Assert.InRange(note.Length, 1, 200));
    }

    private static (string[] Servers, string[] NotAsked) Read(string text)
    {
        var servers = ResolvConfFile.Read(text, zone => zone == "eth0", out var notAsked);
        return ([.. servers.Select(server => server.ToString())], [.. notAsked]);
    }
}
