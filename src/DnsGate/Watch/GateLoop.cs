using DnsGate.Ask;
using DnsGate.Core.Judge;
using DnsGate.Core.Report;
using DnsGate.Core.Servers;
using DnsGate.Core.Settle;
using DnsGate.Core.Spec;
using DnsGate.Discover;

namespace DnsGate.Watch;

/// <summary>When the loop ends of itself.</summary>
/// <param name="Rule">When agreement is believed.</param>
/// <param name="Deadline">Time from the start; null for ever.</param>
/// <param name="IsOneRound">Whether one round is all.</param>
internal sealed record LoopPlan(SettleRule Rule, TimeSpan? Deadline, bool IsOneRound);

/// <summary>
/// The one loop of every verb: discover, ask, judge, settle, publish a snapshot, wait. Verbs differ in when it stops and
/// what they do then.
/// </summary>
internal sealed class GateLoop(GateSpec spec, Identity identity, ServerLister lister, NameServerClient client, TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // Time that a deadline keeps for each trip still to come: one silent server, excused by --require, does not use up
    // the time of all the others.
    private static readonly TimeSpan ReserveOfTrip = TimeSpan.FromMilliseconds(100);

    private readonly long begun = time.GetTimestamp();
    private readonly Patience patience = new(spec.Interval);
    private readonly History history = new();
    private readonly DomainProber prober = new(spec, identity, client, time);

    private TimeSpan Now => time.GetElapsedTime(begun);

    /// <summary>Runs until the gate opens or the plan ends.</summary>
    /// <param name="plan">When to stop.</param>
    /// <param name="watcher">Gets each snapshot, with the history that it stands in.</param>
    /// <param name="stop">Ends the loop at once, with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The last snapshot.</returns>
    public async Task<Snapshot> RunAsync(LoopPlan plan, IWatcher watcher, CancellationToken stop)
    {
        var pace = new Pace(spec.Interval, plan.Rule);
        async Task<Listing> ListAsync(bool anew)
        {
            var servers = await lister.ListAsync(anew, stop).ConfigureAwait(false);
            // Whenever they are listed: while the loop pauses and just before opening too.
            pace.Note(servers.DatagramsToOne, Now);
            return servers;
        }

        var state = GateState.Initial;
        Snapshot? last = null;
        while (true)
        {
            var begunAt = Now;
            var listing = await ListAsync(anew: false).ConfigureAwait(false);
            watcher.OnListing(listing);
            var round = new Round(listing, patience, asksTheSilent: state.AgreeingRounds > 0);
            var (verdict, isHurried) = await WalkAsync(round, plan.Deadline, stop).ConfigureAwait(false);
            if (last is not null && (IsPast(plan.Deadline) || (isHurried && verdict.Servers.Any(server => server.Server.Required && server.Judgement.IsSilence))))
            {
                // The deadline cut this round off: what it lacks says nothing about the servers.
                await DelayAsync(plan.Deadline!.Value - Now, stop).ConfigureAwait(false);
                return last;
            }

            state = state.After(verdict, plan.Rule, Now);
            // Settled although a server has just answered with TTL 0: it has agreed often enough before.
            var reason = state.IsSettled ? Reason.Agrees : verdict.Reason;
            if (state.IsSettled && Opening.ObjectionTo(listing, await ListAsync(anew: true).ConfigureAwait(false)) is { } objection)
            {
                // The window does not start over: the next round asks whom this one did not.
                (state, reason) = (state with { IsSettled = false }, objection);
            }

            history.Note(verdict, Now);
            var probe = await prober.ProbeAsync(verdict, plan.Deadline - Now, stop).ConfigureAwait(false);
            last = SnapshotOf(plan, listing, verdict, state, reason) with { Diagnoses = Diagnoses.Of(verdict, history.UnchangedFor, probe) };
            watcher.OnRound(last, history);
            if (state.IsSettled || plan.IsOneRound || IsPast(plan.Deadline))
            {
                return last;
            }

            var next = pace.NextRoundAt(round, state, begunAt, Now, Random.Shared.NextDouble());
            await PauseAsync(next < plan.Deadline ? next : plan.Deadline ?? next, last, listing, ListAsync, watcher, stop).ConfigureAwait(false);
            if (IsPast(plan.Deadline))
            {
                return last;
            }
        }
    }

    /// <summary>Walks a round to its end.</summary>
    /// <returns>The verdict, and whether the deadline left some question less time than it may take.</returns>
    private async Task<(Verdict Verdict, bool IsHurried)> WalkAsync(Round round, TimeSpan? deadline, CancellationToken stop)
    {
        var isHurried = false;
        while (round.Next(Now) is { Length: > 0 } questions)
        {
            var share = ShareOfTrip(deadline - Now, round.TripsToCome);
            isHurried |= share < spec.QueryTimeout;
            round.Learn(await client.AskAsync(questions, share, stop).ConfigureAwait(false), Now);
        }

        return (round.Verdict(), isHurried);
    }

    /// <summary>All that is left but the reserve of the trips to come; where that is little, a fair share.</summary>
    private static TimeSpan? ShareOfTrip(TimeSpan? left, int tripsToCome)
    {
        var (share, fair) = (left - (ReserveOfTrip * tripsToCome), left / (tripsToCome + 1));
        return share > fair ? share : fair;
    }

    private Snapshot SnapshotOf(LoopPlan plan, Listing listing, Verdict verdict, GateState state, Reason reason) =>
        new()
        {
            Status = state.IsSettled ? GateStatus.Open : verdict.Kind == VerdictKind.Undecidable ? GateStatus.Undecidable : GateStatus.Closed,
            Reason = reason,
            Name = identity.Name,
            Addresses = identity.Addresses,
            Listing = listing,
            // One round settles nothing, even where it is all that was asked for.
            State = plan.IsOneRound ? state with { IsSettled = false } : state,
            Rule = plan.Rule,
            Quorum = spec.Require,
            Servers = verdict.Servers,
        };

    /// <summary>Waits until the next round, or until the servers to ask are others: a wrong one may be gone long before its TTL.</summary>
    private async Task PauseAsync(TimeSpan until, Snapshot last, Listing asked, Func<bool, Task<Listing>> list, IWatcher watcher, CancellationToken stop)
    {
        while (until - Now is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < Tick ? left : Tick, time, stop).ConfigureAwait(false);
            history.Tick(Now);
            watcher.OnTick(last, history);
            if (left > Tick && !(await list(false).ConfigureAwait(false)).HasSameServersAs(asked))
            {
                return;
            }
        }
    }

    private Task DelayAsync(TimeSpan left, CancellationToken stop) =>
        left > TimeSpan.Zero ? Task.Delay(left, time, stop) : Task.CompletedTask;

    private bool IsPast(TimeSpan? deadline) => Now >= deadline;
}
