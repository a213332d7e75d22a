using DnsGate.Core.Options;

namespace DnsGate.Core.Tests.Options;

public sealed class HostsFileTests
{
    private const string Kubelet = """
        # Kubernetes-managed hosts file.
        127.0.0.1	localhost
        ::1	localhost ip6-localhost ip6-loopback
        fe00::0	ip6-localnet
        10.244.1.7	zk-0.zk-headless.prod.svc.cluster.local	zk-0
        fd00:244::7	zk-0.zk-headless.prod.svc.cluster.local	zk-0

        # Entries added by HostAliases.
        10.244.1.7	trap.example.com
        10.9.9.9	other.example.com
        """;

    [Fact]
    public void The_lines_above_the_HostAliases_block_are_read_with_their_numbers() => Assert.Equal(
        [
            "2 127.0.0.1 localhost",
            "3 ::1 localhost ip6-localhost ip6-loopback",
            "4 fe00:: ip6-localnet",
            "5 10.244.1.7 zk-0.zk-headless.prod.svc.cluster.local zk-0",
            "6 fd00:244::7 zk-0.zk-headless.prod.svc.cluster.local zk-0",
        ],
        Read(Kubelet));

    [Fact]
    public void Line_ends_of_Windows_change_nothing() =>
        Assert.Equal(Read(Kubelet), Read(Kubelet.Replace("\n", "\r\n", StringComparison.Ordinal)));

    [Fact]
    public void A_pod_on_the_network_of_its_host_has_no_lines_of_its_own() =>
        Assert.Empty(Read("# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n10.0.0.5 node-5.example.com node-5\n"));

    [Theory]
    [InlineData("tabs and blanks separate", "10.244.1.7 \t zk-0.example \t zk-0", "1 10.244.1.7 zk-0.example zk-0")]
    [InlineData("a line may begin with blanks", "  \t10.244.1.7 zk-0.example", "1 10.244.1.7 zk-0.example")]
    [InlineData("what follows # is a comment", "10.244.1.7 zk-0.example # zk-1.example", "1 10.244.1.7 zk-0.example")]
    [InlineData("# ends a name too", "10.244.1.7 zk-0.example#x", "1 10.244.1.7 zk-0.example")]
    public void A_line_is_an_address_and_names(string sentence, string text, string line) =>
        Assert.Equal((sentence, line), (sentence, Assert.Single(Read(text))));

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\r\n")]
    [InlineData("10.244.1.7")]
    [InlineData("10.244.1.7 # zk-0.example")]
    [InlineData("zk-0.example 10.244.1.7")]
    [InlineData("10.244.1 zk-0.example")]
    [InlineData("010.244.1.7 zk-0.example")]
    [InlineData("fe80::1%eth0 zk-0.example")]
    [InlineData("#10.244.1.7 zk-0.example")]
    [InlineData("\u0000\u0001\uFFFD\u2028")]
    public void Lines_that_say_nothing_are_passed_over(string text) => Assert.Empty(Read(text));

    private static IEnumerable<string> Read(string text) =>
        HostsFile.ReadOwnLines(text).Select(line => $"{line.Number} {line.Address} {string.Join(' ', line.Names)}");
}
