using DnsGate.Core.Dns;

namespace DnsGate.Core.Tests.Dns;

public sealed class QueryWriterTests
{
    [Fact]
    public void A_query_is_these_octets()
    {
        byte[] expected =
        [
            0xAB, 0xCD, 0x01, 0x10, 0, 1, 0, 0, 0, 0, 0, 1, // id, RD and CD, counts
            1, (byte)'a', 2, (byte)'b', (byte)'C', 0, 0, 28, 0, 1, // a.bC AAAA IN
            0, 0, 41, 0x04, 0xD0, 0, 0, 0x80, 0, 0, 0, // OPT, 1232, DO
        ];
        Assert.Equal(expected, Write(new Query(0xABCD, Messages.ToName("a.bC"), RecordType.AAAA, CheckingDisabled: true, DnssecOk: true)));
    }

    [Theory]
    [InlineData(true, false, false, true, 0x0100, 0u)]
    [InlineData(false, false, false, true, 0x0000, 0u)]
    [InlineData(true, true, false, true, 0x0110, 0u)]
    [InlineData(true, false, true, true, 0x0100, 0x8000u)]
    [InlineData(true, true, true, true, 0x0110, 0x8000u)]
    [InlineData(true, true, false, false, 0x0110, null)]
    [InlineData(true, false, false, false, 0x0100, null)]
    public void The_flags_of_a_query_are_those_asked_for_and_AD_is_0(bool rd, bool cd, bool dnssecOk, bool edns, int flags, uint? optTtl)
    {
        var message = Write(new Query(1, Messages.ToName("example"), RecordType.A, rd, cd, dnssecOk, edns));
        Assert.Equal(flags, (message[2] << 8) | message[3]);
        Assert.Equal(edns ? 1 : 0, message[11]);
        Assert.Equal(12 + 9 + 4 + (edns ? 11 : 0), message.Length);
        if (optTtl is not null)
        {
            Assert.Equal(MessageBuilder.UInt32(optTtl.Value), message[^6..^2]);
        }
    }

    [Fact]
    public void The_longest_query_has_MaxLength_octets()
    {
        string label = new('a', 63);
        Assert.Equal(
            QueryWriter.MaxLength, Write(new Query(1, Messages.ToName($"{label}.{label}.{label}.{label[..61]}"), RecordType.A)).Length);
    }

    [Fact]
    public void DO_without_EDNS_is_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => Write(new Query(1, DnsName.Root, RecordType.A, DnssecOk: true, Edns: false)));

    [Fact]
    public void Less_room_than_MaxLength_is_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            QueryWriter.Write(Messages.Ask("example", RecordType.A), new byte[QueryWriter.MaxLength - 1]));

    internal static byte[] Write(Query query)
    {
        var buffer = new byte[QueryWriter.MaxLength];
        Array.Fill<byte>(buffer, 0xFF);
        return buffer[..QueryWriter.Write(query, buffer)];
    }
}
