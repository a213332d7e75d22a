using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace DnsGate.Core.Dns;

/// <summary>Gives the data of records its meaning, by type.</summary>
internal static class RecordDataReader
{
    /// <summary>SERIAL, REFRESH, RETRY, EXPIRE and MINIMUM (RFC 1035 §3.3.13).</summary>
    private const int AuthorityNumbersLength = 20;

    /// <summary>Priority, weight and port (RFC 2782).</summary>
    private const int ServiceNumbersLength = 6;

    /// <summary>
    /// Whether the data is what the type says. Types that DnsGate does not read are let pass, and so are other classes than IN: the
    /// format of the data belongs to the class, and records of another class answer nothing that was asked.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="fault">What is wrong, for people.</param>
    internal static bool IsSound(in ResourceRecord record, [NotNullWhen(false)] out string? fault)
    {
        var position = record.DataStart;
        var end = record.Window.Length;
        NameBuffer name = default;
        fault = null;
        if (record.Class != ResourceRecord.ClassIN)
        {
            return true;
        }

        switch (record.Type)
        {
            case RecordType.A:
                fault = record.Data.Length == 4 ? null : "data of type A is not 4 octets long";
                return fault is null;
            case RecordType.AAAA:
                fault = record.Data.Length == 16 ? null : "data of type AAAA is not 16 octets long";
                return fault is null;
            case RecordType.NS or RecordType.CNAME or RecordType.PTR:
                return TryPassName(record, ref position, ref name, ref fault) && EndsAt(end, position, ref fault);
            case RecordType.SRV:
                position += ServiceNumbersLength;
                return TryPassName(record, ref position, ref name, ref fault) && EndsAt(end, position, ref fault);
            case RecordType.SOA:
                return TryPassName(record, ref position, ref name, ref fault)
                    && TryPassName(record, ref position, ref name, ref fault)
                    && EndsAt(end, position + AuthorityNumbersLength, ref fault);
            default:
                return true;
        }
    }

    /// <summary>The data as a value.</summary>
    /// <param name="record">A record of a type that has a value, for which <see cref="IsSound"/> is true.</param>
    internal static RecordData Read(in ResourceRecord record)
    {
        var position = record.DataStart;
        switch (record.Type)
        {
            case RecordType.A or RecordType.AAAA:
                return new RecordData.Address(new IPAddress(record.Data));
            case RecordType.NS or RecordType.CNAME or RecordType.PTR:
                return new RecordData.Pointer(TakeName(record, ref position).ToName());
            case RecordType.SRV:
                var port = BinaryPrimitives.ReadUInt16BigEndian(record.Data[4..]);
                position += ServiceNumbersLength;
                return new RecordData.Service(TakeName(record, ref position).ToName(), port);
            case RecordType.SOA:
                var primary = TakeName(record, ref position).ToName();
                TakeName(record, ref position);
                return new RecordData.Authority(primary, BinaryPrimitives.ReadUInt32BigEndian(record.Window[position..]));
            default:
                throw new ArgumentException($"type {record.Type} has no value", nameof(record));
        }
    }

    /// <summary>The name that the data of a sound NS, CNAME or PTR record is.</summary>
    internal static NameBuffer TargetOf(in ResourceRecord record)
    {
        var position = record.DataStart;
        return TakeName(record, ref position);
    }

    private static NameBuffer TakeName(in ResourceRecord record, ref int position)
    {
        NameBuffer name = default;
        NameReader.TryRead(record.Window, ref position, ref name, out _);
        return name;
    }

    private static bool TryPassName(in ResourceRecord record, ref int position, ref NameBuffer name, [NotNullWhen(false)] ref string? fault)
    {
        if (!NameReader.TryRead(record.Window, ref position, ref name, out var inName))
        {
            fault = $"data: {inName}";
            return false;
        }

        return true;
    }

    private static bool EndsAt(int end, int position, [NotNullWhen(false)] ref string? fault)
    {
        fault = position == end ? null : "data is longer or shorter than its fields";
        return fault is null;
    }
}
