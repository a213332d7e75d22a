using System.Collections.Immutable;
using DnsGate.Core.Dns;

namespace DnsGate.Core.Model;

/// <summary>Something that was so from a time on, until the next interval begins; the last one lasts until now.</summary>
/// <param name="From">On the loop's clock.</param>
/// <param name="Value">What was so.</param>
internal readonly record struct Interval<T>(TimeSpan From, T Value);

/// <summary>What one server said, oldest first; null where it was not in the list.</summary>
/// <param name="View">The view that it was asked for.</param>
/// <param name="Server">The server.</param>
/// <param name="Intervals">Never empty.</param>
internal sealed record ServerHistory(View View, ServerAddress Server, ImmutableArray<Interval<Judgement?>> Intervals)
{
    /// <summary>Tells the servers of all views apart.</summary>
    public (ViewKey View, ServerAddress Server) Key => (View.Key, Server);

    /// <summary>Since when it has said what it says.</summary>
    public TimeSpan Since => Intervals[^1].From;

    /// <summary>The longest TTL of its answers at that time.</summary>
    public TimeSpan Ttl { get; init; }

    /// <summary>When it was last asked, and said that: an earlier answer that stands does not count.</summary>
    public TimeSpan LastAskedAt { get; init; }
}

/// <summary>
/// The last hour: since when the gate and each server have been saying what they say, and what they said before. Immutable,
/// and bounded whatever the servers do: one that flaps each second loses its oldest intervals, one that left the list is
/// forgotten after the hour.
/// </summary>
internal sealed class History
{
    /// <summary>How long a change is remembered.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    /// <summary>The most intervals that are kept of one server, and of the gate.</summary>
    public const int MaxIntervals = 120;

    /// <summary>The most servers that are remembered although they have left the list.</summary>
    public const int MaxDeparted = 100;

    /// <summary>
    /// The most characters that are kept of what proves a judgement: of eight PTR records it may have eight thousand, again each
    /// second. What differs only behind them counts as no change.
    /// </summary>
    public const int MaxDetail = 400;

    /// <summary>Nothing has happened yet.</summary>
    public static readonly History Empty = new();

    private Dictionary<(ViewKey View, ServerAddress Server), ServerHistory> servers = [];

    /// <summary>The gate itself, oldest first; empty before the first round.</summary>
    public ImmutableArray<Interval<GateStatus>> Gate { get; private init; } = [];

    /// <summary>Every server that was in the list within the hour.</summary>
    public IReadOnlyCollection<ServerHistory> Servers => servers.Values;

    /// <summary>Since when no server has changed its reason.</summary>
    public TimeSpan ReasonsSince { get; private init; }

    /// <summary>When the last round ended; null before the first.</summary>
    public TimeSpan? LastRound { get; private init; }

    /// <summary>Of a gate that opened before the loop's clock began, and whose servers have not been asked since.</summary>
    /// <param name="from">When it opened: negative.</param>
    public static History OpenSince(TimeSpan from) => new() { Gate = [new Interval<GateStatus>(from, GateStatus.Open)] };

    /// <summary>Since when a server has been saying what it says; null for one that is not known.</summary>
    public TimeSpan? SinceOf(ServerVerdict server) => servers.GetValueOrDefault(server.Key)?.Since;

    /// <summary>What a server said before this verdict; null where that was something else.</summary>
    public ServerHistory? SameAnswerOf(ServerVerdict server) =>
        servers.GetValueOrDefault(server.Key) is { } line && line.Intervals[^1].Value == Compact(server.Judgement) ? line : null;

    /// <summary>For how long no server has changed its reason, if this is the newest verdict.</summary>
    public TimeSpan UnchangedFor(RoundVerdict verdict, TimeSpan now) =>
        verdict.Servers.All(server => servers.GetValueOrDefault(server.Key)?.Intervals[^1].Value?.Reason == server.Judgement.Reason)
            ? now - ReasonsSince
            : TimeSpan.Zero;

    /// <summary>The time line after one more round. A server that the round did not reach goes on as it was.</summary>
    public History After(GateSnapshot snapshot, TimeSpan now)
    {
        var next = new Dictionary<(ViewKey View, ServerAddress Server), ServerHistory>(servers);
        var listed = snapshot.Listing is { } listing ? KeysOf(listing) : null;
        var reasonsSince = ReasonsSince;
        foreach (var server in snapshot.Servers)
        {
            // What stands from an earlier list (external views of an open gate) has left with its
            // server, and does not come back with each round.
            if (listed is not null && !listed.Contains(server.Key))
            {
                continue;
            }

            var known = next.GetValueOrDefault(server.Key);
            if (known?.Intervals[^1].Value?.Reason != server.Judgement.Reason)
            {
                reasonsSince = now;
            }

            var intervals = Append<Judgement?>(known?.Intervals ?? [], Compact(server.Judgement), now);
            var isSame = known is not null && intervals == known.Intervals;
            next[server.Key] = new ServerHistory(server.View, server.Server.Address, intervals)
            {
                Ttl = isSame ? known!.Ttl : TtlOf(server),
                LastAskedAt = isSame && !server.IsFresh ? known!.LastAskedAt : now,
            };
        }

        if (listed is not null)
        {
            Depart(next, listed, now);
        }

        return new History
        {
            servers = next,
            Gate = Append(Gate, snapshot.Status, now),
            ReasonsSince = reasonsSince,
            LastRound = snapshot.Round is null ? LastRound : now,
        };
    }

    private static HashSet<(ViewKey View, ServerAddress Server)> KeysOf(Listing listing)
    {
        var listed = new HashSet<(ViewKey View, ServerAddress Server)>();
        foreach (var view in listing.Views)
        {
            foreach (var server in view.Servers)
            {
                listed.Add((view.Key, server.Address));
            }
        }

        return listed;
    }

    /// <summary>The longest TTL of its records; where it has none, of its denials.</summary>
    private static TimeSpan TtlOf(ServerVerdict server) => TimeSpan.FromSeconds(
        server.Observations.Max(observation =>
            observation.Outcome is Outcome.Responded { Answer: Answer.Records records } ? records.Ttl : null as uint?)
        ?? server.Observations.Max(observation => observation.Outcome.Ttl)
        ?? 0);

    private static Judgement Compact(Judgement judgement) =>
        judgement.Detail.Length <= MaxDetail ? judgement : judgement with { Detail = $"{judgement.Detail[..(MaxDetail - 1)]}…" };

    private static void Depart(
        Dictionary<(ViewKey View, ServerAddress Server), ServerHistory> servers,
        HashSet<(ViewKey View, ServerAddress Server)> listed, TimeSpan now)
    {
        var departed = servers.Values
            .Where(server => !listed.Contains(server.Key))
            .ToList()
            .ConvertAll(server => server with { Intervals = Append(server.Intervals, null, now) });
        departed.Sort((left, right) => right.Intervals[^1].From.CompareTo(left.Intervals[^1].From));
        for (var index = 0; index < departed.Count; index++)
        {
            var server = departed[index];
            if (index < MaxDeparted && now - server.Intervals[^1].From < Remembered)
            {
                servers[server.Key] = server;
            }
            else
            {
                servers.Remove(server.Key);
            }
        }
    }

    private static ImmutableArray<Interval<T>> Append<T>(ImmutableArray<Interval<T>> intervals, T value, TimeSpan now)
    {
        if (!intervals.IsEmpty && EqualityComparer<T>.Default.Equals(intervals[^1].Value, value))
        {
            return intervals;
        }

        // What ended before the hour is forgotten: the interval that reaches into it is kept.
        var first = 0;
        while (first + 1 < intervals.Length && (now - intervals[first + 1].From >= Remembered || intervals.Length - first >= MaxIntervals))
        {
            first++;
        }

        return [.. intervals.AsSpan()[first..], new Interval<T>(now, value)];
    }
}
