using System.Collections.Immutable;
using DnsGate.Core.Judge;

namespace DnsGate.Core.Settle;

/// <summary>What to do about one step at one server now.</summary>
public abstract record NextMove
{
    private NextMove()
    {
    }

    /// <summary>Ask, in this cache partition.</summary>
    public sealed record Ask(CachePartition Partition) : NextMove;

    /// <summary>Do not ask: the last answer would come again until then.</summary>
    /// <param name="Until">When asking makes sense again.</param>
    /// <param name="Last">What was observed last: it stands.</param>
    public sealed record Hold(TimeSpan Until, ImmutableArray<Observation> Last) : NextMove;
}

/// <summary>
/// The patience with one step at one server: which partition to ask, or how long to leave the server alone. A wrong
/// answer with TTL left comes from a cache, or fills one: asked again at once it only comes again. So the next
/// partition is tried; when all are known to be wrong, the TTL is waited out.
/// </summary>
/// <remarks>
/// Not every wrong answer sits in a cache: new kubeadm clusters do not cache cluster names at all, yet give TTL 30. So
/// the first partition is asked once more after <see cref="Recheck"/>: if the TTL fell, a cache keeps the answer and the
/// rest of the TTL is waited out; if not, the answer is made anew each time, and asking every <see cref="LivePace"/> finds the change.
/// </remarks>
public sealed class StepMemory(Step step)
{
    /// <summary>The longest that a wrong answer is believed to stay before it was seen to sit in a cache.</summary>
    public static readonly TimeSpan Recheck = TimeSpan.FromSeconds(3);

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

    private static readonly CachePartition[] PrivatePartitions = [CachePartition.Cd, CachePartition.Do, CachePartition.CdDo];
    private static readonly CachePartition[] PlainPartition = [CachePartition.Plain];

    private readonly CachePartition[] partitions = step.IsPrivate ? PrivatePartitions : PlainPartition;
    private readonly WrongAnswer?[] wrong = new WrongAnswer?[step.IsPrivate ? PrivatePartitions.Length : PlainPartition.Length];
    private int current;
    private int silences;
    private TimeSpan silentUntil;
    private ImmutableArray<Observation> last = [];
    private TimeSpan notBefore;

    /// <summary>Decides what to do now.</summary>
    /// <param name="now">When.</param>
    /// <param name="asksTheSilent">Whether to ask a silent server without backing off.</param>
    public NextMove Decide(TimeSpan now, bool asksTheSilent = false)
    {
        if (now < notBefore)
        {
            return new NextMove.Hold(notBefore, last);
        }

        if (now < silentUntil && !asksTheSilent)
        {
            return new NextMove.Hold(silentUntil, last);
        }

        for (var turn = 0; turn < partitions.Length; turn++)
        {
            var index = (current + turn) % partitions.Length;
            if (wrong[index] is not { } answer || answer.AskAgainAt <= now)
            {
                current = index;
                return new NextMove.Ask(partitions[index]);
            }
        }

        return new NextMove.Hold(wrong.Min(answer => answer!.AskAgainAt), last);
    }

    /// <summary>Remembers what the partition chosen by <see cref="Decide"/> gave.</summary>
    /// <param name="finding">What the answers came to.</param>
    /// <param name="interval">The pace of the rounds: the unit of the back-off.</param>
    /// <param name="now">When the answers were complete.</param>
    public void Learn(StepFinding finding, TimeSpan interval, TimeSpan now)
    {
        last = finding.Observations;
        notBefore = step.Stage == Stage.External ? now + ExternalPace : TimeSpan.Zero;
        silences = finding.IsSilent ? silences + 1 : 0;
        // The first silence is asked again in the next round; then 2, 4, … intervals later.
        silentUntil = silences > 1 ? now + Least(interval * Math.Pow(2, Math.Min(silences - 1, 10)), LongestBackOff) : TimeSpan.Zero;
        if (finding.WrongTtl is { } ttl)
        {
            Remember(ttl, now);
        }
        else if (!finding.IsSilent)
        {
            wrong[current] = null;
        }
    }

    private void Remember(TimeSpan ttl, TimeSpan now)
    {
        var before = wrong[current];
        if (ttl == TimeSpan.Zero)
        {
            // An error, or an expired entry served stale: worth asking elsewhere, and at once.
            wrong[current] = null;
            current = (current + 1) % partitions.Length;
        }
        else if (wrong.Any(earlier => Outlived(earlier, now) && ttl < earlier!.Ttl))
        {
            WaitOut(ttl, now, isShared: before is null);
        }
        else
        {
            var again = Outlived(before, now) ? LivePace : Recheck;
            wrong[current] = new WrongAnswer(now, ttl, now + Least(ttl, again));
        }
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

    /// <summary>Whether an answer can be compared with one of now: TTLs are whole seconds, and an expired entry says nothing.</summary>
    private static bool Outlived(WrongAnswer? earlier, TimeSpan now) =>
        earlier is not null && now - earlier.AskedAt >= TimeSpan.FromSeconds(1) && now < earlier.AskedAt + earlier.Ttl;

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>A wrong answer of one partition: when asked, with what TTL, and when to ask again.</summary>
    private sealed record WrongAnswer(TimeSpan AskedAt, TimeSpan Ttl, TimeSpan AskAgainAt);
}

/// <summary>What one step at one server came to, as far as patience is concerned.</summary>
/// <param name="Observations">What was observed.</param>
/// <param name="IsSilent">Whether the step failed for silence, so that nothing is known.</param>
/// <param name="WrongTtl">The longest TTL of the wrong answers: all of them must change. Zero when they have none; null when nothing is wrong.</param>
public readonly record struct StepFinding(ImmutableArray<Observation> Observations, bool IsSilent, TimeSpan? WrongTtl);
