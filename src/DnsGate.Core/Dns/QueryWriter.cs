using System.Buffers.Binary;

namespace DnsGate.Core.Dns;

internal static class QueryWriter
{
    /// <summary>
    /// The UDP payload that queries with EDNS offer to receive, in octets: what fits into one unfragmented IPv6
    /// packet nearly everywhere (DNS flag day 2020).
    /// </summary>
    public const int UdpPayloadSize = 1232;

    /// <summary>Octets of the longest query: header, question with the longest name, OPT.</summary>
    public const int MaxLength = MessageHeader.Length + DnsName.MaxWireLength + QuestionFieldsLength + OptLength;

    private const int QuestionFieldsLength = 4;
    private const int OptLength = 11;
    private const uint DnssecOkFlag = 0x8000;

    /// <summary>
    /// Writes the query (RFC 1035 §4.1), with OPT in the additional section when it uses EDNS (RFC 6891 §6.1). AD stays 0, so that the
    /// server need not say whether it validated (RFC 6840 §5.7).
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> octets.</param>
    /// <returns>The octets written.</returns>
    /// <exception cref="ArgumentException">DO without EDNS, or too little room.</exception>
    public static int Write(in Query query, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxLength, nameof(destination));
        if (query is { DnssecOk: true, Edns: false })
        {
            throw new ArgumentException("DO is a flag of OPT: it needs EDNS", nameof(query));
        }

        var flags = (query.RecursionDesired ? MessageHeader.RecursionDesiredFlag : 0)
            | (query.CheckingDisabled ? MessageHeader.CheckingDisabledFlag : 0);
        new MessageHeader(query.Id, (ushort)flags, QuestionCount: 1, 0, 0, AdditionalCount: (ushort)(query.Edns ? 1 : 0))
            .Write(destination);
        var length = MessageHeader.Length;
        query.Name.Wire.CopyTo(destination[length..]);
        length += query.Name.Wire.Length;
        BinaryPrimitives.WriteUInt16BigEndian(destination[length..], (ushort)query.Type);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(length + 2)..], ResourceRecord.ClassIN);
        length += QuestionFieldsLength;
        return query.Edns ? length + WriteOpt(destination[length..], query.DnssecOk) : length;
    }

    private static int WriteOpt(Span<byte> destination, bool dnssecOk)
    {
        destination[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)RecordType.OPT);
        BinaryPrimitives.WriteUInt16BigEndian(destination[3..], UdpPayloadSize);
        BinaryPrimitives.WriteUInt32BigEndian(destination[5..], dnssecOk ? DnssecOkFlag : 0);
        BinaryPrimitives.WriteUInt16BigEndian(destination[9..], 0);
        return OptLength;
    }
}
