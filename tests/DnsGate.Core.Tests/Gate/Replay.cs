using DnsGate.Core.Dns;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.Core.Tests.Gate;

/// <summary>
/// The product's <see cref="GateMachine"/> in virtual time, without sockets: this does what the machine decides, and the test says
/// what a question meets. A trip takes a millisecond, or half a second when a server is silent.
/// </summary>
/// <param name="time">The clock. <see cref="Until"/> moves it; with <see cref="Step"/> the caller does.</param>
/// <param name="list">The servers that are listed at a time.</param>
/// <param name="answer">What becomes of a question at a time.</param>
/// <param name="seed">The seed of the jitter.</param>
internal sealed class Replay(ManualTime time, Func<TimeSpan, Listing> list, Func<Question, TimeSpan, Outcome> answer, int seed = 1)
{
    public static readonly SettleRule Defaults = new(3, TimeSpan.FromSeconds(5));

    private static readonly TimeSpan TripTime = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromMilliseconds(500);

#pragma warning disable CA5394 // Jitter that can be repeated is the point.
    private readonly Random chance = new(seed);
#pragma warning restore CA5394
    private readonly List<Observation> underWay = [];
    private readonly List<LookupResult> lookingUp = [];
    private readonly TimeSpan begunAt = time.Elapsed;
    private GateMachine? machine;

    public Replay(ManualTime time, Listing listing, Func<Question, TimeSpan, Outcome> answer, int seed = 1)
        : this(time, _ => listing, answer, seed)
    {
    }

    public SettleRule Rule { get; init; } = Defaults;

    public StopRule Stop { get; init; } = StopRule.WhenOpen;

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan? Deadline { get; init; }

    /// <summary>The pace at which an open gate is watched, under <see cref="StopRule.Never"/>.</summary>
    public TimeSpan? WatchInterval { get; init; }

    /// <summary>For how long the gate was open when the machine was made; null where it starts closed.</summary>
    public TimeSpan? OpenFor { get; init; }

    /// <summary>What the servers of resolv.conf say of the cluster domain.</summary>
    public DomainProbe Probe { get; init; } = new(Fixtures.NameOf("cluster.local"), []);

    /// <summary>The pod's addresses.</summary>
    public string Addresses { get; init; } = Fixtures.Own;

    /// <summary>The members of <c>--peers</c>; null without that option.</summary>
    public PeerPlan? Peers { get; init; }

    /// <summary>What becomes of a question about another member at a time.</summary>
    public Func<Lookup, TimeSpan, Outcome> LookUp { get; init; } =
        (lookup, _) => throw new InvalidOperationException($"{lookup} was not expected");

    /// <summary>Every question about another member, with its time and what became of it.</summary>
    public List<(TimeSpan At, Lookup Lookup, Outcome Outcome)> LookedUp { get; } = [];

    /// <summary>Whether the next datagram is lost, a query or a reply; none is by default. The product sends a query twice.</summary>
    public Func<bool> LosesDatagram { get; init; } = () => false;

    /// <summary>Every question asked, with its time and what became of it; empty unless <see cref="KeepsQuestions"/>.</summary>
    public List<(TimeSpan At, Question Question, Outcome Outcome)> Asked { get; } = [];

    /// <summary>Every time the servers were listed, and whether that was to bypass what was known.</summary>
    public List<(TimeSpan At, GateStep.List Step)> Lists { get; } = [];

    /// <summary>Every time the cluster domain was asked for.</summary>
    public List<TimeSpan> Probes { get; } = [];

    /// <summary>Every snapshot.</summary>
    public List<GateSnapshot> Published { get; } = [];

    public bool KeepsQuestions { get; init; } = true;

    /// <summary>Whether every snapshot is kept; otherwise the last one.</summary>
    public bool KeepsSnapshots { get; init; } = true;

    public GateSnapshot? Last => Published.Count == 0 ? null : Published[^1];

    /// <summary>Why it is closed, or agrees.</summary>
    public Reason Reason => Last?.Reason ?? Reason.NoServers;

    /// <summary>When the first agreeing round ended; null when there was none yet.</summary>
    public TimeSpan? FirstAgreedAt { get; private set; }

    /// <summary>When it opened first; null while closed.</summary>
    public TimeSpan? OpenedAt { get; private set; }

    /// <summary>When <see cref="Step"/> is due.</summary>
    public TimeSpan NextAt { get; private set; } = time.Elapsed;

    public bool HasEnded { get; private set; }

    /// <summary>Plays until this time, and leaves the clock at this time or where the last round ended.</summary>
    public Replay Until(double seconds)
    {
        var end = TimeSpan.FromSeconds(seconds);
        while (!HasEnded && (underWay.Count > 0 || lookingUp.Count > 0 || NextAt < end))
        {
            AdvanceTo(NextAt);
            Step();
        }

        AdvanceTo(end);
        return this;
    }

    /// <summary>Does what is due now, up to the next thing that takes time.</summary>
    public void Step()
    {
        machine ??= new GateMachine(
            new GatePlan(Stop, Rule, Deadline, Interval, QueryTimeout, WatchInterval, Quorum.All) { Peers = Peers },
            new Identity(Fixtures.Name, "--name", Fixtures.Ips(Addresses), "--ip"),
#pragma warning disable CA5394 // As above.
            chance.NextDouble,
            OpenFor);
#pragma warning restore CA5394
        if (underWay.Count > 0)
        {
            machine.Learn([.. underWay]);
            underWay.Clear();
        }

        if (lookingUp.Count > 0)
        {
            machine.Learn([.. lookingUp]);
            lookingUp.Clear();
        }

        while (!TakesTime(machine.Next(time.Elapsed - begunAt)))
        {
        }
    }

    /// <summary>The most questions that one server (one sample of a virtual address) got in any span of so many seconds.</summary>
    public int MostAskedWithin(double seconds)
    {
        var most = 0;
        foreach (var one in Asked.GroupBy(asked => (asked.Question.Server, asked.Question.Sample)))
        {
            var times = one.Select(asked => asked.At.TotalSeconds).ToList();
            var first = 0;
            for (var last = 0; last < times.Count; last++)
            {
                while (times[last] - times[first] > seconds)
                {
                    first++;
                }

                most = Math.Max(most, last - first + 1);
            }
        }

        return most;
    }

    /// <summary>State and reason, as the tables write them.</summary>
    public override string ToString() =>
        OpenedAt is not null ? "open" : $"{(Last?.Status == GateStatus.Undecidable ? "undecidable" : "closed")} {Reason.Name()}";

    private bool TakesTime(GateStep step)
    {
        switch (step)
        {
            case GateStep.List listing:
                if (KeepsQuestions)
                {
                    Lists.Add((time.Elapsed, listing));
                }

                machine!.Learn(list(time.Elapsed));
                return false;
            case GateStep.Probe:
                Probes.Add(time.Elapsed);
                machine!.Learn(Probe);
                return false;
            case GateStep.Publish publish:
                Take(publish.Snapshot);
                return false;
            case GateStep.Ask ask:
                underWay.AddRange(ask.Questions.Select(question => Ask(question, ask.Limit)));
                NextAt = time.Elapsed + underWay.Max(observation => observation.RoundTrip);
                return true;
            case GateStep.LookUp lookUp:
                lookingUp.AddRange(lookUp.Lookups.Select(Ask));
                NextAt = time.Elapsed + (lookingUp.Any(result => result.Outcome is Outcome.TimedOut) ? QueryTimeout : TripTime);
                return true;
            case GateStep.Pause pause:
                NextAt = pause.Until == TimeSpan.MaxValue ? pause.Until : begunAt + pause.Until;
                return true;
            default:
                HasEnded = true;
                return true;
        }
    }

    private void Take(GateSnapshot snapshot)
    {
        if (!KeepsSnapshots)
        {
            Published.Clear();
        }

        Published.Add(snapshot);
        FirstAgreedAt ??= snapshot.Round == VerdictKind.Agrees ? time.Elapsed : null;
        OpenedAt ??= snapshot.Status == GateStatus.Open ? time.Elapsed : null;
    }

    /// <summary>
    /// One exchange: a query, and once more from a new socket when half the time has passed. The
    /// server may have heard what was not answered.
    /// </summary>
    private Observation Ask(Question question, TimeSpan? limit)
    {
        var timeout = limit < QueryTimeout ? limit.Value : QueryTimeout;
        Outcome outcome = new Outcome.TimedOut();
        var (roundTrip, datagrams) = (timeout, 2);
        for (var datagram = 1; datagram <= 2 && outcome is Outcome.TimedOut; datagram++)
        {
            if (!LosesDatagram() && answer(question, time.Elapsed) is var heard && heard is not Outcome.TimedOut && !LosesDatagram())
            {
                (outcome, roundTrip, datagrams) = (heard, TripTime + ((datagram - 1) * timeout / 2), datagram);
            }
        }

        if (KeepsQuestions)
        {
            Asked.Add((time.Elapsed, question, outcome));
        }

        return new Observation(
            question, outcome is Outcome.TimedOut && limit < QueryTimeout ? new Outcome.CutOff() : outcome, roundTrip, datagrams);
    }

    private LookupResult Ask(Lookup lookup)
    {
        var outcome = LookUp(lookup, time.Elapsed);
        LookedUp.Add((time.Elapsed, lookup, outcome));
        return new LookupResult(lookup, outcome, outcome is Outcome.TimedOut ? 2 : 1);
    }

    private void AdvanceTo(TimeSpan at)
    {
        if (at > time.Elapsed)
        {
            time.Advance(at - time.Elapsed);
        }
    }
}
