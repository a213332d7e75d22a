using System.Net;
using DnsGate.Core.Text;

namespace DnsGate.Core.Tests.Options;

public sealed class AddressesTests
{
    [Theory]
    [InlineData("10.244.1.7", "10.244.1.7")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("fd00:244::7", "fd00:244::7")]
    [InlineData("FD00:244:0:0:0:0:0:7", "fd00:244::7")]
    [InlineData("::1", "::1")]
    [InlineData("64:ff9b::10.0.0.1", "64:ff9b::a00:1")]
    public void Dotted_quads_and_IPv6_are_read(string text, string written)
    {
        Assert.True(Addresses.TryParse(text, out var address, out var problem), problem);
        Assert.Equal(IPAddress.Parse(written), address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.1")]
    [InlineData("10")]
    [InlineData("1")]
    [InlineData("0x7f.1")]
    [InlineData("0x7f000001")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.01")]
    [InlineData("00.0.0.0")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.1000")]
    [InlineData("10.0.0.1.")]
    [InlineData(".10.0.0.1")]
    [InlineData("10..0.1")]
    [InlineData("10.0.0.1.2")]
    [InlineData("-1.0.0.1")]
    [InlineData("+1.0.0.1")]
    [InlineData(" 10.0.0.1")]
    [InlineData("10.0.0.1 ")]
    [InlineData("10.0.0.1/24")]
    [InlineData("１0.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    [InlineData("[::1]:53")]
    [InlineData("::1/64")]
    [InlineData(" ::1")]
    [InlineData("::1 ")]
    [InlineData("1::2::3")]
    [InlineData("fd00:244::g")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("10.0.0.1:53")]
    [InlineData(":")]
    public void Other_spellings_are_refused(string text)
    {
        Assert.False(Addresses.TryParse(text, out var address, out var problem));
        Assert.Null(address);
        Assert.Equal($"'{text}' is not an IPv4 or IPv6 address", problem);
    }

    [Theory]
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%2")]
    [InlineData("10.0.0.1%1")]
    [InlineData("%")]
    public void Scope_ids_are_refused(string text)
    {
        Assert.False(Addresses.TryParse(text, out _, out var problem));
        Assert.Contains("scope id", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("::ffff:10.244.1.7")]
    [InlineData("::ffff:af4:107")]
    public void IPv4_mapped_addresses_are_refused_and_the_IPv4_address_is_named(string text)
    {
        Assert.False(Addresses.TryParse(text, out _, out var problem));
        Assert.Contains("write 10.244.1.7", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.244.1.7", true)]
    [InlineData("fd00:244::7", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.9.9.9", false)]
    [InlineData("::1", false)]
    [InlineData("169.254.20.10", false)]
    [InlineData("fe80::1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("ff02::1", false)]
    public void A_pod_can_be_reached_at_neither_loopback_link_local_multicast_nor_unspecified(string text, bool canBe) =>
        Assert.Equal(canBe, Addresses.CanBeAPods(IPAddress.Parse(text)));

    [Fact]
    public void IPv4_stands_before_IPv6_and_each_by_value()
    {
        string[] sorted = ["9.9.9.9", "10.0.0.2", "10.0.0.10", "200.0.0.1", "::1", "fd00::a", "fd00::1:0"];
        var shuffled = sorted.Reverse().Select(IPAddress.Parse).Order(Comparer<IPAddress>.Create(Addresses.Compare));
        Assert.Equal(sorted, shuffled.Select(address => address.ToString()));
    }
}
