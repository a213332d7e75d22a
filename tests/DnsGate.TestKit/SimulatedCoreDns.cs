
namespace DnsGate.TestKit;

/// <summary>
/// One CoreDNS instance: the data of a <see cref="ClusterData"/> as its informers see it, behind its own cache. A function
/// of the query and the clock, for replays without sockets, and a behaviour of <see cref="LoopbackNameServer"/>. Thread-safe.
/// </summary>
public sealed class SimulatedCoreDns
{
    private readonly Lock _lock = new();
    private readonly ClusterData _cluster;
    private readonly CoreDnsOptions _options;
    private readonly SimulatedCache _cache;
    private TimeSpan? _frozenAt;
    private int _replies;

    /// <summary>An instance; <see cref="CoreDnsOptions.Classic"/> unless told otherwise.</summary>
    public SimulatedCoreDns(ClusterData cluster, CoreDnsOptions? options = null)
    {
        _cluster = cluster;
        _options = options ?? CoreDnsOptions.Classic;
        _cache = new SimulatedCache(_options);
    }

    /// <summary>From now on it sees no change: it lost the API server, or terminates.</summary>
    public void Freeze()
    {
        lock (_lock)
        {
            _frozenAt = _cluster.Now;
        }
    }

    /// <summary>It sees changes again, those that it missed included.</summary>
    public void Thaw()
    {
        lock (_lock)
        {
            _frozenAt = null;
        }
    }

    /// <summary>Whether somebody listens at its port now: not while it starts, and no more once its lameduck time is over.</summary>
    public bool IsListening
    {
        get
        {
            var now = _cluster.Now;
            var started = _options.StartedAt;
            var isOpen = now >= started && (now >= _options.SyncedAt || now - CoreDnsOptions.PatienceOfStart >= started);
            return isOpen && !(now - CoreDnsOptions.Lameduck >= _options.TerminatedAt);
        }
    }

    /// <summary>What a client gets: null when nobody listens.</summary>
    public DnsMessage? Ask(ReceivedQuery query) => IsListening ? Answer(query) : null;

    /// <summary>What <see cref="Answer"/> would say now, without leaving a trace in the cache.</summary>
    public DnsMessage Peek(ReceivedQuery query)
    {
        lock (_lock)
        {
            var now = _cluster.Now;
            return (IsCached(query) ? _cache.Find(query, now) ?? _cache.FindStale(query, now) : null) ?? Resolve(query, now);
        }
    }

    /// <summary>When the answer that is kept to this query ends, or ended; null when there is none.</summary>
    public TimeSpan? KeptUntil(ReceivedQuery query)
    {
        lock (_lock)
        {
            return _cache.EndOf(query);
        }
    }

    /// <summary>Answers a query now, and caches the answer.</summary>
    public DnsMessage Answer(ReceivedQuery query)
    {
        lock (_lock)
        {
            var now = _cluster.Now;
            if (!IsCached(query))
            {
                return Shuffled(Resolve(query, now));
            }

            if (_cache.Find(query, now) is { } hit)
            {
                return Shuffled(hit);
            }

            var stale = _cache.FindStale(query, now);
            var fresh = _cache.Keep(query, Resolve(query, now), now, _options.CacheTtl);
            return Shuffled(stale ?? fresh);
        }
    }

    /// <summary>The behaviour of a server that is this instance; it is silent where nobody listens.</summary>
    public Func<ReceivedQuery, Response?> ToBehaviour() => query => Ask(query) is { } message ? Response.Write(query, message) : null;

    /// <inheritdoc cref="ToBehaviour"/>
    public static implicit operator Func<ReceivedQuery, Response?>(SimulatedCoreDns instance) => instance.ToBehaviour();

    private bool IsCached(ReceivedQuery query) => _options.CacheTtl > 0 && (_options.CachesClusterDomain || !IsClusterName(query.Name));

    private bool IsClusterName(string name) => name == _cluster.Domain || name.EndsWith("." + _cluster.Domain, StringComparison.Ordinal);

    private DnsMessage Resolve(ReceivedQuery query, TimeSpan now)
    {
        var synced = now >= _options.SyncedAt;
        var seen = LastHeardOfApi(now) - _options.InformerLag;
        if (IsClusterName(query.Name))
        {
            return synced ? Forward(query, seen) : DnsMessage.Error(Rcode.ServFail);
        }

        return synced && Reverse(query, seen) is { } own
            ? own
            : _options.Upstream(query) with { RecursionAvailable = true };
    }

    private TimeSpan LastHeardOfApi(TimeSpan now)
    {
        var at = _frozenAt ?? now;
        at = at > _options.TerminatedAt ? _options.TerminatedAt.Value : at;
        return _options.WithoutApi is var (from, until) && at >= from && at < until ? from : at;
    }

    private DnsMessage Forward(ReceivedQuery query, TimeSpan seen)
    {
        if (query.Name == _cluster.Domain)
        {
            return query.Type == RrType.Soa ? DnsMessage.WithAnswers(Soa(_cluster.Domain, seen)) : DnsMessage.NoData(Soa(_cluster.Domain, seen));
        }

        var addresses = _cluster.AddressesOf(query.Name, seen);
        Rr[] records = [.. addresses.Where(ip => Rr.TypeOf(ip) == query.Type).Select(ip => Rr.Address(query.Name, ip, _options.RecordTtl))];
        return records.Length > 0 ? DnsMessage.WithAnswers(records)
            : addresses.Count > 0 ? DnsMessage.NoData(Soa(_cluster.Domain, seen))
            : DnsMessage.NxDomain(Soa(_cluster.Domain, seen));
    }

    // Null when there is no record: kubeadm's Corefile has "fallthrough in-addr.arpa ip6.arpa".
    private DnsMessage? Reverse(ReceivedQuery query, TimeSpan seen)
    {
        var names = _cluster.NamesOf(query.Name, seen);
        return names.Count == 0 ? null
            : query.Type == RrType.Ptr ? DnsMessage.WithAnswers([.. names.Select(name => Rr.Ptr(query.Name, name, _options.RecordTtl))])
            : DnsMessage.NoData(Soa(ReverseName.ZoneOf(query.Name)!, seen));
    }

    private Rr Soa(string zone, TimeSpan seen) =>
        Rr.Soa(zone, Math.Min(_options.RecordTtl, 300), _cluster.SerialAt(seen), minimum: _options.RecordTtl);

    // CoreDNS shuffles the records of every reply; turning them by one each time shows as many orders, repeatably.
    private DnsMessage Shuffled(DnsMessage message)
    {
        var by = message.Answers.Count < 2 ? 0 : _replies++ % message.Answers.Count;
        return by == 0 ? message : message with { Answers = [.. message.Answers.Skip(by), .. message.Answers.Take(by)] };
    }
}
