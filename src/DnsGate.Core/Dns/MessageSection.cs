
namespace DnsGate.Core.Dns;

/// <summary>The sections of a message, in their order on the wire (RFC 1035 §4.1).</summary>
internal enum MessageSection
{
    Question,

    /// <summary>Records that answer the question.</summary>
    Answer,

    /// <summary>Records that point toward an authority; in a negative answer, the SOA (RFC 2308 §2).</summary>
    Authority,

    /// <summary>Records that may be of use; the place of OPT (RFC 6891 §6.1.1).</summary>
    Additional,
}
