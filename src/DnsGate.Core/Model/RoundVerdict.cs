using System.Collections.Immutable;

namespace DnsGate.Core.Model;

/// <summary>The result of a round.</summary>
internal enum VerdictKind
{
    /// <summary>Every view agrees: the round counts.</summary>
    Agrees,

    /// <summary>
    /// Nothing is wrong, but a right answer had TTL 0 or the list of servers changed: the round neither counts nor starts over.
    /// </summary>
    Neutral,

    /// <summary>A server that answered disagrees, or too few answered: the window starts over.</summary>
    Disagrees,

    /// <summary>No server was found, or none answered: nothing is known. The window starts over.</summary>
    Undecidable,
}

/// <summary>The result of one server in one round.</summary>
/// <param name="Server">The server.</param>
/// <param name="View">The view that it was asked for, with what is expected there.</param>
/// <param name="Judgement">The reason and its detail.</param>
/// <param name="Observations">Everything that was asked and answered, in the order of the round.</param>
internal sealed record ServerVerdict(Server Server, View View, Judgement Judgement, ImmutableArray<Observation> Observations)
{
    /// <summary>Rounds in a row in which the server was right with TTL 0; 0 when the last one was not.</summary>
    public int TtlZeroRounds { get; init; }

    /// <summary>Whether all of it was asked in this round; false where an earlier answer stands.</summary>
    public bool IsFresh { get; init; } = true;

    /// <summary>
    /// When its wrong answer expires, on the loop's clock: only where its TTL was seen to fall, so that a cache holds it, and no wrong
    /// answer of it has come again after its TTL. Null otherwise.
    /// </summary>
    public TimeSpan? CachedUntil { get; init; }

    /// <summary>Tells the servers of all views apart.</summary>
    public (ViewKey View, ServerAddress Server) Key => (View.Key, Server.Address);

    /// <summary>Whether the server agrees.</summary>
    public bool Agrees => Judgement.Reason == Reason.Agrees;

    /// <summary>Whether the server gave a sign of life in this round.</summary>
    public bool Answered => Observations.Any(observation => !observation.Outcome.IsSilence);
}

/// <summary>The verdict of one round.</summary>
/// <param name="Kind">The result.</param>
/// <param name="Reason">The first reason that keeps the gate closed; <see cref="Reason.Agrees"/> when none does.</param>
/// <param name="Servers">Every server that the round reached, by view and address.</param>
/// <param name="Coverage">How much of the cluster's servers the list holds.</param>
internal sealed record RoundVerdict(VerdictKind Kind, Reason Reason, ImmutableArray<ServerVerdict> Servers, Coverage Coverage);
