using System.Buffers.Binary;
using System.Net;
using System.Text;
using DnsGate.Core.Dns;

namespace DnsGate.Core.Tests.Dns;

/// <summary>
/// Lays out messages octet by octet, right or wrong as the test wants them. It knows nothing of the product's reader and writer, so that a
/// mistake in those is not made here as well.
/// </summary>
internal sealed class MessageBuilder
{
    private readonly List<byte> body = [];
    private readonly ushort[] counts = new ushort[4];

    public ushort Id { get; set; } = 0x1234;

    /// <summary>QR, RD and RA of a usual reply.</summary>
    public ushort Flags { get; set; } = 0x8180;

    /// <summary>Where the next octet will stand in the message.</summary>
    public int Position => 12 + body.Count;

    /// <summary>A usual reply that so far holds the question only.</summary>
    public static MessageBuilder ReplyTo(string name, RecordType type, int code = 0) =>
        new MessageBuilder { Flags = (ushort)(0x8180 | code) }.Question(name, type);

    public static byte[] Name(string text) =>
    [
        .. text.Split('.', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.Latin1.GetBytes(label)]),
        0,
    ];

    public static byte[] PointerTo(int position) => [(byte)(0xC0 | (position >> 8)), (byte)position];

    public static byte[] Address(string text) => IPAddress.Parse(text).GetAddressBytes();

    public static byte[] UInt16(int value) => [(byte)(value >> 8), (byte)value];

    public static byte[] UInt32(uint value)
    {
        var octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return octets;
    }

    public static byte[] AuthorityData(string primary, uint serial) =>
    [
        .. Name(primary), .. Name("hostmaster.example"), .. UInt32(serial),
        .. UInt32(7200), .. UInt32(1800), .. UInt32(86400), .. UInt32(5),
    ];

    public static byte[] ServiceData(string target, int port) => [0, 10, 0, 20, .. UInt16(port), .. Name(target)];

    public MessageBuilder Question(string name, RecordType type, int recordClass = 1) => Question(Name(name), type, recordClass);

    public MessageBuilder Question(byte[] name, RecordType type, int recordClass = 1)
    {
        counts[0]++;
        return Raw([.. name, .. UInt16((int)type), .. UInt16(recordClass)]);
    }

    public MessageBuilder Answer(string owner, RecordType type, uint ttl, byte[] data, int recordClass = 1) =>
        Record(MessageSection.Answer, Name(owner), type, ttl, data, recordClass);

    public MessageBuilder Authority(string owner, RecordType type, uint ttl, byte[] data, int recordClass = 1) =>
        Record(MessageSection.Authority, Name(owner), type, ttl, data, recordClass);

    public MessageBuilder Additional(string owner, RecordType type, uint ttl, byte[] data, int recordClass = 1) =>
        Record(MessageSection.Additional, Name(owner), type, ttl, data, recordClass);

    public MessageBuilder Alias(string owner, string target, uint ttl = 30) => Answer(owner, RecordType.CNAME, ttl, Name(target));

    /// <summary>An A record for the name that the question is about.</summary>
    public MessageBuilder A(string address, uint ttl = 30) =>
        Record(MessageSection.Answer, PointerTo(12), RecordType.A, ttl, Address(address));

    public MessageBuilder Soa(uint ttl) => Authority("example", RecordType.SOA, ttl, AuthorityData("ns.example", 7));

    public MessageBuilder Opt(int upperCode = 0, int version = 0) =>
        Additional(".", RecordType.OPT, (uint)((upperCode << 24) | (version << 16)), [], recordClass: 1232);

    /// <summary>A record, whatever is wrong with it; dataLength is RDLENGTH where it is to differ from the length of the data.</summary>
    public MessageBuilder Record(
        MessageSection section, byte[] owner, RecordType type, uint ttl, byte[] data, int recordClass = 1, int? dataLength = null)
    {
        counts[(int)section]++;
        return Raw([.. owner, .. UInt16((int)type), .. UInt16(recordClass), .. UInt32(ttl), .. UInt16(dataLength ?? data.Length), .. data]);
    }

    public MessageBuilder Raw(byte[] octets)
    {
        body.AddRange(octets);
        return this;
    }

    /// <summary>Overrides what the header counts.</summary>
    public MessageBuilder Count(MessageSection section, ushort count)
    {
        counts[(int)section] = count;
        return this;
    }

    public byte[] ToArray() =>
        [.. UInt16(Id), .. UInt16(Flags), .. counts.SelectMany(count => UInt16(count)), .. body];
}
