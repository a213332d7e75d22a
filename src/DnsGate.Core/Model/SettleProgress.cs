namespace DnsGate.Core.Model;

/// <summary>When agreement is believed: so many agreeing rounds in a row that span so long.</summary>
/// <param name="Rounds">Agreeing rounds in a row, 1 or more.</param>
/// <param name="Settle">From the first to the last of them.</param>
internal sealed record SettleRule(int Rounds, TimeSpan Settle)
{
    /// <summary>One agreeing round is enough: the rule of <c>check</c> and of <c>--timeout 0</c>.</summary>
    public static readonly SettleRule OneRound = new(1, TimeSpan.Zero);
}

/// <summary>How far a gate has come towards opening. Times are on the loop's clock.</summary>
/// <param name="AgreeingRounds">
/// Agreeing rounds in a row at the server that has the fewest; of new servers only where a view has no others.
/// </param>
/// <param name="AgreesSince">Since when all of them agree; null when one does not yet.</param>
/// <param name="IsSettled">Whether the rule is met.</param>
internal record SettleProgress(int AgreeingRounds, TimeSpan? AgreesSince, bool IsSettled)
{
    /// <summary>No round has agreed.</summary>
    public static readonly SettleProgress None = new(0, null, false);
}
