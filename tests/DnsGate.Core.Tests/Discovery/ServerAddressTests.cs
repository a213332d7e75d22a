using DnsGate.Core.Model;

namespace DnsGate.Core.Tests.Discovery;

public sealed class ServerAddressTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1:53")]
    [InlineData("10.0.0.1:5353", "10.0.0.1:5353")]
    [InlineData("10.0.0.1:1", "10.0.0.1:1")]
    [InlineData("10.0.0.1:65535", "10.0.0.1:65535")]
    [InlineData("fd00::a", "[fd00::a]:53")]
    [InlineData("fd00::1:53", "[fd00::1:53]:53")]
    [InlineData("[fd00::a]", "[fd00::a]:53")]
    [InlineData("[fd00::a]:5353", "[fd00::a]:5353")]
    [InlineData("127.0.0.53", "127.0.0.53:53")]
    [InlineData("fe80::53%eth0", "[fe80::53%eth0]:53")]
    [InlineData("[fe80::53%eth0]", "[fe80::53%eth0]:53")]
    [InlineData("[fe80::53%2]:5353", "[fe80::53%2]:5353")]
    public void An_address_with_or_without_a_port(string text, string written)
    {
        Assert.True(ServerAddress.TryParse(text, out var server, out var problem), problem);
        Assert.Equal(written, server.ToString());
        Assert.True(ServerAddress.TryParse(server.ToString(), out var again, out _));
        Assert.Equal(server, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ns.example.com")]
    [InlineData("ns.example.com:53")]
    [InlineData(":53")]
    [InlineData("10.0.0.1:")]
    [InlineData("10.0.0.1:0")]
    [InlineData("10.0.0.1:65536")]
    [InlineData("10.0.0.1:-1")]
    [InlineData("10.0.0.1:+53")]
    [InlineData("10.0.0.1: 53")]
    [InlineData("10.0.0.1:dns")]
    [InlineData("10.1:53")]
    [InlineData("[10.0.0.1]:53")]
    [InlineData("[fd00::a")]
    [InlineData("[fd00::a]53")]
    [InlineData("[fd00::a]:")]
    [InlineData("[fd00::a]:0")]
    [InlineData("[]:53")]
    [InlineData("fe80::1")]
    [InlineData("[fe80::1]:53")]
    [InlineData("fe80::1%")]
    [InlineData("fe80::1%an-interface-too-long")]
    [InlineData("fe80::1%eth 0")]
    [InlineData("fe80::1%eth0%eth1")]
    [InlineData("fd00::1%eth0")]
    [InlineData("10.0.0.1%eth0")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("[::]:53")]
    public void Anything_else_is_a_problem(string text)
    {
        Assert.False(ServerAddress.TryParse(text, out var server, out var problem));
        Assert.Null(server);
        Assert.NotEmpty(problem);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.53", true)]
    [InlineData("::1", true)]
    [InlineData("169.254.20.10", true)]
    [InlineData("fe80::1%eth0", true)]
    [InlineData("10.96.0.10", false)]
    [InlineData("fd00::a", false)]
    public void Loopback_and_link_local_servers_are_on_this_node(string text, bool isOnThisNode)
    {
        Assert.True(ServerAddress.TryParse(text, out var server, out _));
        Assert.Equal(isOnThisNode, server.IsOnThisNode);
    }

    [Fact]
    public void Servers_are_sorted_by_family_address_and_port()
    {
        string[] sorted =
            ["9.0.0.1:53", "10.0.0.2:53", "10.0.0.2:5353", "10.0.0.10:53", "[fd00::1]:53", "[fe80::1%eth0]:53", "[fe80::1%eth1]:53"];
        var read = sorted.Reverse()
            .Select(text => ServerAddress.TryParse(text, out var server, out _) ? server : throw new FormatException(text));
        Assert.Equal(sorted, read.Order(Comparer<ServerAddress>.Create(ServerAddress.Compare)).Select(server => server.ToString()));
    }
}
