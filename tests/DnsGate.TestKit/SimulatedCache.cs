namespace DnsGate.TestKit;

/// <summary>The cache plugin of CoreDNS: what is kept, how long, under which key, and which TTL a hit reports.</summary>
internal sealed class SimulatedCache(CoreDnsOptions options)
{
    private const uint Minimum = 5;

    private readonly Dictionary<Key, Entry> _entries = [];

    /// <summary>The kept answer with the TTL that is left; null when there is none, or only an expired one.</summary>
    public DnsMessage? Find(ReceivedQuery query, TimeSpan now)
    {
        if (!_entries.TryGetValue(KeyOf(query), out Entry? entry))
            return null;
        uint age = (uint)(now - entry.Stored).TotalSeconds; // whole seconds, as the plugin counts
        return age < entry.Ttl ? entry.Message.WithTtl(entry.Ttl - age) : null;
    }

    /// <summary>With serve_stale: an expired answer that is not too old, with TTL 0.</summary>
    public DnsMessage? FindStale(ReceivedQuery query, TimeSpan now) =>
        _entries.TryGetValue(KeyOf(query), out Entry? entry)
            && now - entry.Stored < TimeSpan.FromSeconds(entry.Ttl) + options.ServesStale
                ? entry.Message.WithTtl(0)
                : null;

    /// <summary>Keeps an answer, and gives it back as the client gets it: the plugin lowers, or raises, the TTL of the first reply too.</summary>
    public DnsMessage Keep(ReceivedQuery query, DnsMessage message, TimeSpan now)
    {
        Rr[] records = [.. message.Answers, .. message.Authority];
        // SERVFAIL, and whatever else has no record to take a TTL from, is kept for the minimum.
        uint ttl = records.Length == 0 ? Minimum : Math.Clamp(records.Min(rr => rr.Ttl), Minimum, Math.Max(Minimum, options.CacheTtl));
        DnsMessage kept = message.WithTtl(ttl);
        _entries[KeyOf(query)] = new Entry(kept, now, ttl);
        return kept;
    }

    private Key KeyOf(ReceivedQuery query) =>
        new(query.Name, query.Type, query.CD && options.CdIsKeyed, query.DO && options.DoIsKeyed);

    private readonly record struct Key(string Name, RrType Type, bool CD, bool DO);

    private sealed record Entry(DnsMessage Message, TimeSpan Stored, uint Ttl);
}
