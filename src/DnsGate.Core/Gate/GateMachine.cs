using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Rules;

namespace DnsGate.Core.Gate;

/// <summary>When the loop ends of itself.</summary>
internal enum StopRule
{
    /// <summary>After one round, whatever it says: <c>check</c>, <c>explain</c>, <c>--timeout 0</c>.</summary>
    AfterOneRound,

    /// <summary>When the gate opens: <c>wait</c>, <c>run</c>.</summary>
    WhenOpen,

    /// <summary>Never: an open gate is watched from then on (<c>serve</c>).</summary>
    Never,
}

/// <summary>What the machine needs to know of the options.</summary>
/// <param name="Stop">When the loop ends.</param>
/// <param name="Rule">How long the servers must agree; one round is enough where the loop ends after one.</param>
/// <param name="Deadline">Time from the start after which the loop ends; null for none.</param>
/// <param name="Interval">Time between two rounds while waiting.</param>
/// <param name="QueryTimeout">Time for one question.</param>
/// <param name="WatchInterval">Time between two rounds of an open gate; null to ask no more once it is open.</param>
/// <param name="Quorum">How many servers of the cluster view must answer; for the snapshot.</param>
internal sealed record GatePlan(
    StopRule Stop, SettleRule Rule, TimeSpan? Deadline, TimeSpan Interval, TimeSpan QueryTimeout, TimeSpan? WatchInterval, Quorum Quorum)
{
    /// <summary>The members of <c>--peers</c> and the names of <c>--also</c>; null without these options.</summary>
    public PeerPlan? Peers { get; init; }

    /// <summary>The plan that the options ask for.</summary>
    public static GatePlan Create(GateOptions options, StopRule stop, ImmutableArray<Peer> peers, ImmutableArray<Peer> also) => new(
        stop,
        stop == StopRule.AfterOneRound ? SettleRule.OneRound : options.Rule,
        stop == StopRule.Never || options.Timeout.IsOneRound ? null : options.Timeout.Limit,
        options.Interval,
        options.QueryTimeout,
        options.WatchInterval,
        options.Require)
    {
        Peers = peers.IsEmpty && also.IsEmpty
            ? null
            : new PeerPlan(peers, options.PeersRequire, options.PeersTimeout, options.OnPeersTimeout) { Also = also },
    };
}

/// <summary>
/// Every decision of the gate: when to list, what to ask, whether the answers have settled, whether anything stands against
/// opening, how long to pause, what to publish, what is drift, and when it is over. It knows no sockets and no clock: the caller
/// does each <see cref="GateStep"/>, gives the result to <c>Learn</c>, and asks for the next one.
/// </summary>
internal sealed class GateMachine
{
    /// <summary>How often the list of servers is looked at while the machine waits for its next round.</summary>
    public static readonly TimeSpan ListCheckInterval = TimeSpan.FromSeconds(1);

    // A deadline reserves this for each trip still to come: one silent server, excused by
    // --require, does not use up the time of the others.
    private static readonly TimeSpan ReservePerTrip = TimeSpan.FromMilliseconds(100);

    // Servers that flap must not make every pod ask the API server with every second round.
    private static readonly TimeSpan SilenceListInterval = TimeSpan.FromSeconds(5);

    // A source may take 5 s, and auto goes on to the next one.
    private static readonly TimeSpan ListLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan WatchListInterval = TimeSpan.FromMinutes(5);

    // The DNS server of a node that died stays listed for most of a minute: its drift ends when it leaves the list.
    private static readonly TimeSpan DriftListInterval = TimeSpan.FromMinutes(1);

    // Silence of open servers: asked again before it is told, and again soon after.
    private static readonly TimeSpan SilenceRecheck = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstLookAfterSilence = TimeSpan.FromSeconds(10);

    private readonly GatePlan plan;
    private readonly Identity identity;
    private readonly Func<double> chance;
    private readonly RetryTable retry;
    private readonly Pace pace;
    private readonly PeerSearch? peers;
    private readonly Diagnosis? notAMember;
    private readonly IEnumerator<GateStep> steps;

    // What the caller has learned.
    private TimeSpan now;
    private bool wasStopped;
    private Listing? listing;
    private IReadOnlyCollection<Observation> observations = [];
    private DomainProbe? probe;
    private TimeSpan probedAt;
    private IReadOnlyCollection<LookupResult> lookedUp = [];
    private double peerDatagrams;

    // What became of it.
    private SettleWindow window = SettleWindow.Initial;
    private RoundVerdict? verdict;
    private GateSnapshot last;

    /// <summary>Makes the machine; its clock begins at zero.</summary>
    /// <param name="plan">What it needs to know of the options.</param>
    /// <param name="identity">The pod.</param>
    /// <param name="chance">
    /// Gives a number from 0 to 1: pauses are jittered, so that pods that started together do not stay together.
    /// </param>
    /// <param name="openFor">
    /// For how long the gate has been open already; null for one that starts closed. Only with <see cref="StopRule.Never"/>.
    /// </param>
    public GateMachine(GatePlan plan, Identity identity, Func<double> chance, TimeSpan? openFor = null)
    {
        (this.plan, this.identity, this.chance) = (plan, identity, chance);
        (retry, pace) = (new RetryTable(plan.Interval), new Pace(plan.Interval, plan.Rule));
        if (plan.Peers is { } members)
        {
            peers = new PeerSearch(
                members, TypesOf(identity), plan.Interval, isOneRound: plan.Stop == StopRule.AfterOneRound);
            notAMember = Membership.Judge(identity.Name, members.Peers);
        }

        last = openFor is { } time
            ? GateSnapshot.Resumed(identity, time) with { Rule = plan.Rule, Quorum = plan.Quorum }
            : GateSnapshot.Starting(identity);
        steps = Run().GetEnumerator();
    }

    private bool IsPastDeadline => now >= plan.Deadline;

    /// <summary>What is known now; before the first round, nothing.</summary>
    /// <param name="at">The time on the loop's clock.</param>
    public GateSnapshot SnapshotAt(TimeSpan at) => last with { Now = at };

    /// <summary>The next step. The result of the step before has been learned by now.</summary>
    /// <param name="at">The time on the loop's clock, which never goes back.</param>
    public GateStep Next(TimeSpan at)
    {
        // The process was stopped (SIGSTOP, a frozen node): no server was asked in that time, and it does not count as agreement.
        var overslept = at - EndOf(steps.Current, at);
        wasStopped = overslept > plan.Interval;
        window = wasStopped ? window.Later(overslept) : window;
        now = at;
        steps.MoveNext();
        return steps.Current;
    }

    /// <summary>Takes the list that a <see cref="GateStep.List"/> gave.</summary>
    public void Learn(Listing listed) => listing = listed;

    /// <summary>Takes one observation for each question of a <see cref="GateStep.Ask"/>.</summary>
    public void Learn(IReadOnlyCollection<Observation> answers) => observations = answers;

    /// <summary>Takes one result for each question of a <see cref="GateStep.LookUp"/>.</summary>
    public void Learn(IReadOnlyCollection<LookupResult> results) => lookedUp = results;

    /// <summary>Takes the result of a <see cref="GateStep.Probe"/>.</summary>
    public void Learn(DomainProbe result) => probe = result;

    /// <summary>When the step ends at the latest, if nothing stops the process.</summary>
    private TimeSpan EndOf(GateStep? step, TimeSpan at) => step switch
    {
        GateStep.Pause pause => pause.Until,
        GateStep.Ask or GateStep.LookUp or GateStep.Probe => now + plan.QueryTimeout,
        GateStep.List => now + ListLimit,
        _ => at,
    };

    private IEnumerable<GateStep> Run()
    {
        var phases = last.IsResumed ? Resume().Concat(Watch())
            : plan.Stop == StopRule.Never ? Wait().Concat(Watch())
            : Wait();
        foreach (var step in phases)
        {
            yield return step;
        }

        while (true)
        {
            yield return new GateStep.Done(last);
        }
    }

    /// <summary>Rounds until the gate opens, the deadline has passed, or one round is all there is.</summary>
    private IEnumerable<GateStep> Wait()
    {
        var isOneRound = plan.Stop == StopRule.AfterOneRound;
        var hasFallenSilent = false;
        TimeSpan? refreshedAt = null;
        while (true)
        {
            var begunAt = now;
            var forceRefresh = hasFallenSilent && !(now - refreshedAt < SilenceListInterval);
            refreshedAt = forceRefresh ? now : refreshedAt;
            yield return new GateStep.List(forceRefresh, IsReported: true);
            var asked = TakeListing();
            var round = new RoundPlan(asked, retry, RoundScope.All, ignoreBackoff: window.AgreeingRounds > 0);
            var cutShort = false;
            while (round.Next(now) is { Length: > 0 } questions)
            {
                var limit = LimitOfTrip(round);
                cutShort |= limit < plan.QueryTimeout;
                yield return new GateStep.Ask(asked, questions, limit);
                round.Learn(observations, now);
            }

            var before = verdict;
            verdict = round.Verdict(before);
            if (before is not null && (IsPastDeadline || (cutShort && IsAnySilent(verdict))))
            {
                // The deadline cut this round off: what it lacks says nothing about the servers. The round before stands.
                yield return new GateStep.Pause(plan.Deadline!.Value);
                yield break;
            }

            hasFallenSilent = IsAnySilent(verdict) && !(before is not null && IsAnySilent(before));
            window = window.After(verdict, plan.Rule, now);
            // Settled although a server has just answered with TTL 0: it agreed often enough before.
            var reason = window.IsSettled ? Reason.Agrees : verdict.Reason;
            foreach (var step in AskPeers())
            {
                yield return step;
            }

            if (ArePeersDue && ObjectionOfPeers(peers!.SummaryAt(now)) is { } missing)
            {
                (window, reason) = (window with { IsSettled = false }, missing);
            }

            if (window.IsSettled || isOneRound)
            {
                // If nothing opens, no source is fetched: the list has what became known about the servers during the round.
                yield return new GateStep.List(ForceRefresh: window.IsSettled, IsReported: false);
                var again = TakeListing();
                if (window.IsSettled && wasStopped)
                {
                    // The answers are as old as the stop was long.
                    window = window with { IsSettled = false };
                    continue;
                }

                if (window.IsSettled && OpeningRule.ObjectionTo(asked, again, isOneRound) is { } objection)
                {
                    // The window does not start over: the next round asks the servers that this one did not.
                    (window, reason) = (window with { IsSettled = false }, objection);
                }

                asked = again.HasSameServersAs(asked) ? again : asked;
            }

            var raisesProbe = DomainProbe.IsWorthAsking(verdict);
            if (raisesProbe && (probe is null || now - probedAt >= ProbeInterval))
            {
                yield return new GateStep.Probe(plan.Deadline - now);
                probedAt = now;
            }

            yield return Publish(SnapshotOfWait(asked, reason, raisesProbe ? probe : null));
            if (window.IsSettled || isOneRound || IsPastDeadline || HaveFailedPeers)
            {
                yield break;
            }

            var nextRound = pace.NextRoundAt(round, window, begunAt, now, chance(), peerDatagrams);
            foreach (var step in PauseUntil(nextRound < plan.Deadline ? nextRound : plan.Deadline ?? nextRound, asked))
            {
                yield return step;
            }

            if (IsPastDeadline)
            {
                yield break;
            }
        }
    }

    /// <summary>A server that is gone is not waited for: a wrong one may be gone long before its TTL ends.</summary>
    private IEnumerable<GateStep> PauseUntil(TimeSpan end, Listing asked)
    {
        while (now < end)
        {
            yield return new GateStep.Pause(end - now < ListCheckInterval ? end : now + ListCheckInterval);
            if (now < end)
            {
                yield return new GateStep.List(ForceRefresh: false, IsReported: false);
                if (!TakeListing().HasSameServersAs(asked))
                {
                    yield break;
                }
            }
        }
    }

    /// <summary>Whether the own name lets members be asked for: it has settled, or agrees where one round is all.</summary>
    private bool ArePeersDue =>
        peers is not null
        && (window.IsSettled || (plan.Stop == StopRule.AfterOneRound && verdict!.Kind == VerdictKind.Agrees));

    /// <summary>Whether a wait is over since members are missing, and <c>--on-peers-timeout fail</c> is set.</summary>
    private bool HaveFailedPeers =>
        plan.Stop == StopRule.WhenOpen && last is { Reason: Reason.PeerMissing, Peers.HasTimedOut: true };

    /// <summary>The questions about other members that this round has left.</summary>
    private IEnumerable<GateStep> AskPeers()
    {
        peerDatagrams = 0;
        if (!ArePeersDue)
        {
            yield break;
        }

        peers!.Begin(verdict!, now);
        while (!IsPastDeadline && peers.Next(now) is { Length: > 0 } lookups)
        {
            yield return new GateStep.LookUp(lookups, plan.Deadline - now);
            peers.Learn(lookedUp, now);
            peerDatagrams = peers.MaxDatagramsToOne;
            // The answers about the own name are as old as the stop was long.
            window = wasStopped ? window with { IsSettled = false } : window;
        }
    }

    /// <summary>
    /// Why other names or members keep the gate closed; null where they do not. In one round what is missing counts at once. A gate that
    /// waits opens in the end by default: the first pod of a StatefulSet with OrderedReady has no peers before it is ready itself.
    /// </summary>
    private Reason? ObjectionOfPeers(PeerSummary summary) =>
        summary.WrongAlso.Any() ? Reason.AlsoWrong
        : summary.IsEnough ? null
        : plan.Stop == StopRule.AfterOneRound || !summary.HasTimedOut || plan.Peers!.OnTimeout == OnTimeout.Fail ? Reason.PeerMissing
        : null;

    private static ImmutableArray<RecordType> TypesOf(Identity identity) =>
        [.. identity.Addresses.Select(ForwardJudge.TypeOf).Distinct()];

    /// <summary>In place of the wait: the gate is open at once. Its servers are not known yet.</summary>
    private IEnumerable<GateStep> Resume()
    {
        yield return Publish(last);
        while (plan.WatchInterval is null)
        {
            yield return new GateStep.Pause(TimeSpan.MaxValue);
        }

        yield return new GateStep.List(ForceRefresh: false, IsReported: true);
        TakeListing();
    }

    /// <summary>
    /// Rounds of a gate that is open, without end. What they find is published and never closes the gate: a pod that runs stays in service.
    /// </summary>
    private IEnumerable<GateStep> Watch()
    {
        var (opened, current, listedAt) = (last, listing!, now);
        // The round that opened the gate has just ended; after a restart there was none.
        var isDue = opened.IsResumed;
        TimeSpan? lookSoonAfter = null;
        while (true)
        {
            yield return new GateStep.Pause(
                isDue ? now
                : plan.WatchInterval is { } interval
                    ? Pace.NextWatchAt(lookSoonAfter < interval ? lookSoonAfter.Value : interval, now, chance())
                : TimeSpan.MaxValue);
            isDue = false;
            if (now - listedAt >= (last.Status == GateStatus.Drifting ? DriftListInterval : WatchListInterval))
            {
                yield return new GateStep.List(ForceRefresh: true, IsReported: true);
                (current, listedAt) = (WithoutWeakerSource(TakeListing(), current), now);
            }

            foreach (var step in AskWatch(current, RoundScope.Watch))
            {
                yield return step;
            }

            if (last.Status != GateStatus.Drifting && IsDrift(verdict!) && now - listedAt > ListCheckInterval)
            {
                // A server that was replaced meanwhile, as in every rollout, is no drift.
                var asked = current;
                yield return new GateStep.List(ForceRefresh: true, IsReported: true);
                (current, listedAt) = (WithoutWeakerSource(TakeListing(), current), now);
                if (!current.HasSameServersAs(asked))
                {
                    foreach (var step in AskWatch(current, RoundScope.Watch))
                    {
                        yield return step;
                    }
                }
            }

            if (IsDrift(verdict!))
            {
                // What the application asks decides. One moment of silence is no drift, whether the server paused or this process.
                foreach (var step in AskWatch(current, RoundScope.Confirm))
                {
                    yield return step;
                }

                if (last.Status != GateStatus.Drifting && IsDriftBySilence(verdict!))
                {
                    yield return new GateStep.Pause(now + SilenceRecheck);
                    foreach (var step in AskWatch(current, RoundScope.Confirm))
                    {
                        yield return step;
                    }
                }
            }

            lookSoonAfter = !IsDriftBySilence(verdict!) ? null : lookSoonAfter * 2 ?? FirstLookAfterSilence;
            yield return Publish(SnapshotOfWatch(opened, current));
        }
    }

    private IEnumerable<GateStep> AskWatch(Listing servers, RoundScope scope)
    {
        var round = new RoundPlan(servers, retry, scope, ignoreBackoff: true, scope == RoundScope.Confirm ? verdict : null);
        while (round.Next(now) is { Length: > 0 } questions)
        {
            yield return new GateStep.Ask(servers, questions, Limit: null);
            round.Learn(observations, now);
        }

        verdict = round.Verdict(verdict);
    }

    private Listing TakeListing()
    {
        // Whenever servers are listed by questions to them, these count as questions.
        pace.Note(listing!.DatagramsToOne, now);
        retry.Trim(listing);
        return listing;
    }

    /// <summary>
    /// All that is left but the reserve of the trips to come; where that is little, a fair share. Null without a deadline.
    /// </summary>
    private TimeSpan? LimitOfTrip(RoundPlan round)
    {
        var left = plan.Deadline - now;
        var (limit, fairShare) = (left - (ReservePerTrip * round.TripsToCome), left / (round.TripsToCome + 1));
        return limit > fairShare ? limit : fairShare;
    }

    private GateStep.Publish Publish(GateSnapshot snapshot)
    {
        last = snapshot with { Now = now, History = last.History.After(snapshot, now) };
        return new GateStep.Publish(last);
    }

    private GateSnapshot SnapshotOfWait(Listing asked, Reason reason, DomainProbe? worthTelling) => last with
    {
        Status = window.IsSettled ? GateStatus.Open : IsUndecidable(asked, reason) ? GateStatus.Undecidable : GateStatus.Closed,
        Reason = reason,
        Listing = asked,
        // One round settles nothing, even where it is all that was asked for.
        State = plan.Stop == StopRule.AfterOneRound ? window with { IsSettled = false } : window,
        Rule = plan.Rule,
        Quorum = plan.Quorum,
        Round = verdict!.Kind,
        Servers = verdict.Servers,
        Peers = peers is { Since: not null } ? peers.SummaryAt(now) : null,
        Diagnoses = WithMembership(FindDiagnoses(asked, worthTelling)),
    };

    /// <summary>No server answered; or all agree in the only round, and a better source of servers was slow or unreachable.</summary>
    private bool IsUndecidable(Listing asked, Reason reason) =>
        verdict!.Kind == VerdictKind.Undecidable
        || (plan.Stop == StopRule.AfterOneRound
            && reason == Reason.DiscoveryFailed
            && asked is { IsProvisional: true, LacksCoverage: false }
            && verdict.Kind != VerdictKind.Disagrees);

    private GateSnapshot SnapshotOfWatch(GateSnapshot opened, Listing current)
    {
        var drifts = IsDrift(verdict!);
        return opened with
        {
            Status = drifts ? GateStatus.Drifting : GateStatus.Open,
            Round = verdict!.Kind,
            Reason = drifts ? verdict.Reason : Reason.Agrees,
            Listing = current,
            // Those outside the cluster are not asked any more: their last verdict stands.
            Servers = [.. verdict.Servers, .. opened.Servers.Where(server => server.View.Kind == ViewKind.External)],
            Diagnoses = WithMembership(FindDiagnoses(current, probed: null)),
        };
    }

    private ImmutableArray<Diagnosis> WithMembership(ImmutableArray<Diagnosis> diagnoses) =>
        notAMember is null ? diagnoses : diagnoses.Add(notAMember);

    private ImmutableArray<Diagnosis> FindDiagnoses(Listing asked, DomainProbe? probed) => Diagnoses.Find(
        verdict! with { Coverage = asked.Coverage },
        new Evidence(last.History.UnchangedFor(verdict!, now))
        {
            Probe = probed,
            Deadline = plan.Deadline,
            OfPod = identity.Diagnoses,
            History = last.History,
        });

    /// <summary>
    /// Where a weaker source stands in (<c>auto</c>), the servers that were known stay: one that it does not know has not recovered.
    /// </summary>
    private static Listing WithoutWeakerSource(Listing listed, Listing known) =>
        // An interception is no weaker source: the same servers are listed.
        listed.Coverage >= known.Coverage || listed.Coverage == Coverage.Intercepted
        ? listed
        : known with
        {
            Sources = [.. listed.Sources.Select(source =>
                source with { Serves = known.Sources.Any(same => same.Source == source.Source && same.Serves) })],
        };

    private static bool IsDrift(RoundVerdict verdict) => verdict.Kind is VerdictKind.Disagrees or VerdictKind.Undecidable;

    private static bool IsDriftBySilence(RoundVerdict verdict) =>
        IsDrift(verdict) && !verdict.Servers.Any(server => server.Server.Required && server.Judgement.IsWrong);

    private static bool IsAnySilent(RoundVerdict verdict) =>
        verdict.Servers.Any(server => server.Server.Required && server.Judgement.IsSilence);
}
