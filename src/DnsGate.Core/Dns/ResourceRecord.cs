using System.Diagnostics.CodeAnalysis;

namespace DnsGate.Core.Dns;

/// <summary>One resource record as it stands in a message (RFC 1035 §4.1.3). Its data is not looked at yet.</summary>
internal ref struct ResourceRecord
{
    /// <summary>The class IN, the only one that DnsGate asks for (RFC 1035 §3.2.4).</summary>
    public const ushort ClassIN = 1;

    private NameBuffer owner;

    /// <summary>The message up to the end of the data: what a name in the data may point back to, and cannot run beyond.</summary>
    private ReadOnlySpan<byte> window;

    /// <summary>NAME: whose record it is.</summary>
    [UnscopedRef]
    public readonly ref readonly NameBuffer Owner => ref owner;

    /// <summary>The section that the record stands in.</summary>
    public MessageSection Section { get; internal set; }

    public RecordType Type { get; internal set; }

    /// <summary>CLASS; in OPT the size of the UDP payload (RFC 6891 §6.1.2).</summary>
    public ushort Class { get; internal set; }

    /// <summary>The TTL field as it stands; in OPT the upper response code, the version and flags (RFC 6891 §6.1.3).</summary>
    public uint TtlField { get; internal set; }

    /// <summary>Seconds that the record may be kept: 0 when the top bit is set (RFC 2181 §8).</summary>
    public readonly uint Ttl => TtlField > int.MaxValue ? 0 : TtlField;

    /// <summary>RDATA; names in it may be compressed.</summary>
    public readonly ReadOnlySpan<byte> Data => window[DataStart..];

    internal readonly ReadOnlySpan<byte> Window => window;

    [UnscopedRef]
    internal ref NameBuffer OwnerRoom => ref owner;

    internal int DataStart { readonly get; private set; }

    internal void SetData(ReadOnlySpan<byte> message, int start, int length)
    {
        window = message[..(start + length)];
        DataStart = start;
    }
}
