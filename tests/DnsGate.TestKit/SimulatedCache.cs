namespace DnsGate.TestKit;

/// <summary>The cache plugin of CoreDNS: what is kept, how long, under which key, and which TTL a hit reports.</summary>
internal sealed class SimulatedCache(CoreDnsOptions options)
{
    private const uint Minimum = 5;

    private readonly Dictionary<Key, Entry> entries = [];

    /// <summary>The kept answer with the TTL that is left; null when there is none, or only an expired one.</summary>
    public DnsMessage? Find(ReceivedQuery query, TimeSpan now)
    {
        if (!entries.TryGetValue(KeyOf(query), out var entry))
        {
            return null;
        }

        var age = (uint)(now - entry.Stored).TotalSeconds; // whole seconds, as the plugin counts
        return age < entry.Ttl ? entry.Message.WithTtl(entry.Ttl - age) : null;
    }

    /// <summary>With serve_stale: an expired answer that is not too old, with TTL 0.</summary>
    public DnsMessage? FindStale(ReceivedQuery query, TimeSpan now) =>
        entries.TryGetValue(KeyOf(query), out var entry)
            && now - entry.Stored < TimeSpan.FromSeconds(entry.Ttl) + options.ServesStale
                ? entry.Message.WithTtl(0)
                : null;

    /// <summary>When the answer that is kept ends, or ended; null when there is none.</summary>
    public TimeSpan? EndOf(ReceivedQuery query) =>
        entries.TryGetValue(KeyOf(query), out var entry) ? entry.Stored + TimeSpan.FromSeconds(entry.Ttl) : null;

    /// <summary>
    /// Keeps an answer, and gives it back as the client gets it: the plugin lowers, or raises, the TTL of the first reply too.
    /// </summary>
    /// <param name="query">What was asked.</param>
    /// <param name="message">The answer.</param>
    /// <param name="now">When.</param>
    /// <param name="cap">The longest, in seconds.</param>
    public DnsMessage Keep(ReceivedQuery query, DnsMessage message, TimeSpan now, uint cap)
    {
        Rr[] records = [.. message.Answers, .. message.Authority];
        // SERVFAIL, and whatever else has no record to take a TTL from, is kept for the minimum.
        var ttl = records.Length == 0 ? Minimum : Math.Clamp(records.Min(rr => rr.Ttl), Minimum, Math.Max(Minimum, cap));
        var kept = message.WithTtl(ttl);
        entries[KeyOf(query)] = new Entry(kept, now, ttl);
        return kept;
    }

    private Key KeyOf(ReceivedQuery query) =>
        new(query.Name, query.Type, query.CD && options.CdIsKeyed, query.DO && options.DoIsKeyed);

    private readonly record struct Key(string Name, RrType Type, bool CD, bool DO);

    private sealed record Entry(DnsMessage Message, TimeSpan Stored, uint Ttl);
}
