using DnsGate.Core.Judge;

namespace DnsGate.Core.Settle;

/// <summary>When agreement is believed: so many agreeing rounds in a row that span so long.</summary>
/// <param name="Rounds">Agreeing rounds in a row, 1 or more.</param>
/// <param name="Settle">From the first to the last of them.</param>
public sealed record SettleRule(int Rounds, TimeSpan Settle)
{
    /// <summary>One agreeing round is enough: the rule of <c>check</c> and of <c>--timeout 0</c>.</summary>
    public static readonly SettleRule OneRound = new(1, TimeSpan.Zero);
}

/// <summary>How far the gate has come. All times are on the loop's own monotonic clock.</summary>
/// <param name="AgreeingRounds">Agreeing rounds in a row.</param>
/// <param name="AgreesSince">When the first of them was complete; null when there is none.</param>
/// <param name="IsSettled">Whether the rule is met.</param>
public sealed record GateState(int AgreeingRounds, TimeSpan? AgreesSince, bool IsSettled)
{
    /// <summary>Nothing is known yet.</summary>
    public static readonly GateState Initial = new(0, null, false);

    /// <summary>
    /// The state after one more round.
    /// <list type="table">
    /// <item><term>agrees</term><description>counts; settled when the rule is met</description></item>
    /// <item><term>neutral</term><description>neither counts nor starts over</description></item>
    /// <item><term>disagrees, undecidable</term><description>the window starts over</description></item>
    /// </list>
    /// </summary>
    public GateState After(VerdictKind verdict, SettleRule rule, TimeSpan now)
    {
        switch (verdict)
        {
            case VerdictKind.Agrees:
                var since = AgreesSince ?? now;
                var rounds = AgreeingRounds + 1;
                return new GateState(rounds, since, rounds >= rule.Rounds && now - since >= rule.Settle);
            case VerdictKind.Neutral:
                return this with { IsSettled = false };
            default:
                return Initial;
        }
    }
}
