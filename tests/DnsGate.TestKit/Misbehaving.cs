using System.Collections.Concurrent;

namespace DnsGate.TestKit;

/// <summary>
/// Behaviours of name servers that do not do as they should; most spoil the behaviour of one that does, called
/// <c>right</c> (a <see cref="PodZone"/>, a <see cref="SimulatedCoreDns"/>, or any function).
/// </summary>
public static partial class Misbehaving
{
    /// <summary>Never answers.</summary>
    public static Func<ReceivedQuery, Response?> Silent() => _ => null;

    /// <summary>Answers late.</summary>
    public static Func<ReceivedQuery, Response?> Late(TimeSpan by, Func<ReceivedQuery, Response?> right) =>
        query => right(query)?.Delayed(by);

    /// <summary>
    /// Answers with the first behaviour to the first query, with the second to the second, and so on; the last one stays.
    /// </summary>
    public static Func<ReceivedQuery, Response?> InTurn(params Func<ReceivedQuery, Response?>[] behaviours)
    {
        var next = -1;
        return query => behaviours[Math.Min(Interlocked.Increment(ref next), behaviours.Length - 1)](query);
    }

    /// <summary>Behaves in one way to some queries and in another way to the rest.</summary>
    public static Func<ReceivedQuery, Response?> When(
        Func<ReceivedQuery, bool> condition, Func<ReceivedQuery, Response?> then, Func<ReceivedQuery, Response?> otherwise) =>
        query => (condition(query) ? then : otherwise)(query);

    /// <summary>Behaves in one way to questions of one type and in another way to the rest.</summary>
    public static Func<ReceivedQuery, Response?> ForType(
        RrType type, Func<ReceivedQuery, Response?> then, Func<ReceivedQuery, Response?> otherwise) =>
        When(query => query.Type == type, then, otherwise);

    /// <summary>Loses the first datagrams, whatever they ask, then answers.</summary>
    public static Func<ReceivedQuery, Response?> DropFirst(int count, Func<ReceivedQuery, Response?> right)
    {
        var seen = 0;
        return query => Interlocked.Increment(ref seen) <= count ? null : right(query);
    }

    /// <summary>
    /// Loses the first, third, fifth… datagram of every question (name, type, CD, DO): each is answered only when sent again.
    /// </summary>
    public static Func<ReceivedQuery, Response?> DropEveryOther(Func<ReceivedQuery, Response?> right)
    {
        ConcurrentDictionary<(string, RrType, bool, bool), int> seen = new();
        return query =>
            seen.AddOrUpdate((query.Name, query.Type, query.CD, query.DO), 1, (_, count) => count + 1) % 2 == 1 ? null : right(query);
    }

    /// <summary>Loses datagrams at random, repeatably.</summary>
    public static Func<ReceivedQuery, Response?> Lossy(double probability, int seed, Func<ReceivedQuery, Response?> right)
    {
        Random random = new(seed);
        return query =>
        {
            lock (random)
            {
                return random.NextDouble() < probability ? null : right(query);
            }
        };
    }

    /// <summary>Answers every question with a response code, with the question repeated or as a bare header.</summary>
    public static Func<ReceivedQuery, Response?> Error(Rcode rcode, bool repeatsQuestion = true) =>
        query => Response.Write(query, new DnsMessage { Rcode = rcode, RepeatsQuestion = repeatsQuestion });

    /// <summary>FORMERR to queries with an OPT record, right to those without: a server older than EDNS.</summary>
    public static Func<ReceivedQuery, Response?> FormErrIfEdns(
        Func<ReceivedQuery, Response?> right, bool repeatsQuestion = true, Rcode code = Rcode.FormErr)
    {
        DnsMessage error = new() { Rcode = code, RepeatsQuestion = repeatsQuestion, KnowsEdns = false };
        return query => query.HasEdns ? Response.Write(query, error) : right(query);
    }

    /// <summary>NXDOMAIN to questions of one type, right to the rest.</summary>
    public static Func<ReceivedQuery, Response?> NxDomainFor(RrType type, Func<ReceivedQuery, Response?> right, uint ttl = 30) =>
        ForType(type, query => Response.Write(query, DnsMessage.NxDomain(Rr.Soa("cluster.local", ttl))), right);

    /// <summary>Every answer is the beginning of a circle of aliases.</summary>
    public static Func<ReceivedQuery, Response?> CnameLoop(int length = 2, uint ttl = 30) => query =>
    {
        string[] names = [query.Name, .. Enumerable.Range(1, length - 1).Select(i => $"loop-{i}.{query.Name}"), query.Name];
        return Response.Write(query, DnsMessage.WithAnswers([.. names.Zip(names.Skip(1), (from, to) => Rr.Cname(from, to, ttl))]));
    };

    /// <summary>A chain of aliases, and at its end the addresses of the family asked for. The records may come in any order.</summary>
    public static Func<ReceivedQuery, Response?> CnameChain(int length, string[] addresses, bool reversed = false, uint ttl = 30) =>
        query =>
    {
        string[] names = [query.Name, .. Enumerable.Range(1, length).Select(i => $"alias-{i}.example.com")];
        List<Rr> records = [.. names.Zip(names.Skip(1), (from, to) => Rr.Cname(from, to, ttl))];
        records.AddRange(addresses.Select(address => Rr.Address(names[^1], address, ttl)).Where(rr => rr.Type == query.Type));
        if (reversed)
        {
            records.Reverse();
        }

        return Response.Write(query, DnsMessage.WithAnswers([.. records]));
    };

    /// <summary>TC and no records over UDP; over TCP right, in the given manner.</summary>
    public static Func<ReceivedQuery, Response?> TruncatedOverUdp(
        Func<ReceivedQuery, Response?> right, TcpManner manner = TcpManner.Orderly, TimeSpan? dripInterval = null) => query =>
        query.OverTcp
            ? right(query) is { } response
                ? response with { Tcp = manner, DripInterval = dripInterval ?? response.DripInterval }
                : null
            : Response.Write(query, new DnsMessage { Truncated = true });

    /// <summary>TC over UDP together with records, which are not to be believed; over TCP right.</summary>
    public static Func<ReceivedQuery, Response?> TruncatedWithRecords(
        Func<ReceivedQuery, Response?> udp, Func<ReceivedQuery, Response?> tcp) =>
        query => query.OverTcp ? tcp(query) : udp(query)?.Tampered(reply =>
        {
            reply[2] |= 2;
            return reply;
        });
}
