using System.Buffers.Binary;

namespace DnsGate.Core.Dns;

/// <summary>The header of a DNS message (RFC 1035 §4.1.1).</summary>
/// <param name="Id">The message id.</param>
/// <param name="Flags">QR, opcode, AA, TC, RD, RA, Z, AD, CD and RCODE as they stand on the wire.</param>
/// <param name="QuestionCount">QDCOUNT.</param>
/// <param name="AnswerCount">ANCOUNT.</param>
/// <param name="AuthorityCount">NSCOUNT.</param>
/// <param name="AdditionalCount">ARCOUNT.</param>
internal readonly record struct MessageHeader(
    ushort Id, ushort Flags, ushort QuestionCount, ushort AnswerCount, ushort AuthorityCount, ushort AdditionalCount)
{
    /// <summary>Octets of the header.</summary>
    public const int Length = 12;

    internal const ushort RecursionDesiredFlag = 0x0100;
    internal const ushort CheckingDisabledFlag = 0x0010;

    /// <summary>QR: a response, not a query.</summary>
    public bool IsResponse => (Flags & 0x8000) != 0;

    /// <summary>OPCODE; 0 is QUERY.</summary>
    public int Opcode => (Flags >> 11) & 0xF;

    public bool IsAuthoritative => (Flags & 0x0400) != 0;

    public bool IsTruncated => (Flags & 0x0200) != 0;

    public bool RecursionAvailable => (Flags & 0x0080) != 0;

    /// <summary>The lower four bits of the response code; the upper eight are in OPT (RFC 6891 §6.1.3).</summary>
    public ResponseCode LowerResponseCode => (ResponseCode)(Flags & 0xF);

    /// <summary>Reads the header.</summary>
    /// <param name="message">The message.</param>
    /// <param name="header">Its header.</param>
    /// <returns>False when the message is shorter than a header.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out MessageHeader header)
    {
        if (message.Length < Length)
        {
            header = default;
            return false;
        }

        header = new MessageHeader(
            BinaryPrimitives.ReadUInt16BigEndian(message),
            BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[6..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[10..]));
        return true;
    }

    internal void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, Id);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], Flags);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], QuestionCount);
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], AnswerCount);
        BinaryPrimitives.WriteUInt16BigEndian(destination[8..], AuthorityCount);
        BinaryPrimitives.WriteUInt16BigEndian(destination[10..], AdditionalCount);
    }
}
