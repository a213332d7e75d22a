using System.Collections.Immutable;
using System.Net;

namespace DnsGate.Core.Dns;

/// <summary>
/// What a well-formed reply says: a closed set. What happened on the way (silence, garbage) is an outcome, not an answer.
/// </summary>
internal abstract record Answer
{
    private Answer()
    {
    }

    /// <summary>The records of the type asked for, at the end of the CNAME chain if there is one.</summary>
    /// <param name="Data">The records, in the order of the message; never empty.</param>
    /// <param name="Ttl">Seconds that the answer may still be kept: the least TTL along the chain (RFC 1035 §3.2.1, RFC 2181 §8).</param>
    public sealed record Records(ImmutableArray<RecordData> Data, uint Ttl) : Answer;

    /// <summary>The name exists, without a record of that type (RFC 2308 §2.2).</summary>
    /// <param name="Ttl">Seconds: the TTL of the SOA record itself (CoreDNS and unbound count that, not MINIMUM); null without one.</param>
    public sealed record NoData(uint? Ttl) : Answer
    {
        /// <summary>The zone that the name is in: the owner of the SOA record. Read only where the SOA was asked for.</summary>
        public DnsName? Zone { get; init; }
    }

    /// <summary>The name does not exist (RFC 2308 §2.1), or the end of its CNAME chain does not (RFC 6604 §3).</summary>
    /// <param name="Ttl">As in <see cref="NoData"/>.</param>
    public sealed record NxDomain(uint? Ttl) : Answer
    {
        /// <inheritdoc cref="NoData.Zone"/>
        public DnsName? Zone { get; init; }
    }

    /// <summary>Any other response code, EDNS extension included.</summary>
    /// <param name="Code">What the server said.</param>
    public sealed record ServerError(ResponseCode Code) : Answer;
}

/// <summary>The data of one record: a closed set, one case per type that DnsGate asks for.</summary>
internal abstract record RecordData
{
    private RecordData()
    {
    }

    /// <summary>A or AAAA.</summary>
    /// <param name="Value">The address; its family is the record's.</param>
    public sealed record Address(IPAddress Value) : RecordData;

    /// <summary>PTR, NS or CNAME: a name.</summary>
    /// <param name="Target">The name pointed to.</param>
    public sealed record Pointer(DnsName Target) : RecordData;

    /// <summary>SRV (RFC 2782).</summary>
    /// <param name="Target">The host.</param>
    /// <param name="Port">Its port.</param>
    public sealed record Service(DnsName Target, ushort Port) : RecordData;

    /// <summary>SOA (RFC 1035 §3.3.13).</summary>
    /// <param name="Primary">MNAME.</param>
    /// <param name="Serial">SERIAL: of a CoreDNS instance, its own clock at the last change it saw.</param>
    public sealed record Authority(DnsName Primary, uint Serial) : RecordData;
}
