using DnsGate.Core.Judge;
using DnsGate.Core.Servers;
using DnsGate.Core.Settle;
using DnsGate.Core.Wire;
using DnsGate.TestKit;
using Question = DnsGate.Core.Judge.Question;

namespace DnsGate.Core.Tests.Settle;

/// <summary>
/// The loop of the gate without sockets, in virtual time: rounds, patience, state, pace and the last look at the list of
/// servers are the product's; what a question meets is the test's. A trip takes a millisecond, or half a second when
/// somebody is silent.
/// </summary>
/// <param name="time">The clock. <see cref="Until"/> moves it; with <see cref="Step"/> somebody else does.</param>
/// <param name="list">The servers that are listed at a time, asked for before each round and once more before opening.</param>
/// <param name="answer">What becomes of a question at a time.</param>
/// <param name="seed">Chance: of the pauses.</param>
internal sealed class Replay(ManualTime time, Func<TimeSpan, Listing> list, Func<Question, TimeSpan, Outcome> answer, int seed = 1)
{
    public static readonly SettleRule Defaults = new(3, TimeSpan.FromSeconds(5));

    private static readonly TimeSpan TripTime = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromMilliseconds(500);

#pragma warning disable CA5394 // Jitter that can be repeated is the point.
    private readonly Random chance = new(seed);
#pragma warning restore CA5394
    private readonly List<Observation> underWay = [];
    private Patience? patience;
    private Pace? pace;
    private Listing listing = list(time.Elapsed);
    private Round? round;
    private TimeSpan begunAt;

    public Replay(ManualTime time, Listing listing, Func<Question, TimeSpan, Outcome> answer, int seed = 1)
        : this(time, _ => listing, answer, seed)
    {
    }

    public SettleRule Rule { get; init; } = Defaults;

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether rounds go on once it has opened.</summary>
    public bool GoesOn { get; init; }

    /// <summary>The pace at which an open gate is watched; null to go on as while it was closed.</summary>
    public TimeSpan? WatchInterval { get; init; }

    /// <summary>Whether the next datagram is lost, a query or a reply; none is by default. The product sends a query twice.</summary>
    public Func<bool> LosesDatagram { get; init; } = () => false;

    /// <summary>Every question asked, with its time and what became of it; empty unless <see cref="KeepsQuestions"/>.</summary>
    public List<(TimeSpan At, Question Question, Outcome Outcome)> Asked { get; } = [];

    public bool KeepsQuestions { get; init; } = true;

    public int Rounds { get; private set; }

    public GateState State { get; private set; } = GateState.Initial;

    public Verdict? Verdict { get; private set; }

    /// <summary>Why it is closed, or agrees.</summary>
    public Reason Reason { get; private set; } = Reason.NoServers;

    /// <summary>When the first agreeing round ended; null when there was none yet.</summary>
    public TimeSpan? FirstAgreedAt { get; private set; }

    /// <summary>When it opened first; null while closed.</summary>
    public TimeSpan? OpenedAt { get; private set; }

    /// <summary>When <see cref="Step"/> is due.</summary>
    public TimeSpan NextAt { get; private set; } = time.Elapsed;

    public bool HasEnded => OpenedAt is not null && !GoesOn;

    /// <summary>Plays all rounds that begin before this time, and leaves the clock at this time or where the last round ended.</summary>
    public Replay Until(double seconds)
    {
        var end = TimeSpan.FromSeconds(seconds);
        while (!HasEnded && (round is not null || NextAt < end))
        {
            AdvanceTo(NextAt);
            Step();
        }

        AdvanceTo(end);
        return this;
    }

    /// <summary>Does what is due now: begins a round, or takes what came back of a trip; then asks, or ends the round.</summary>
    public void Step()
    {
        if (round is null)
        {
            (begunAt, listing) = (time.Elapsed, list(time.Elapsed));
            patience ??= new Patience(Interval);
            round = OpenedAt is not null && WatchInterval is not null ? Round.OfOpenGate(listing, patience) : new Round(listing, patience, asksTheSilent: State.AgreeingRounds > 0);
        }
        else
        {
            round.Learn(underWay, time.Elapsed);
        }

        underWay.Clear();
        foreach (var question in round.Next(time.Elapsed))
        {
            underWay.Add(Ask(question));
        }

        if (underWay.Count > 0)
        {
            NextAt = time.Elapsed + underWay.Max(observation => observation.RoundTrip);
        }
        else
        {
            End(round);
            round = null;
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
        OpenedAt is not null ? "open" : $"{(Verdict?.Kind == VerdictKind.Undecidable ? "undecidable" : "closed")} {Reason.Name()}";

    private void End(Round ended)
    {
        Rounds++;
        Verdict = ended.Verdict();
        State = State.After(Verdict, Rule, time.Elapsed);
        Reason = State.IsSettled ? Reason.Agrees : Verdict.Reason;
        if (State.IsSettled && Opening.ObjectionTo(listing, list(time.Elapsed)) is { } objection)
        {
            (State, Reason) = (State with { IsSettled = false }, objection);
        }

        FirstAgreedAt ??= Verdict.Kind == VerdictKind.Agrees ? time.Elapsed : null;
        OpenedAt ??= State.IsSettled ? time.Elapsed : null;
#pragma warning disable CA5394 // As above.
        NextAt = OpenedAt is not null && WatchInterval is { } watch
            ? Pace.NextWatchAt(watch, begunAt, chance.NextDouble())
            : (pace ??= new Pace(Interval, Rule)).NextRoundAt(ended, State, begunAt, time.Elapsed, chance.NextDouble());
#pragma warning restore CA5394
    }

    /// <summary>One exchange: a query, and once more from a new socket when half the time has passed. The server may have heard what was not answered.</summary>
    private Observation Ask(Question question)
    {
        Outcome outcome = new Outcome.TimedOut();
        var (roundTrip, datagrams) = (QueryTimeout, 2);
        for (var datagram = 1; datagram <= 2 && outcome is Outcome.TimedOut; datagram++)
        {
            if (!LosesDatagram() && answer(question, time.Elapsed) is var heard && heard is not Outcome.TimedOut && !LosesDatagram())
            {
                (outcome, roundTrip, datagrams) = (heard, TripTime + ((datagram - 1) * QueryTimeout / 2), datagram);
            }
        }

        if (KeepsQuestions)
        {
            Asked.Add((time.Elapsed, question, outcome));
        }

        return new Observation(question, outcome, roundTrip, datagrams);
    }

    private void AdvanceTo(TimeSpan at)
    {
        if (at > time.Elapsed)
        {
            time.Advance(at - time.Elapsed);
        }
    }
}
