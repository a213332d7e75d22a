using DnsGate.Core.Model;

namespace DnsGate.Core.Gate;

/// <summary>
/// When the next round begins. On average a server is asked at most <see cref="QuestionsPerSecond"/> questions a second,
/// usually far fewer: a round that can bring nothing new is not begun.
/// </summary>
/// <param name="interval">The pace of the rounds.</param>
/// <param name="rule">When agreement is believed.</param>
internal sealed class Pace(TimeSpan interval, SettleRule rule)
{
    /// <summary>
    /// The most questions a second to one server, on average. A virtual address stands for as many servers as it has samples.
    /// </summary>
    public const double QuestionsPerSecond = 8;

    /// <summary>Questions that may be asked ahead of the average: a few rounds of a short <c>--interval</c>.</summary>
    public const double Burst = 16;

    /// <summary>The most by which chance lengthens a pause: pods that started together drift apart.</summary>
    public const double Jitter = 0.1;

    private double debt;
    private TimeSpan debtAt;

    /// <summary>Takes what was asked outside of rounds off the budget: finding the servers.</summary>
    /// <param name="questions">The most that one server was asked.</param>
    /// <param name="now">When it had been asked.</param>
    public void Note(double questions, TimeSpan now)
    {
        debt = Math.Max(0, debt - ((now - debtAt).TotalSeconds * QuestionsPerSecond)) + questions;
        debtAt = now;
    }

    /// <summary>When the next round begins.</summary>
    /// <param name="round">The round that has just ended.</param>
    /// <param name="state">The state after it.</param>
    /// <param name="begunAt">When it began.</param>
    /// <param name="now">When it ended.</param>
    /// <param name="chance">From 0 to 1.</param>
    /// <param name="besides">Datagrams that one server was sent in it besides, about other members.</param>
    public TimeSpan NextRoundAt(
        RoundPlan round, SettleProgress state, TimeSpan begunAt, TimeSpan now, double chance, double besides = 0)
    {
        var next = begunAt + (interval * (1 + (Jitter * chance)));
        if (state.AgreesSince is { } since
            && state.AgreeingRounds >= rule.Rounds - 1
            && since + rule.Settle is var opensAt
            && opensAt > now)
        {
            // The round that fills the window is the one people wait for: it is begun neither just too early nor an interval late.
            next = opensAt < next + (interval * Jitter) ? opensAt : next;
        }

        if (state.AgreeingRounds == 0 && round.NextDue is { } due && due > next)
        {
            // Jitter here as well: what many pods drew into a cache at the same time ends at the same time.
            next = due + (interval * (Jitter * chance));
        }

        var affordable = Spend(round.MaxDatagramsToOne + besides, now);
        next = next > affordable ? next : affordable;
        return next > now ? next : now;
    }

    /// <summary>When a gate that is open looks again.</summary>
    /// <param name="watchInterval">The pace of a gate that is open.</param>
    /// <param name="begunAt">When its last round began.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan NextWatchAt(TimeSpan watchInterval, TimeSpan begunAt, double chance) =>
        begunAt + (watchInterval * (1 + (Jitter * chance)));

    /// <summary>
    /// Takes the questions of a round off the budget (a leaky bucket) and says from when on another such round is affordable.
    /// </summary>
    private TimeSpan Spend(double questions, TimeSpan now)
    {
        Note(questions, now);
        return now + TimeSpan.FromSeconds(Math.Max(0, (debt + questions - Burst) / QuestionsPerSecond));
    }
}
