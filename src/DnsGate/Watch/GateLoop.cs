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
internal sealed class GateLoop
{
    private readonly GateSpec spec;
    private readonly Identity identity;
    private readonly ServerLister lister;
    private readonly IWatcher watcher;
    private readonly TimeProvider time;
    private readonly Pulse pulse;
    private readonly RoundWalker walker;
    private readonly Patience patience;
    private readonly DomainProber prober;

    /// <summary>Makes the loop; its clock begins now.</summary>
    /// <param name="spec">What the program was told.</param>
    /// <param name="identity">Who the pod is.</param>
    /// <param name="lister">Lists the servers.</param>
    /// <param name="client">Asks them.</param>
    /// <param name="watcher">Is told what the loop finds.</param>
    /// <param name="time">The clock.</param>
    public GateLoop(GateSpec spec, Identity identity, ServerLister lister, NameServerClient client, IWatcher watcher, TimeProvider time)
    {
        (this.spec, this.identity, this.lister, this.watcher, this.time) = (spec, identity, lister, watcher, time);
        pulse = new Pulse(Snapshot.Starting(identity), watcher, time);
        walker = new RoundWalker(client, spec.QueryTimeout, pulse, watcher);
        patience = new Patience(spec.Interval);
        prober = new DomainProber(spec, identity, client, time);
    }

    /// <summary>Runs until the gate opens or the plan ends.</summary>
    /// <param name="plan">When to stop.</param>
    /// <param name="stop">Ends the loop at once, with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The last snapshot.</returns>
    public async Task<Snapshot> RunAsync(LoopPlan plan, CancellationToken stop)
    {
        var pace = new Pace(spec.Interval, plan.Rule);
        async Task<Listing> ListAsync(bool anew)
        {
            var servers = await pulse.DuringAsync(lister.ListAsync(anew, stop)).ConfigureAwait(false);
            // Whenever they are listed: while the loop pauses and just before opening too.
            pace.Note(servers.DatagramsToOne, pulse.Now);
            return servers;
        }

        bool IsPast() => pulse.Now >= plan.Deadline;
        var state = GateState.Initial;
        Snapshot? last = null;
        while (true)
        {
            var begunAt = pulse.Now;
            var listing = await ListAsync(anew: false).ConfigureAwait(false);
            watcher.OnListing(listing);
            patience.ForgetAllBut(listing);
            var round = new Round(listing, patience, asksTheSilent: state.AgreeingRounds > 0);
            var (verdict, isHurried) = await walker.WalkAsync(round, listing, plan.Deadline, stop).ConfigureAwait(false);
            if (last is not null && (IsPast() || (isHurried && verdict.Servers.Any(server => server.Server.Required && server.Judgement.IsSilence))))
            {
                // The deadline cut this round off: what it lacks says nothing about the servers.
                await DelayAsync(plan.Deadline!.Value - pulse.Now, stop).ConfigureAwait(false);
                return last;
            }

            state = state.After(verdict, plan.Rule, pulse.Now);
            // Settled although a server has just answered with TTL 0: it has agreed often enough before.
            var reason = state.IsSettled ? Reason.Agrees : verdict.Reason;
            if (state.IsSettled && Opening.ObjectionTo(listing, await ListAsync(anew: true).ConfigureAwait(false)) is { } objection)
            {
                // The window does not start over: the next round asks whom this one did not.
                (state, reason) = (state with { IsSettled = false }, objection);
            }

            var probe = await pulse.DuringAsync(prober.ProbeAsync(verdict, plan.Deadline - pulse.Now, stop)).ConfigureAwait(false);
            last = SnapshotOf(plan, listing, verdict, state, reason) with { Diagnoses = Diagnoses.Of(verdict, pulse.UnchangedFor(verdict), probe) };
            pulse.Publish(last);
            if (state.IsSettled || plan.IsOneRound || IsPast())
            {
                return last;
            }

            var next = pace.NextRoundAt(round, state, begunAt, pulse.Now, Random.Shared.NextDouble());
            // A server that is gone is not waited for: a wrong one may be gone long before its TTL.
            await pulse.PauseAsync(
                next < plan.Deadline ? next : plan.Deadline ?? next,
                isOver: async () => !(await ListAsync(anew: false).ConfigureAwait(false)).HasSameServersAs(listing),
                stop).ConfigureAwait(false);
            if (IsPast())
            {
                return last;
            }
        }
    }

    /// <summary>Watches the gate that has opened, for ever. Nothing that it finds closes it again.</summary>
    /// <param name="opened">The snapshot of the opening.</param>
    /// <param name="stop">Ends the watch, with an <see cref="OperationCanceledException"/>.</param>
    public Task WatchAsync(Snapshot opened, CancellationToken stop) =>
        new DriftLoop(spec.WatchInterval, ended => lister.ListAsync(forceRefresh: true, ended), walker, pulse, patience, watcher).RunAsync(opened, stop);

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
            Round = verdict.Kind,
            Servers = verdict.Servers,
        };

    private Task DelayAsync(TimeSpan left, CancellationToken stop) =>
        left > TimeSpan.Zero ? Task.Delay(left, time, stop) : Task.CompletedTask;
}
