using System.Collections.Immutable;
using DnsGate.Core.Judge;
using DnsGate.Core.Servers;
using DnsGate.Core.Settle;
using DnsGate.Core.Wire;
using DnsGate.TestKit;
using Question = DnsGate.Core.Judge.Question;

namespace DnsGate.Core.Tests.Settle;

/// <summary>
/// The loop of the gate without sockets, in virtual time: rounds, patience, state and pace are the product's; what a
/// question meets is the test's. A trip takes a millisecond, or half a second when somebody is silent.
/// </summary>
internal sealed class Replay(ManualTime time, Listing listing, Func<Question, TimeSpan, Outcome> answer, int seed = 1)
{
    public static readonly SettleRule Defaults = new(3, TimeSpan.FromSeconds(5));

    private static readonly TimeSpan TripTime = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromMilliseconds(500);

#pragma warning disable CA5394 // Jitter that can be repeated is the point.
    private readonly Random chance = new(seed);
#pragma warning restore CA5394
    private Patience? patience;
    private Pace? pace;
    private TimeSpan nextRoundAt = time.Elapsed;

    public SettleRule Rule { get; init; } = Defaults;

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether rounds go on once it has opened.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Every question asked, with its time and what became of it.</summary>
    public List<(TimeSpan At, Question Question, Outcome Outcome)> Asked { get; } = [];

    public int Rounds { get; private set; }

    public GateState State { get; private set; } = GateState.Initial;

    public Verdict? Verdict { get; private set; }

    /// <summary>When it opened first; null while closed.</summary>
    public TimeSpan? OpenedAt { get; private set; }

    /// <summary>Plays all rounds that begin before this time, and leaves the clock at this time or where the last round ended.</summary>
    public Replay Until(double seconds)
    {
        var end = TimeSpan.FromSeconds(seconds);
        while (nextRoundAt < end && (OpenedAt is null || GoesOn))
        {
            AdvanceTo(nextRoundAt);
            PlayRound();
        }

        AdvanceTo(end);
        return this;
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
        OpenedAt is not null ? "open" : $"{(Verdict?.Kind == VerdictKind.Undecidable ? "undecidable" : "closed")} {Verdict?.Reason.Name()}";

    private void PlayRound()
    {
        patience ??= new Patience(Interval);
        pace ??= new Pace(Interval, Rule);
        var begunAt = time.Elapsed;
        var round = new Round(listing, patience, asksTheSilent: State.AgreeingRounds > 0);
        while (round.Next(time.Elapsed) is { Length: > 0 } questions)
        {
            ImmutableArray<Observation> observations = [.. questions.Select(Ask)];
            AdvanceTo(time.Elapsed + (observations.Any(observation => observation.Outcome is Outcome.TimedOut) ? QueryTimeout : TripTime));
            round.Learn(observations, time.Elapsed);
        }

        Rounds++;
        Verdict = round.Verdict();
        State = State.After(Verdict, Rule, time.Elapsed);
        OpenedAt ??= State.IsSettled ? time.Elapsed : null;
#pragma warning disable CA5394 // As above.
        nextRoundAt = pace.NextRoundAt(round, State, begunAt, time.Elapsed, chance.NextDouble());
#pragma warning restore CA5394
    }

    private Observation Ask(Question question)
    {
        var outcome = answer(question, time.Elapsed);
        Asked.Add((time.Elapsed, question, outcome));
        return new Observation(question, outcome, TripTime);
    }

    private void AdvanceTo(TimeSpan at)
    {
        if (at > time.Elapsed)
        {
            time.Advance(at - time.Elapsed);
        }
    }
}
