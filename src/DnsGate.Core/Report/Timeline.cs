using System.Collections.Immutable;
using DnsGate.Core.Judge;
using DnsGate.Core.Servers;

namespace DnsGate.Core.Report;

/// <summary>From when on something was so. The last one lasts until now.</summary>
/// <param name="From">On the loop's clock.</param>
/// <param name="Value">What was so.</param>
public readonly record struct Stretch<T>(TimeSpan From, T Value);

/// <summary>What the gate itself said.</summary>
/// <param name="Status">Open or not.</param>
/// <param name="IsDrifting">Whether a server disagreed although the gate was open.</param>
public readonly record struct GateStanding(GateStatus Status, bool IsDrifting);

/// <summary>What one server said, oldest first; null where it was not in the list.</summary>
/// <param name="View">The view that it was asked for.</param>
/// <param name="Server">The server.</param>
/// <param name="Stretches">Never empty.</param>
public sealed record ServerTimeline(View View, ServerAddress Server, ImmutableArray<Stretch<Judgement?>> Stretches)
{
    /// <summary>Tells the servers of all views apart.</summary>
    public (ViewKey View, ServerAddress Server) Key => (View.Key, Server);
}

/// <summary>
/// The last hour: since when the gate and each server have been saying what they say, and what they said before. Immutable,
/// and bounded whatever the servers do: one that flaps each second loses its oldest stretches, one that left the list is
/// forgotten after the hour.
/// </summary>
public sealed class Timeline
{
    /// <summary>How long a change is remembered.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    /// <summary>The most stretches that are kept of one server, and of the gate.</summary>
    public const int MostStretches = 120;

    /// <summary>The most servers that are remembered although they have left the list.</summary>
    public const int MostDeparted = 100;

    /// <summary>
    /// The most characters that are kept of what proves a judgement: of eight PTR records it may have eight thousand, anew each
    /// second. What differs only behind them counts as no change.
    /// </summary>
    public const int MostDetail = 400;

    /// <summary>Nothing has happened yet.</summary>
    public static readonly Timeline Empty = new();

    private Dictionary<(ViewKey View, ServerAddress Server), ServerTimeline> servers = [];

    /// <summary>The gate itself, oldest first; empty before the first round.</summary>
    public ImmutableArray<Stretch<GateStanding>> Gate { get; private init; } = [];

    /// <summary>Every server that was in the list within the hour.</summary>
    public IReadOnlyCollection<ServerTimeline> Servers => servers.Values;

    /// <summary>Since when no server has changed its reason.</summary>
    public TimeSpan ReasonsSince { get; private init; }

    /// <summary>When the last round ended; null before the first.</summary>
    public TimeSpan? LastRound { get; private init; }

    /// <summary>Since when a server has been saying what it says; null for one that is not known.</summary>
    public TimeSpan? SinceOf(ServerVerdict server) => servers.TryGetValue(server.Key, out var line) ? line.Stretches[^1].From : null;

    /// <summary>For how long no server has changed its reason, if this is the newest verdict.</summary>
    public TimeSpan UnchangedFor(Verdict verdict, TimeSpan now) =>
        verdict.Servers.All(server => servers.GetValueOrDefault(server.Key)?.Stretches[^1].Value?.Reason == server.Judgement.Reason) ? now - ReasonsSince : TimeSpan.Zero;

    /// <summary>The time line after one more round. A server that the round did not reach goes on as it was.</summary>
    public Timeline After(Snapshot snapshot, TimeSpan now)
    {
        var next = new Dictionary<(ViewKey View, ServerAddress Server), ServerTimeline>(servers);
        var listed = snapshot.Listing is { } listing ? KeysOf(listing) : null;
        var reasonsSince = ReasonsSince;
        foreach (var server in snapshot.Servers)
        {
            // What stands from an earlier list (external views of an open gate) has left with its server, and does not come back with each round.
            if (listed is not null && !listed.Contains(server.Key))
            {
                continue;
            }

            var known = next.GetValueOrDefault(server.Key);
            if (known?.Stretches[^1].Value?.Reason != server.Judgement.Reason)
            {
                reasonsSince = now;
            }

            next[server.Key] = new ServerTimeline(server.View, server.Server.Address, Append<Judgement?>(known?.Stretches ?? [], Kept(server.Judgement), now));
        }

        if (listed is not null)
        {
            Depart(next, listed, now);
        }

        return new Timeline { servers = next, Gate = Append(Gate, new GateStanding(snapshot.Status, snapshot.IsDrifting), now), ReasonsSince = reasonsSince, LastRound = now };
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

    private static Judgement Kept(Judgement judgement) =>
        judgement.Detail.Length <= MostDetail ? judgement : judgement with { Detail = $"{judgement.Detail[..(MostDetail - 1)]}…" };

    private static void Depart(Dictionary<(ViewKey View, ServerAddress Server), ServerTimeline> servers, HashSet<(ViewKey View, ServerAddress Server)> listed, TimeSpan now)
    {
        List<ServerTimeline> departed = [.. servers.Values.Where(server => !listed.Contains(server.Key)).Select(server => server with { Stretches = Append(server.Stretches, null, now) })];
        departed.Sort((left, right) => right.Stretches[^1].From.CompareTo(left.Stretches[^1].From));
        for (var index = 0; index < departed.Count; index++)
        {
            var server = departed[index];
            if (index < MostDeparted && now - server.Stretches[^1].From < Remembered)
            {
                servers[server.Key] = server;
            }
            else
            {
                servers.Remove(server.Key);
            }
        }
    }

    private static ImmutableArray<Stretch<T>> Append<T>(ImmutableArray<Stretch<T>> stretches, T value, TimeSpan now)
    {
        if (!stretches.IsEmpty && EqualityComparer<T>.Default.Equals(stretches[^1].Value, value))
        {
            return stretches;
        }

        // What ended before the hour is forgotten: the stretch that reaches into it is kept.
        var first = 0;
        while (first + 1 < stretches.Length && (now - stretches[first + 1].From >= Remembered || stretches.Length - first >= MostStretches))
        {
            first++;
        }

        return [.. stretches.AsSpan()[first..], new Stretch<T>(now, value)];
    }
}
