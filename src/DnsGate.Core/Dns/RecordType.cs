namespace DnsGate.Core.Dns;

/// <summary>The resource record types that DnsGate reads or asks for (IANA "DNS Parameters", resource record TYPEs).</summary>
internal enum RecordType : ushort
{
    /// <summary>An IPv4 address (RFC 1035 §3.4.1).</summary>
    A = 1,

    /// <summary>An authoritative name server (RFC 1035 §3.3.11).</summary>
    NS = 2,

    /// <summary>The canonical name of an alias (RFC 1035 §3.3.1).</summary>
    CNAME = 5,

    /// <summary>The start of a zone of authority; in a negative answer it carries the TTL (RFC 2308 §3).</summary>
    SOA = 6,

    /// <summary>A pointer to a name: the reverse of an address (RFC 1035 §3.3.12).</summary>
    PTR = 12,

    /// <summary>An IPv6 address (RFC 3596 §2.1).</summary>
    AAAA = 28,

    /// <summary>The location of a service: target and port (RFC 2782).</summary>
    SRV = 33,

    /// <summary>The EDNS pseudo record (RFC 6891 §6.1).</summary>
    OPT = 41,

    /// <summary>The first of 255 types for private use (RFC 6895 §3.1): no name has records of them.</summary>
    PrivateUse = 65280,
}
