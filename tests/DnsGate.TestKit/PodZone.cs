using System.Net;

namespace DnsGate.TestKit;

/// <summary>
/// What one name server knows of one pod: forward and reverse records, negative answers with an SOA. A value: every
/// <c>With…</c> gives another one. Goes where a behaviour is expected.
/// </summary>
/// <example><c>new LoopbackNameServer(PodZone.For("zk-0.zk-headless.prod.svc.cluster.local", "10.244.1.7"))</c></example>
public sealed record PodZone
{
    /// <summary>The pod's name, lower-cased, without trailing dot.</summary>
    public required string Name { get; init; }

    /// <summary>The addresses published at the name; none = NODATA.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The PTR names by address; an address that is not in it is NXDOMAIN.</summary>
    public IReadOnlyDictionary<IPAddress, IReadOnlyList<string>> Reverse { get; init; } =
        new Dictionary<IPAddress, IReadOnlyList<string>>();

    /// <summary>Other records, answered to their own name and type.</summary>
    public IReadOnlyList<Rr> OtherRecords { get; init; } = [];

    /// <summary>Whether the name exists; false = NXDOMAIN to every forward question.</summary>
    public bool Exists { get; init; } = true;

    /// <summary>Types for which the name is NXDOMAIN although it exists: a server in two states at once.</summary>
    public IReadOnlyList<RrType> NxDomainTypes { get; init; } = [];

    /// <summary>The TTL of records and of negative answers, in seconds.</summary>
    public uint Ttl { get; init; } = 30;

    /// <summary>AA in every answer.</summary>
    public bool Authoritative { get; init; } = true;

    /// <summary>RA in forward answers.</summary>
    public bool RecursionAvailable { get; init; }

    /// <summary>RA in reverse answers: CoreDNS forwarded the question.</summary>
    public bool ReverseForwarded { get; init; }

    /// <summary>The zone of the name, owner of the SOA in its negative answers.</summary>
    public string Zone { get; init; } = "cluster.local";

    /// <summary>The zone of a server that is right: these addresses, and the name as the PTR of each.</summary>
    public static PodZone For(string name, params string[] addresses) =>
        new PodZone { Name = name.TrimEnd('.').ToLowerInvariant() }.WithAddress(addresses);

    /// <summary>Other addresses instead, forward and reverse: the data of a stale server. None = the name without addresses.</summary>
    public PodZone WithAddress(params string[] addresses)
    {
        IPAddress[] parsed = [.. addresses.Select(IPAddress.Parse)];
        return this with { Addresses = parsed, Reverse = parsed.ToDictionary(ip => ip, IReadOnlyList<string> (_) => [Name]) };
    }

    /// <summary>More addresses at the same name, forward and reverse.</summary>
    public PodZone WithExtra(params string[] addresses) => WithAddress([.. Addresses.Select(ip => ip.ToString()), .. addresses]) with
    {
        Reverse = addresses.Select(IPAddress.Parse).Aggregate(Reverse, (reverse, ip) => With(reverse, ip, [Name])),
    };

    /// <summary>Other PTR names for every published address; none = NXDOMAIN.</summary>
    public PodZone WithPtr(params string[] names) =>
        this with { Reverse = Addresses.Aggregate(Reverse, (reverse, ip) => With(reverse, ip, names)) };

    /// <summary>Other PTR names for one address, published or not; none = NXDOMAIN.</summary>
    public PodZone WithPtrFor(string address, params string[] names) =>
        this with { Reverse = With(Reverse, IPAddress.Parse(address), names) };

    /// <summary>A record of any name and type beside the pod's.</summary>
    public PodZone WithRecord(params Rr[] records) => this with { OtherRecords = [.. OtherRecords, .. records] };

    /// <summary>Another TTL.</summary>
    public PodZone WithTtl(uint ttl) => this with { Ttl = ttl };

    /// <summary>NXDOMAIN for some types of the name, records for the others.</summary>
    public PodZone WithNxDomainFor(params RrType[] types) => this with { NxDomainTypes = types };

    /// <summary>The server does not know the pod: NXDOMAIN, forward and reverse.</summary>
    public PodZone Missing() => WithAddress() with { Exists = false };

    /// <summary>A recursive server: AA=0, RA=1 in every answer.</summary>
    public PodZone AsUpstream() => this with { Authoritative = false, RecursionAvailable = true, ReverseForwarded = true };

    /// <summary>Reverse answers with RA=1: forwarded by CoreDNS, not its own.</summary>
    public PodZone WithReverseForwarded() => this with { ReverseForwarded = true };

    /// <summary>The answer to a query.</summary>
    public DnsMessage Answer(ReceivedQuery query)
    {
        var reverseZone = ReverseName.ZoneOf(query.Name);
        var message = OtherAnswer(query) ?? (reverseZone is null ? ForwardAnswer(query) : ReverseAnswer(query, reverseZone));
        return message with
        {
            Authoritative = Authoritative,
            RecursionAvailable = reverseZone is null ? RecursionAvailable : ReverseForwarded,
        };
    }

    /// <summary>The behaviour of a server with this zone.</summary>
    public Func<ReceivedQuery, Response?> ToBehaviour() => query => Response.Write(query, Answer(query));

    /// <inheritdoc cref="ToBehaviour"/>
    public static implicit operator Func<ReceivedQuery, Response?>(PodZone zone) => zone.ToBehaviour();

    private DnsMessage? OtherAnswer(ReceivedQuery query)
    {
        Rr[] atName = [.. OtherRecords.Where(rr => string.Equals(rr.Name, query.Name, StringComparison.OrdinalIgnoreCase))];
        Rr[] answers = [.. atName.Where(rr => rr.Type == query.Type || rr.Type == RrType.Cname)];
        return answers.Length > 0 ? DnsMessage.WithAnswers(answers)
            : atName.Length > 0 && query.Name != Name ? DnsMessage.NoData(Soa(Zone))
            : null;
    }

    private DnsMessage ForwardAnswer(ReceivedQuery query)
    {
        if (query.Name == Zone)
        {
            return query.Type == RrType.Soa ? DnsMessage.WithAnswers(Soa(Zone)) : DnsMessage.NoData(Soa(Zone));
        }

        if (query.Name != Name || !Exists || NxDomainTypes.Contains(query.Type))
        {
            return DnsMessage.NxDomain(Soa(Zone));
        }

        Rr[] answers = [.. Addresses.Where(ip => Rr.TypeOf(ip) == query.Type).Select(ip => Rr.Address(Name, ip, Ttl))];
        return answers.Length > 0 ? DnsMessage.WithAnswers(answers) : DnsMessage.NoData(Soa(Zone));
    }

    private DnsMessage ReverseAnswer(ReceivedQuery query, string zone)
    {
        var names = Reverse.FirstOrDefault(entry => ReverseName.From(entry.Key) == query.Name).Value ?? [];
        return names.Count == 0 ? DnsMessage.NxDomain(Soa(zone))
            : query.Type != RrType.Ptr ? DnsMessage.NoData(Soa(zone))
            : DnsMessage.WithAnswers([.. names.Select(name => Rr.Ptr(query.Name, name, Ttl))]);
    }

    private Rr Soa(string zone) => Rr.Soa(zone, Ttl);

    private static Dictionary<IPAddress, IReadOnlyList<string>> With(
        IReadOnlyDictionary<IPAddress, IReadOnlyList<string>> reverse, IPAddress address, IReadOnlyList<string> names) =>
        new(reverse) { [address] = names };
}
