
namespace DnsGate.Core.Model;

/// <summary>
/// Why a server or a whole view does not agree: a closed set, in order of precedence, wrong before silent. Per server
/// the first that applies is the reason. The names that people see are in <see cref="Reasons"/>.
/// </summary>
internal enum Reason
{
    /// <summary>NXDOMAIN; also NXDOMAIN for one family and records for the other.</summary>
    NameMissing,

    /// <summary>NODATA for every required family.</summary>
    NoAddress,

    /// <summary>Addresses, none of them expected.</summary>
    StaleAddress,

    /// <summary>Expected addresses and others.</summary>
    ExtraAddress,

    /// <summary>Some expected addresses only, or a required family is NODATA.</summary>
    MissingAddress,

    ReverseMissing,

    /// <summary>PTRs without the own name.</summary>
    ReverseMismatch,

    /// <summary>More PTRs than the own name, under <c>--reverse only</c>.</summary>
    ReverseExtra,

    /// <summary>A wrong PTR or none with RA=1 from a CoreDNS endpoint: not its own answer.</summary>
    ReverseForwarded,

    Refused,

    /// <summary>SERVFAIL, NOTIMP, FORMERR and every other error code.</summary>
    ServerFailure,

    /// <summary>The right header with broken records, a CNAME loop, or a truncated answer that TCP does not complete.</summary>
    Malformed,

    TimedOut,

    /// <summary>ICMP or connect error.</summary>
    Unreachable,

    /// <summary>
    /// A right answer with TTL 0: perhaps served stale. It neither counts nor starts over. After silence, since it says
    /// nothing against the server: a question that stayed silent is not excused by another that was right with TTL 0.
    /// </summary>
    TtlZero,

    /// <summary>A view without a server, or with fewer than <c>--require</c> asks for.</summary>
    NoServers,

    /// <summary>The list of servers was another one when it was taken again just before opening.</summary>
    ServersChanged,

    /// <summary>The servers could not be listed.</summary>
    DiscoveryFailed,

    /// <summary>The kill switch is set.</summary>
    Disabled,

    /// <summary>Nothing to object to.</summary>
    Agrees,
}
