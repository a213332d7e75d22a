using System.Diagnostics.CodeAnalysis;

namespace DnsGate.Core.Dns;

/// <summary>One entry of the question section as it stands in a message (RFC 1035 §4.1.2).</summary>
internal ref struct QuestionSection
{
    private NameBuffer name;

    [UnscopedRef]
    public readonly ref readonly NameBuffer Name => ref name;

    public RecordType Type { get; internal set; }

    /// <summary>QCLASS; <see cref="ResourceRecord.ClassIN"/> is the Internet.</summary>
    public ushort Class { get; internal set; }

    [UnscopedRef]
    internal ref NameBuffer NameRoom => ref name;
}
