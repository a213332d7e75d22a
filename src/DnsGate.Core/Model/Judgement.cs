namespace DnsGate.Core.Model;

/// <summary>What is to be said of one server, and the words that prove it.</summary>
/// <param name="Reason">The first reason that applies.</param>
/// <param name="Detail">
/// What the server said and what was expected, in the server's own words; without TTL, time or duration, so
/// that it is the same from round to round.
/// </param>
internal readonly record struct Judgement(Reason Reason, string Detail)
{
    /// <summary>Nothing to object to.</summary>
    public static readonly Judgement Agrees = new(Reason.Agrees, "");

    /// <summary>Whether the answers are right; with TTL 0 they have to come again.</summary>
    public bool IsRight => Reason is Reason.Agrees or Reason.TtlZero;

    /// <summary>Whether nothing is known because an answer is missing. Silence is excused by <c>--require</c>; nothing else is.</summary>
    public bool IsSilence => Reason is Reason.TimedOut or Reason.Unreachable or Reason.CutOff or Reason.NotSent;

    /// <summary>Whether the server has answered, and wrongly. Nothing excuses that.</summary>
    public bool IsWrong => !IsRight && !IsSilence;

    /// <summary>
    /// The one whose reason comes first. Between equal reasons the text decides, not the order in which samples came back.
    /// </summary>
    public Judgement OrEarlierReason(Judgement other) =>
        other.Reason < Reason || (other.Reason == Reason && string.CompareOrdinal(other.Detail, Detail) < 0) ? other : this;
}
