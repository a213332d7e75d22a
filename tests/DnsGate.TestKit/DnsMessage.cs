namespace DnsGate.TestKit;

/// <summary>What a server says in reply to a query, before it is written. The defaults are CoreDNS's own answers: AA=1, RA=0.</summary>
public sealed record DnsMessage
{
    /// <summary>The response code.</summary>
    public Rcode Rcode { get; init; }

    /// <summary>AA. CoreDNS always sets it, on cached and forwarded answers too.</summary>
    public bool Authoritative { get; init; } = true;

    /// <summary>RA. CoreDNS leaves it clear in answers of its own; a set bit means that the question was forwarded.</summary>
    public bool RecursionAvailable { get; init; }

    /// <summary>TC: ask again over TCP.</summary>
    public bool Truncated { get; init; }

    /// <summary>The answer section.</summary>
    public IReadOnlyList<Rr> Answers { get; init; } = [];

    /// <summary>The authority section: the SOA of a negative answer.</summary>
    public IReadOnlyList<Rr> Authority { get; init; } = [];

    /// <summary>The additional section, without the OPT record.</summary>
    public IReadOnlyList<Rr> Additional { get; init; } = [];

    /// <summary>Whether the question is repeated; some servers send an error as a bare header.</summary>
    public bool RepeatsQuestion { get; init; } = true;

    /// <summary>Whether a query with an OPT record gets one back.</summary>
    public bool KnowsEdns { get; init; } = true;

    /// <summary>Whether names are compressed.</summary>
    public bool Compressed { get; init; } = true;

    /// <summary>
    /// Whether a UDP reply that is larger than the client takes becomes an empty one with TC; false sends it all the same.
    /// </summary>
    public bool RespectsUdpSize { get; init; } = true;

    /// <summary>Whether this says that the name does not exist, or has no such records.</summary>
    public bool IsNegative => Rcode == Rcode.NxDomain || (Rcode == Rcode.NoError && Answers.Count == 0);

    /// <summary>An answer with records.</summary>
    public static DnsMessage WithAnswers(params Rr[] answers) => new() { Answers = answers };

    /// <summary>NXDOMAIN with the SOA of a zone.</summary>
    public static DnsMessage NxDomain(Rr soa) => new() { Rcode = Rcode.NxDomain, Authority = [soa] };

    /// <summary>NODATA with the SOA of a zone.</summary>
    public static DnsMessage NoData(Rr soa) => new() { Authority = [soa] };

    /// <summary>A response code and nothing else.</summary>
    public static DnsMessage Error(Rcode rcode) => new() { Rcode = rcode };

    /// <summary>The same message with another TTL on every record, that of a negative answer's SOA included.</summary>
    public DnsMessage WithTtl(uint ttl) => this with
    {
        Answers = WithTtl(Answers, ttl),
        Authority = WithTtl(Authority, ttl),
        Additional = WithTtl(Additional, ttl),
    };

    /// <summary>The octets of the reply to one query.</summary>
    public byte[] Encode(ReceivedQuery query)
    {
        var whole = Write(query);
        var tooLarge = !query.OverTcp && RespectsUdpSize && whole.Length > query.EdnsSize;
        return tooLarge ? (this with { Truncated = true, Answers = [], Authority = [], Additional = [] }).Write(query) : whole;
    }

    private byte[] Write(ReceivedQuery query)
    {
        var edns = query.HasEdns && KnowsEdns;
        var flags = 0x8000 | (query.Opcode << 11) | Bit(Authoritative, 10) | Bit(Truncated, 9) | Bit(query.RD, 8)
            | Bit(RecursionAvailable, 7) | Bit(query.CD, 4) | ((int)Rcode & 15);
        MessageWriter writer = new(Compressed);
        writer.Bytes(MessageWriter.Header(
            query.Id, flags, RepeatsQuestion ? 1 : 0, Answers.Count, Authority.Count, Additional.Count + (edns ? 1 : 0)));
        if (RepeatsQuestion)
        {
            writer.Question(query.Name, query.Question);
        }

        foreach (var record in Answers.Concat(Authority).Concat(Additional))
        {
            writer.Record(record);
        }

        if (edns)
        {
            writer.Bytes([0, 0, (byte)RrType.Opt, 1232 >> 8, 1232 & 0xFF, 0, 0, (byte)(query.DO ? 0x80 : 0), 0, 0, 0]);
        }

        return writer.ToArray();
    }

    // What has the TTL already is not copied: simulations at scale ask a million times.
    private static IReadOnlyList<Rr> WithTtl(IReadOnlyList<Rr> records, uint ttl) =>
        records.All(rr => rr.Ttl == ttl) ? records : [.. records.Select(rr => rr with { Ttl = ttl })];

    private static int Bit(bool set, int position) => set ? 1 << position : 0;
}
