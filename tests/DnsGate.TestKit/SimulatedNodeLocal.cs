namespace DnsGate.TestKit;

/// <summary>
/// NodeLocal DNSCache: a cache on the node, in front of the CoreDNS instances behind the virtual IP, which it asks one at a
/// time, with the flags of the query. Cluster names are kept 30 s, or 5 s when they do not exist; reverse names 30 s. What
/// has less than 5 s left upstream is kept 5 s here. For replays without sockets, and a behaviour of
/// <see cref="LoopbackNameServer"/>. Thread-safe.
/// </summary>
/// <param name="cluster">The clock, and the cluster domain.</param>
/// <param name="instances">The instances behind the virtual IP.</param>
public sealed class SimulatedNodeLocal(ClusterData cluster, params IReadOnlyList<SimulatedCoreDns> instances)
{
    private const uint Cap = 30;
    private const uint CapOfDenial = 5;

    private readonly Lock guard = new();
    private readonly SimulatedCache cache = new(CoreDnsOptions.Classic);
    private int questions;

    /// <summary>Which instance gets the n-th question that the cache does not answer: a number from 0 on; in turn by default.</summary>
    public Func<int, int> Picks { get; init; } = question => question;

    /// <summary>Answers a query now, and caches the answer.</summary>
    public DnsMessage Answer(ReceivedQuery query)
    {
        lock (guard)
        {
            var now = cluster.Now;
            if (cache.Find(query, now) is { } hit)
            {
                return hit;
            }

            if (Next(questions++) is not { } instance)
            {
                return DnsMessage.Error(Rcode.ServFail); // its own, which no cache keeps
            }

            var message = instance.Answer(query);
            return cache.Keep(query, message, now, message.IsNegative && ReverseName.ZoneOf(query.Name) is null ? CapOfDenial : Cap);
        }
    }

    /// <summary>What <see cref="Answer"/> would say now, without leaving a trace in any cache.</summary>
    public DnsMessage Peek(ReceivedQuery query)
    {
        lock (guard)
        {
            return cache.Find(query, cluster.Now) ?? Next(questions)?.Peek(query) ?? DnsMessage.Error(Rcode.ServFail);
        }
    }

    /// <summary>The behaviour of a server that is this cache.</summary>
    public Func<ReceivedQuery, Response?> ToBehaviour() => query => Response.Write(query, Answer(query));

    /// <inheritdoc cref="ToBehaviour"/>
    public static implicit operator Func<ReceivedQuery, Response?>(SimulatedNodeLocal cache) => cache.ToBehaviour();

    // A connection that is refused is tried again, and balanced anew: it ends at an instance that listens, if there is one.
    private SimulatedCoreDns? Next(int question)
    {
        var first = Picks(question);
        return Enumerable.Range(first, instances.Count)
            .Select(at => instances[at % instances.Count])
            .FirstOrDefault(instance => instance.IsListening);
    }
}
