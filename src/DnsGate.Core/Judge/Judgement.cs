namespace DnsGate.Core.Judge;

/// <summary>What is to be said of one server, and the words that prove it.</summary>
/// <param name="Reason">The first reason that applies.</param>
/// <param name="Detail">What the server said and what was expected, in the server's own words; without TTL, time or duration, so that it is the same from round to round.</param>
public readonly record struct Judgement(Reason Reason, string Detail)
{
    /// <summary>Nothing to object to.</summary>
    public static readonly Judgement Agrees = new(Reason.Agrees, "");

    /// <summary>The one whose reason comes first; the earlier one when they are equal.</summary>
    public Judgement OrEarlierReason(Judgement other) => other.Reason < Reason ? other : this;
}
