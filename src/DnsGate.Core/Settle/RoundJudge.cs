using System.Collections.Immutable;
using DnsGate.Core.Judge;
using DnsGate.Core.Servers;

namespace DnsGate.Core.Settle;

/// <summary>From the judgement of each server to the verdict of the round.</summary>
internal static class RoundJudge
{
    /// <summary>
    /// Whether a view agrees.
    /// <list type="table">
    /// <item><term>no required server</term><description>no: zero servers are never agreement</description></item>
    /// <item><term>any required server answered wrongly</term><description>no, whatever the quorum</description></item>
    /// <item><term>fewer than the quorum answered</term><description>no</description></item>
    /// <item><term>otherwise</term><description>yes: silence within the quorum is excused</description></item>
    /// </list>
    /// </summary>
    public static bool Agrees(View view, IReadOnlyList<(Server Server, Judgement Judgement)> judgements)
    {
        var required = judgements.Where(item => item.Server.Required).ToList();
        var silent = required.Count(item => IsSilence(item.Judgement.Reason));
        return required.Count > 0
            && required.All(item => IsSilence(item.Judgement.Reason) || item.Judgement.Reason is Reason.Agrees or Reason.TtlZero)
            && required.Count - silent >= view.Quorum.Needed(required.Count);
    }

    /// <summary>The verdict of a whole round.</summary>
    public static Verdict Judge(Listing listing, IReadOnlyDictionary<Stage, StageWalk> stages, Patience patience)
    {
        var servers = ImmutableArray.CreateBuilder<ServerVerdict>();
        var reason = Reason.Agrees;
        foreach (var view in listing.Views)
        {
            var begun = stages.Values.Where(stage => stage.View == view && stage.HasBegun).OrderBy(stage => stage.Stage).ToList();
            if (begun.Count == 0)
            {
                continue;
            }

            var verdicts = view.Servers.Select(server => JudgeServer(server, view, begun, patience)).ToList();
            servers.AddRange(verdicts);
            reason = First(reason, ReasonOf(view, verdicts));
        }

        var kind = reason switch
        {
            Reason.Agrees => VerdictKind.Agrees,
            Reason.TtlZero => VerdictKind.Neutral,
            _ => servers.Any(server => server.Answered) ? VerdictKind.Disagrees : VerdictKind.Undecidable,
        };
        return new Verdict(kind, reason, servers.ToImmutable(), listing.Coverage);
    }

    private static ServerVerdict JudgeServer(Server server, View view, List<StageWalk> stages, Patience patience)
    {
        var judgement = Judgement.Agrees;
        foreach (var stage in stages)
        {
            var found = stage.At(server).Judgement;
            // The private answer was right, or this stage would not have been reached: what is wrong is what applications are told.
            var told = stage.Stage == Stage.Cluster && found.Reason < Reason.TtlZero
                ? found with { Detail = $"{found.Detail}, from the cache that applications read" }
                : found;
            judgement = judgement.OrEarlierReason(told);
        }

        return new ServerVerdict(
            server,
            view.Kind,
            patience.CountTtlZero(server.Address, view.Kind, judgement),
            [.. stages.SelectMany(stage => stage.At(server).Observations)]);
    }

    private static Reason ReasonOf(View view, List<ServerVerdict> verdicts)
    {
        var judgements = verdicts.Select(verdict => (verdict.Server, verdict.Judgement)).ToList();
        if (!judgements.Any(item => item.Server.Required))
        {
            return Reason.NoServers;
        }

        var reasons = judgements.Where(item => item.Server.Required).Select(item => item.Judgement.Reason);
        return Agrees(view, judgements)
            // Excused silence is not a reason; a right answer with TTL 0 is one to wait another round.
            ? reasons.Contains(Reason.TtlZero) ? Reason.TtlZero : Reason.Agrees
            : reasons.Min();
    }

    private static Reason First(Reason a, Reason b) => a < b ? a : b;

    private static bool IsSilence(Reason reason) => reason is Reason.TimedOut or Reason.Unreachable;
}
