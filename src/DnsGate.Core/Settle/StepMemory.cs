using System.Collections.Immutable;
using DnsGate.Core.Judge;

namespace DnsGate.Core.Settle;

/// <summary>
/// The patience with one step at one server: which partition to ask, or how long to leave the server alone. A wrong
/// answer with TTL left comes from a cache, or fills one: asked again at once it only comes again. So the next
/// partition is tried; when all are known to be wrong, the TTL is waited out.
/// </summary>
/// <remarks>
/// Not every wrong answer sits in a cache: new kubeadm clusters do not cache cluster names at all, yet give TTL 30. So
/// a wrong partition is asked once more after <see cref="Recheck"/>: if the TTL fell, a cache keeps the answer; if not,
/// the answer is made anew each time, and asking every <see cref="LivePace"/> finds the change.
/// Where a cache keeps answers, each partition asked is spent until its TTL ends. What is left of them is spread over
/// the longest TTL: a server that turns right some seconds later is then noticed within a third of it, and a thousand pods
/// that started together do not all come back at its end.
/// </remarks>
public sealed class StepMemory
{
    /// <summary>When a wrong answer is asked for once more, to see whether it sits in a cache.</summary>
    public static readonly TimeSpan Recheck = TimeSpan.FromSeconds(2);

    /// <summary>The longest TTL that is waited out: the most that any kubeadm default keeps.</summary>
    public static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(30);

    /// <summary>How often a wrong answer that no cache keeps is asked for again.</summary>
    public static readonly TimeSpan LivePace = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The least time between two questions outside the cluster, right or wrong: a bucket of one token. A VPC resolver has
    /// 1,024 packets a second for all pods of a node, and what changes there changes within minutes.
    /// </summary>
    public static readonly TimeSpan ExternalPace = TimeSpan.FromSeconds(5);

    /// <summary>The longest that a silent server is left alone.</summary>
    public static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(5);

    private readonly Step step;
    private readonly CachePartition[] partitions;
    private readonly WrongAnswer?[] wrong;
    private ImmutableArray<Observation> last = [];
    private int current;
    private bool wasRight;
    private int silences;

    // Whether a cache was seen to keep answers, when a partition was asked that had nothing to say before, and when the next may be.
    private bool isKept;
    private TimeSpan drawnAt;
    private TimeSpan nextDrawAt;
    private TimeSpan silentUntil;
    private TimeSpan notBefore;

    /// <summary>Nothing is known of the step yet.</summary>
    public StepMemory(Step step)
    {
        this.step = step;
        partitions = step.IsPrivate ? [CachePartition.Cd, CachePartition.Do, CachePartition.CdDo] : [CachePartition.Plain];
        wrong = new WrongAnswer?[partitions.Length];
    }

    /// <summary>Decides what to do now; changes nothing.</summary>
    /// <param name="now">When.</param>
    /// <param name="asksTheSilent">Whether to ask a silent server without backing off.</param>
    public NextMove Decide(TimeSpan now, bool asksTheSilent = false)
    {
        TimeSpan? until =
            now < notBefore ? notBefore
            : now < silentUntil && !asksTheSilent ? silentUntil
            : now < nextDrawAt ? nextDrawAt
            : null;
        return until is null && PartitionDueAt(now) is { } index
            ? new NextMove.Ask(partitions[index])
            : new NextMove.Hold(until ?? wrong.Min(answer => answer!.AskAgainAt), last);
    }

    /// <summary>Remembers what the partition chosen by <see cref="Decide"/> gave.</summary>
    /// <param name="finding">What the answers came to.</param>
    /// <param name="interval">The pace of the rounds: the unit of the back-off.</param>
    /// <param name="now">When the answers were complete.</param>
    public void Learn(StepFinding finding, TimeSpan interval, TimeSpan now)
    {
        last = finding.Observations;
        current = Array.IndexOf(partitions, finding.Partition);
        wasRight = finding is { IsSilent: false, WrongTtl: null };
        notBefore = step.Stage == Stage.External ? now + ExternalPace : TimeSpan.Zero;
        silences = finding.IsSilent ? silences + 1 : 0;
        // The first silence is asked again in the next round; then 2, 4, … intervals later.
        silentUntil = silences > 1 ? now + Least(interval * Math.Pow(2, Math.Min(silences - 1, 10)), LongestBackOff) : TimeSpan.Zero;
        if (finding.WrongTtl is { } ttl)
        {
            Remember(ttl, now);
        }
        else if (wasRight)
        {
            wrong[current] = null;
            (isKept, nextDrawAt) = (false, TimeSpan.Zero);
        }
    }

    /// <summary>
    /// The partition to ask: first one that is wrong and may or may not sit in a cache, since until that is known another would be
    /// spent for nothing; then, from the current one on, one that has nothing wrong to repeat.
    /// </summary>
    private int? PartitionDueAt(TimeSpan now)
    {
        for (var index = 0; index < wrong.Length && !wasRight; index++)
        {
            if (wrong[index] is { } answer && answer.AskAgainAt <= now && answer.LastsAt(now))
            {
                return index;
            }
        }

        for (var turn = 0; turn < wrong.Length; turn++)
        {
            var index = (current + turn) % wrong.Length;
            if (wrong[index] is not { } answer || answer.AskAgainAt <= now)
            {
                return index;
            }
        }

        return null;
    }

    private void Remember(TimeSpan ttl, TimeSpan now)
    {
        var before = wrong[current];
        drawnAt = before is not null && before.LastsAt(now) ? drawnAt : now;
        if (ttl == TimeSpan.Zero)
        {
            // An error, or an expired entry served stale: worth asking elsewhere, and at once.
            wrong[current] = null;
            current = (current + 1) % partitions.Length;
        }
        else if (wrong.Any(earlier => HasOutlived(earlier, now) && ttl < earlier!.Ttl))
        {
            isKept = true;
            WaitOut(ttl, now, isShared: before is null);
        }
        else
        {
            // The same TTL once more: nobody keeps it. A first answer may be kept, where others were.
            var isLive = HasOutlived(before, now);
            isKept &= !isLive;
            wrong[current] = new WrongAnswer(now, ttl, now + Least(ttl, isKept ? LongestHold : isLive ? LivePace : Recheck));
        }

        nextDrawAt = isKept && partitions.Length > 1 ? drawnAt + (LongestTtl() / partitions.Length) : TimeSpan.Zero;
    }

    /// <summary>
    /// A cache keeps the answer: each partition is left alone until its own entry ends. When the TTL was lower in a
    /// partition never asked before, all of them share one entry (unbound, dnsmasq): no use in trying the rest.
    /// </summary>
    private void WaitOut(TimeSpan ttl, TimeSpan now, bool isShared)
    {
        var found = new WrongAnswer(now, ttl, now + Least(ttl, LongestHold));
        for (var index = 0; index < wrong.Length; index++)
        {
            wrong[index] = isShared || index == current
                ? found
                : wrong[index] is { } other ? other with { AskAgainAt = other.AskedAt + Least(other.Ttl, LongestHold) } : null;
        }
    }

    private TimeSpan LongestTtl() => Least(wrong.Max(answer => answer?.Ttl ?? TimeSpan.Zero), LongestHold);

    /// <summary>Whether an answer can be compared with one of now: TTLs are whole seconds, and an expired entry says nothing.</summary>
    private static bool HasOutlived(WrongAnswer? earlier, TimeSpan now) =>
        earlier is not null && now - earlier.AskedAt >= TimeSpan.FromSeconds(1) && earlier.LastsAt(now);

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>A wrong answer of one partition: when asked, with what TTL, and when to ask again.</summary>
    private sealed record WrongAnswer(TimeSpan AskedAt, TimeSpan Ttl, TimeSpan AskAgainAt)
    {
        /// <summary>Whether a cache that keeps it would still give it.</summary>
        public bool LastsAt(TimeSpan now) => now < AskedAt + Ttl;
    }
}
