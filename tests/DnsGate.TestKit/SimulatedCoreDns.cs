
namespace DnsGate.TestKit;

/// <summary>
/// One CoreDNS instance: the data of a <see cref="ClusterData"/> as its informers see it, behind its own cache. A function
/// of the query and the clock, for replays without sockets, and a behaviour of <see cref="LoopbackNameServer"/>. Thread-safe.
/// </summary>
public sealed class SimulatedCoreDns
{
    private readonly Lock guard = new();
    private readonly ClusterData cluster;
    private readonly CoreDnsOptions options;
    private readonly SimulatedCache cache;
    private TimeSpan? frozenAt;
    private int replies;

    /// <summary>An instance; <see cref="CoreDnsOptions.Classic"/> unless told otherwise.</summary>
    public SimulatedCoreDns(ClusterData cluster, CoreDnsOptions? options = null)
    {
        this.cluster = cluster;
        this.options = options ?? CoreDnsOptions.Classic;
        cache = new SimulatedCache(this.options);
    }

    /// <summary>From now on it sees no change: it lost the API server, or terminates.</summary>
    public void Freeze()
    {
        lock (guard)
        {
            frozenAt = cluster.Now;
        }
    }

    /// <summary>It sees changes again, those that it missed included.</summary>
    public void Thaw()
    {
        lock (guard)
        {
            frozenAt = null;
        }
    }

    /// <summary>Whether somebody listens at its port now: not while it starts, and no more once its lameduck time is over.</summary>
    public bool IsListening
    {
        get
        {
            var now = cluster.Now;
            var started = options.StartedAt;
            var isOpen = now >= started && (now >= options.SyncedAt || now - CoreDnsOptions.PatienceOfStart >= started);
            return isOpen && !(now - CoreDnsOptions.Lameduck >= options.TerminatedAt);
        }
    }

    /// <summary>What a client gets: null when nobody listens.</summary>
    public DnsMessage? Ask(ReceivedQuery query) => IsListening ? Answer(query) : null;

    /// <summary>What <see cref="Answer"/> would say now, without leaving a trace in the cache.</summary>
    public DnsMessage Peek(ReceivedQuery query)
    {
        lock (guard)
        {
            var now = cluster.Now;
            return (IsCached(query) ? cache.Find(query, now) ?? cache.FindStale(query, now) : null) ?? Resolve(query, now);
        }
    }

    /// <summary>When the answer that is kept to this query ends, or ended; null when there is none.</summary>
    public TimeSpan? KeptUntil(ReceivedQuery query)
    {
        lock (guard)
        {
            return cache.EndOf(query);
        }
    }

    /// <summary>Answers a query now, and caches the answer.</summary>
    public DnsMessage Answer(ReceivedQuery query)
    {
        lock (guard)
        {
            var now = cluster.Now;
            if (!IsCached(query))
            {
                return Shuffled(Resolve(query, now));
            }

            if (cache.Find(query, now) is { } hit)
            {
                return Shuffled(hit);
            }

            var stale = cache.FindStale(query, now);
            var fresh = cache.Keep(query, Resolve(query, now), now, options.CacheTtl);
            return Shuffled(stale ?? fresh);
        }
    }

    /// <summary>The behaviour of a server that is this instance; it is silent where nobody listens.</summary>
    public Func<ReceivedQuery, Response?> ToBehaviour() => query => Ask(query) is { } message ? Response.Write(query, message) : null;

    /// <inheritdoc cref="ToBehaviour"/>
    public static implicit operator Func<ReceivedQuery, Response?>(SimulatedCoreDns instance) => instance.ToBehaviour();

    private bool IsCached(ReceivedQuery query) => options.CacheTtl > 0 && (options.CachesClusterDomain || !IsClusterName(query.Name));

    private bool IsClusterName(string name) => name == cluster.Domain || name.EndsWith("." + cluster.Domain, StringComparison.Ordinal);

    private DnsMessage Resolve(ReceivedQuery query, TimeSpan now)
    {
        var synced = now >= options.SyncedAt;
        var seen = LastHeardOfApi(now) - options.InformerLag;
        if (IsClusterName(query.Name))
        {
            return synced ? Forward(query, seen) : DnsMessage.Error(Rcode.ServFail);
        }

        return synced && Reverse(query, seen) is { } own
            ? own
            : options.Upstream(query) with { RecursionAvailable = true };
    }

    private TimeSpan LastHeardOfApi(TimeSpan now)
    {
        var at = frozenAt ?? now;
        at = at > options.TerminatedAt ? options.TerminatedAt.Value : at;
        return options.WithoutApi is var (from, until) && at >= from && at < until ? from : at;
    }

    private DnsMessage Forward(ReceivedQuery query, TimeSpan seen)
    {
        if (query.Name == cluster.Domain)
        {
            return query.Type == RrType.Soa
                ? DnsMessage.WithAnswers(Soa(cluster.Domain, seen))
                : DnsMessage.NoData(Soa(cluster.Domain, seen));
        }

        var addresses = cluster.AddressesOf(query.Name, seen);
        Rr[] records = [.. addresses.Where(ip => Rr.TypeOf(ip) == query.Type).Select(ip => Rr.Address(query.Name, ip, options.RecordTtl))];
        return records.Length > 0 ? DnsMessage.WithAnswers(records)
            : addresses.Count > 0 ? DnsMessage.NoData(Soa(cluster.Domain, seen))
            : DnsMessage.NxDomain(Soa(cluster.Domain, seen));
    }

    // Null when there is no record: kubeadm's Corefile has "fallthrough in-addr.arpa ip6.arpa".
    private DnsMessage? Reverse(ReceivedQuery query, TimeSpan seen)
    {
        var names = cluster.NamesOf(query.Name, seen);
        return names.Count == 0 ? null
            : query.Type == RrType.Ptr ? DnsMessage.WithAnswers([.. names.Select(name => Rr.Ptr(query.Name, name, options.RecordTtl))])
            : DnsMessage.NoData(Soa(ReverseName.ZoneOf(query.Name)!, seen));
    }

    private Rr Soa(string zone, TimeSpan seen) =>
        Rr.Soa(zone, Math.Min(options.RecordTtl, 300), cluster.SerialAt(seen), minimum: options.RecordTtl);

    // CoreDNS shuffles the records of every reply; turning them by one each time shows as many orders, repeatably.
    private DnsMessage Shuffled(DnsMessage message)
    {
        var by = message.Answers.Count < 2 ? 0 : replies++ % message.Answers.Count;
        return by == 0 ? message : message with { Answers = [.. message.Answers.Skip(by), .. message.Answers.Take(by)] };
    }
}
