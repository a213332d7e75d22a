using System.Collections.Immutable;
using DnsGate.Core.Model;

namespace DnsGate.Core.Gate;

/// <summary>What one step at one server gave, as far as asking it again depends on it.</summary>
/// <param name="Partition">The cache partition that was asked.</param>
/// <param name="Observations">What was observed.</param>
/// <param name="IsSilent">Whether a question got no answer, and none was answered wrongly.</param>
/// <param name="WrongTtl">The longest TTL among the wrong answers, zero where they have none; null when no answer is wrong.</param>
internal sealed record StepResult(CachePartition Partition, ImmutableArray<Observation> Observations, bool IsSilent, TimeSpan? WrongTtl)
{
    /// <summary>
    /// Whether the server returned NXDOMAIN for every type, and can be asked with another type: it caches by type, as CoreDNS does.
    /// </summary>
    public bool IsNameMissing { get; init; }
}

/// <summary>
/// When to ask one server the questions of one step again, and in which cache partition. Immutable.
/// </summary>
/// <remarks>
/// <code>
/// answer    how it is recognized                                   what is asked next
/// right     no answer is wrong, none is missing                    the same partition in the next round
/// silent    a question was not answered                            the same partition in the next round; from the second
///                                                                  silence on after 2, 4, ... intervals, at most 5 s
/// no TTL    wrong with TTL 0, or an error                          the next partition in the next round
/// new       wrong with a TTL, nothing to compare it with           the other partitions; this one again after 2 s
/// live      wrong again after 1 s or more, the TTL has not fallen  this partition every 2 s: no cache holds the answer
/// cached    wrong again, the TTL has fallen                        this partition when its entry expires; the partitions
///                                                                  that are left, spread over the longest TTL
/// shared    as cached, in a partition not asked before             any partition when the entry expires: all share it
/// missing   as cached, NXDOMAIN for every type                     as cached; while a partition is left, every 2 s also whether
///                                                                  the name exists
/// exists    after missing: the name exists                         a partition that is left, in the next round
/// </code>
/// Not every wrong answer sits in a cache: new kubeadm clusters do not cache cluster names, yet give TTL 30. Where a cache
/// holds answers, each partition that was asked is spent until its entry expires. Spreading the remaining partitions over the
/// TTL notices a server that recovers early within a third of it, and keeps a thousand pods from coming back all at once.
/// A name that appears is noticed earlier: a type that was never asked for has no entry in the cache.
/// No TTL is waited out for longer than 30 s. Outside the cluster 5 s pass between two questions, right or wrong.
/// </remarks>
internal sealed record RetryState
{
    /// <summary>When a wrong answer is asked for once more, to see whether a cache holds it.</summary>
    public static readonly TimeSpan Recheck = TimeSpan.FromSeconds(2);

    /// <summary>The longest TTL that is waited out: the most that any kubeadm default caches.</summary>
    public static readonly TimeSpan MaxTtl = TimeSpan.FromSeconds(30);

    /// <summary>How often a wrong answer that no cache holds is asked for again, and whether a missing name exists by now.</summary>
    public static readonly TimeSpan LiveInterval = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The minimum time between two questions outside the cluster. A VPC resolver answers 1,024 packets a second for all pods of
    /// a node, and what changes there changes within minutes.
    /// </summary>
    public static readonly TimeSpan ExternalInterval = TimeSpan.FromSeconds(5);

    /// <summary>The longest back-off from a silent server.</summary>
    public static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(5);

    private readonly bool isExternal;
    private readonly ImmutableArray<CachePartition> partitions;

    private RetryState(Step step)
    {
        isExternal = step.Stage == Stage.External;
        partitions = step.Stage switch
        {
            Stage.ClusterPrivate => [CachePartition.Cd, CachePartition.Do, CachePartition.CdDo],
            Stage.Watch => [CachePartition.CdDo],
            _ => [CachePartition.Plain],
        };
        Wrong = [.. partitions.Select(_ => (WrongAnswer?)null)];
    }

    /// <summary>What was observed last; it stands while the server is not asked again.</summary>
    public ImmutableArray<Observation> LastObservations { get; private init; } = [];

    // The last wrong answer of each partition; null where there is none that could come again.
    private ImmutableArray<WrongAnswer?> Wrong { get; init; }

    private int Current { get; init; }

    private bool WasRight { get; init; }

    private int Silences { get; init; }

    // Whether a cache was seen to hold answers, when a partition without a known answer was last asked, and when the next one may be.
    private bool IsCached { get; init; }

    private TimeSpan SpentAt { get; init; }

    private TimeSpan NextPartitionAt { get; init; }

    private bool IsNameMissing { get; init; }

    private TimeSpan ExistenceNotBefore { get; init; }

    private TimeSpan BackoffUntil { get; init; }

    private TimeSpan NotBefore { get; init; }

    // Whether a wrong answer came again after its TTL was over: what gave it does not follow the cluster, or serves stale answers.
    private bool HasReturned { get; init; }

    /// <summary>
    /// When the last answer expires, where it is wrong and its TTL was seen to fall, so that a cache holds it. Null where nothing is known
    /// of that, and where a wrong answer has come again after its TTL: then the end of a TTL promises nothing.
    /// </summary>
    public TimeSpan? CachedUntil { get; private init; }

    /// <summary>Nothing is known yet: the first partition is asked at once.</summary>
    /// <param name="step">Decides which partitions there are.</param>
    public static RetryState Initial(Step step) => new(step);

    /// <summary>The partition to ask now; null when nothing new can be learned before <see cref="DueAt"/>.</summary>
    /// <param name="now">The time on the loop's clock.</param>
    /// <param name="ignoreBackoff">Whether to ask a silent server without backing off.</param>
    public CachePartition? NextPartition(TimeSpan now, bool ignoreBackoff = false) =>
        BlockedUntil(now, ignoreBackoff) is null && IndexDueAt(now) is { } index ? partitions[index] : null;

    /// <summary>Whether to ask now if the name exists: if it does, a partition is left that can be asked at once.</summary>
    /// <param name="now">The time on the loop's clock.</param>
    public bool IsExistenceDue(TimeSpan now) => ExistenceDueAt <= now && now < NextPartitionAt;

    /// <summary>When to look again: now, or the earliest time at which asking may bring something new.</summary>
    /// <param name="now">The time on the loop's clock.</param>
    /// <param name="ignoreBackoff">Whether to ask a silent server without backing off.</param>
    public TimeSpan DueAt(TimeSpan now, bool ignoreBackoff = false) =>
        BlockedUntil(now, ignoreBackoff) is { } until ? Min(until, Max(ExistenceDueAt ?? until, now))
        : IndexDueAt(now) is not null ? now
        : Wrong.Min(answer => answer!.AskAgainAt);

    /// <summary>The state after the partition chosen by <see cref="NextPartition"/> was asked.</summary>
    /// <param name="result">What it gave.</param>
    /// <param name="interval">The time between two rounds: the unit of the back-off.</param>
    /// <param name="now">When the answers were complete.</param>
    public RetryState After(StepResult result, TimeSpan interval, TimeSpan now)
    {
        var silences = result.IsSilent ? Silences + 1 : 0;
        var next = this with
        {
            LastObservations = result.Observations,
            Current = partitions.IndexOf(result.Partition),
            WasRight = result is { IsSilent: false, WrongTtl: null },
            IsNameMissing = result.IsNameMissing,
            CachedUntil = null,
            NotBefore = isExternal ? now + ExternalInterval : TimeSpan.Zero,
            Silences = silences,
            BackoffUntil = silences > 1 ? now + Min(interval * Math.Pow(2, Math.Min(silences - 1, 10)), MaxBackoff) : TimeSpan.Zero,
        };
        return result.WrongTtl is { } ttl ? next.AfterWrong(ttl, now)
            : next.WasRight ? next with
            {
                Wrong = Wrong.SetItem(next.Current, null),
                IsCached = false,
                HasReturned = false,
                NextPartitionAt = TimeSpan.Zero,
            }
            : next;
    }

    /// <summary>The state after the question whether the name exists. If it does not, the partitions stay due when they were.</summary>
    /// <param name="exists">Whether the server said that it exists.</param>
    /// <param name="now">When the answers were complete.</param>
    public RetryState AfterExistence(bool exists, TimeSpan now) =>
        this with { ExistenceNotBefore = now + LiveInterval, NextPartitionAt = exists ? TimeSpan.Zero : NextPartitionAt };

    /// <summary>When to ask whether the name exists; null when no partition is left by then, or the next one is due anyway.</summary>
    private TimeSpan? ExistenceDueAt =>
        IsNameMissing && Max(ExistenceNotBefore, Wrong.Min(answer => answer?.AskAgainAt ?? TimeSpan.Zero)) is var at && at < NextPartitionAt
            ? at
            : null;

    private TimeSpan? BlockedUntil(TimeSpan now, bool ignoreBackoff) =>
        now < NotBefore ? NotBefore
        : now < BackoffUntil && !ignoreBackoff ? BackoffUntil
        : now < NextPartitionAt ? NextPartitionAt
        : null;

    /// <summary>
    /// First a partition whose wrong answer may or may not be cached: until that is known, asking another one would spend it for
    /// nothing. Then, from the current one on, a partition without a wrong answer that would only come again.
    /// </summary>
    private int? IndexDueAt(TimeSpan now)
    {
        for (var index = 0; index < Wrong.Length && !WasRight; index++)
        {
            if (Wrong[index] is { } answer && answer.AskAgainAt <= now && answer.LastsAt(now))
            {
                return index;
            }
        }

        for (var offset = 0; offset < Wrong.Length; offset++)
        {
            var index = (Current + offset) % Wrong.Length;
            if (Wrong[index] is not { } answer || answer.AskAgainAt <= now)
            {
                return index;
            }
        }

        return null;
    }

    private RetryState AfterWrong(TimeSpan ttl, TimeSpan now)
    {
        var before = Wrong[Current];
        var hasReturned = HasReturned || before?.LastsAt(now) == false;
        var next = this;
        if (ttl == TimeSpan.Zero)
        {
            // An error, or an expired entry served stale: worth asking elsewhere, and at once.
            next = this with { Wrong = Wrong.SetItem(Current, null), Current = (Current + 1) % partitions.Length };
        }
        else if (Wrong.Any(earlier => IsComparable(earlier, now) && ttl < earlier!.Ttl))
        {
            next = AfterCached(ttl, now, isShared: before is null) with { CachedUntil = hasReturned ? null : now + ttl };
        }
        else
        {
            // The TTL has not fallen: no cache holds it. A first answer may be cached where others were.
            var isLive = IsComparable(before, now);
            var isCached = IsCached && !isLive;
            var wait = isCached ? MaxTtl : isLive ? LiveInterval : Recheck;
            next = this with { IsCached = isCached, Wrong = Wrong.SetItem(Current, new WrongAnswer(now, ttl, now + Min(ttl, wait))) };
        }

        var spentAt = before is not null && before.LastsAt(now) ? SpentAt : now;
        var longestTtl = Min(next.Wrong.Max(answer => answer?.Ttl ?? TimeSpan.Zero), MaxTtl);
        return next with
        {
            SpentAt = spentAt,
            HasReturned = hasReturned,
            NextPartitionAt = next.IsCached && partitions.Length > 1 ? spentAt + (longestTtl / partitions.Length) : TimeSpan.Zero,
        };
    }

    /// <summary>
    /// A cache holds the answer: each partition waits until its own entry expires; where all share
    /// one entry (unbound, dnsmasq), until that.
    /// </summary>
    private RetryState AfterCached(TimeSpan ttl, TimeSpan now, bool isShared)
    {
        var found = new WrongAnswer(now, ttl, now + Min(ttl, MaxTtl));
        return this with
        {
            IsCached = true,
            Wrong = [.. Wrong.Select((other, index) =>
                isShared || index == Current ? found
                : other is null ? null
                : other with { AskAgainAt = other.AskedAt + Min(other.Ttl, MaxTtl) })],
        };
    }

    /// <summary>Whether an answer can be compared with one of now: TTLs are whole seconds, and an expired entry proves nothing.</summary>
    private static bool IsComparable(WrongAnswer? earlier, TimeSpan now) =>
        earlier is not null && now - earlier.AskedAt >= TimeSpan.FromSeconds(1) && earlier.LastsAt(now);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>A wrong answer of one partition: when asked, with what TTL, and when to ask again.</summary>
    private sealed record WrongAnswer(TimeSpan AskedAt, TimeSpan Ttl, TimeSpan AskAgainAt)
    {
        /// <summary>Whether a cache that holds it would still return it.</summary>
        public bool LastsAt(TimeSpan now) => now < AskedAt + Ttl;
    }
}
