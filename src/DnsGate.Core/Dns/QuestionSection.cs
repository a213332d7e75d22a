using System.Diagnostics.CodeAnalysis;

namespace DnsGate.Core.Dns;

/// <summary>One entry of the question section as it stands in a message (RFC 1035 §4.1.2).</summary>
public ref struct QuestionSection
{
    private NameBuffer name;

    /// <summary>QNAME.</summary>
    [UnscopedRef]
    public readonly ref readonly NameBuffer Name => ref name;

    /// <summary>QTYPE.</summary>
    public RecordType Type { get; internal set; }

    /// <summary>QCLASS; <see cref="ResourceRecord.ClassIN"/> is the Internet.</summary>
    public ushort Class { get; internal set; }

    [UnscopedRef]
    internal ref NameBuffer NameRoom => ref name;
}
