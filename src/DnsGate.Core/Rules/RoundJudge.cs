using System.Collections.Immutable;
using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>What one server answered in a round.</summary>
/// <param name="Server">The server.</param>
/// <param name="Observations">Everything observed, in the order of the stages.</param>
/// <param name="IsFresh">Whether all of it was asked in this round; false where an earlier answer stands.</param>
internal sealed record ServerAnswers(Server Server, ImmutableArray<Observation> Observations, bool IsFresh)
{
    /// <summary>When the wrong answer expires, on the loop's clock; null where that is not known.</summary>
    public TimeSpan? CachedUntil { get; init; }
}

/// <summary>What the servers of one view answered in a round.</summary>
/// <param name="View">The view.</param>
/// <param name="Servers">Each of its servers, in the order of the view.</param>
internal sealed record ViewAnswers(View View, ImmutableArray<ServerAnswers> Servers);

/// <summary>From all observations of a round to its verdict.</summary>
internal static class RoundJudge
{
    /// <summary>
    /// A right answer with TTL 0 counts from this round on, if the rounds follow one another: the server has no TTL to give.
    /// </summary>
    public const int TtlZeroRoundsThatCount = 3;

    /// <summary>
    /// Judges a round.
    /// <list type="table">
    /// <item><term>a view disagrees</term>
    /// <description>disagrees with the first reason; undecidable when no required server of any view answered</description></item>
    /// <item><term>all agree, but an explicit source could not be listed, or the coverage is less than required</term>
    /// <description>the same, with discovery-failed</description></item>
    /// <item><term>all agree, a right answer has TTL 0</term><description>neutral, ttl-zero</description></item>
    /// <item><term>all agree</term><description>agrees</description></item>
    /// </list>
    /// </summary>
    /// <param name="listing">The list of servers.</param>
    /// <param name="answers">The views that the round reached; a view that it did not reach is not judged.</param>
    /// <param name="previous">The verdict of the round before; null for the first round.</param>
    public static RoundVerdict Judge(Listing listing, IReadOnlyList<ViewAnswers> answers, RoundVerdict? previous)
    {
        var servers = ImmutableArray.CreateBuilder<ServerVerdict>();
        var ttlZeroRounds = previous?.Servers
            .Where(server => server.TtlZeroRounds > 0)
            .ToDictionary(server => server.Key, server => server.TtlZeroRounds);
        var reason = Reason.Agrees;
        foreach (var (view, ofView) in answers)
        {
            var requiredTypes = ViewJudge.RequiredTypes(view, ofView.SelectMany(server => server.Observations));
            var first = servers.Count;
            foreach (var server in ofView)
            {
                var verdict = new ServerVerdict(server.Server, view,
                    ViewJudge.JudgeServer(view, server.Server, requiredTypes, server.Observations), server.Observations)
                {
                    IsFresh = server.IsFresh,
                };
                verdict = verdict with { CachedUntil = verdict.Judgement.IsWrong ? server.CachedUntil : null };
                servers.Add(WithTtlZero(verdict, ttlZeroRounds?.GetValueOrDefault(verdict.Key) ?? 0));
            }

            var required = servers.Skip(first).Where(server => server.Server.Required).Select(server => server.Judgement).ToList();
            var ofThisView = view.Servers.IsEmpty && HasFailed(listing)
                ? Reason.DiscoveryFailed
                : ViewJudge.ReasonOf(view.Quorum, required);
            reason = ofThisView < reason ? ofThisView : reason;
        }

        if ((listing.IsIncomplete || listing.LacksCoverage) && reason is Reason.Agrees or Reason.TtlZero)
        {
            // A source that the user asked for never falls back on the others, and a required coverage on a weaker one.
            reason = Reason.DiscoveryFailed;
        }

        var kind = reason switch
        {
            Reason.Agrees => VerdictKind.Agrees,
            Reason.TtlZero => VerdictKind.Neutral,
            _ => servers.Any(server => server.Server.Required && server.Answered) ? VerdictKind.Disagrees : VerdictKind.Undecidable,
        };
        return new RoundVerdict(kind, reason, servers.ToImmutable(), listing.Coverage);
    }

    /// <summary>Counts a right answer with TTL 0. One answer that stands for several rounds counts once.</summary>
    private static ServerVerdict WithTtlZero(ServerVerdict verdict, int before)
    {
        if (verdict.Judgement.Reason != Reason.TtlZero)
        {
            return verdict;
        }

        var rounds = before + (verdict.IsFresh ? 1 : 0);
        return verdict with { TtlZeroRounds = rounds, Judgement = rounds >= TtlZeroRoundsThatCount ? Judgement.Agrees : verdict.Judgement };
    }

    /// <summary>Whether there may be servers that could not be listed; a source that lists none has not failed.</summary>
    private static bool HasFailed(Listing listing) =>
        listing.IsIncomplete
        && listing.Failures.Any(source => source.Problem!.Fault is not (DiscoveryFault.Empty or DiscoveryFault.NoEndpoints));
}
