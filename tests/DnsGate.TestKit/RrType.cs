namespace DnsGate.TestKit;

/// <summary>Types of resource records (RFC 1035 §3.2.2, RFC 3596, RFC 2782, RFC 6891); any other number may be cast.</summary>
public enum RrType
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A name server of a zone.</summary>
    Ns = 2,

    /// <summary>The canonical name of an alias.</summary>
    Cname = 5,

    /// <summary>The start of a zone; its TTL is the negative caching time in CoreDNS.</summary>
    Soa = 6,

    /// <summary>The name of an address.</summary>
    Ptr = 12,

    /// <summary>Free text.</summary>
    Txt = 16,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>Host and port of a service.</summary>
    Srv = 33,

    /// <summary>The pseudo record of EDNS.</summary>
    Opt = 41,
}
