using System.Collections.Immutable;
using DnsGate.Core.Judge;
using DnsGate.Core.Servers;

namespace DnsGate.Core.Settle;

/// <summary>From the judgement of each server to the verdict of the round.</summary>
internal static class RoundJudge
{
    /// <summary>The verdict of a whole round.</summary>
    public static Verdict Judge(Listing listing, IReadOnlyList<StageWalk> stages, Patience patience)
    {
        var servers = ImmutableArray.CreateBuilder<ServerVerdict>();
        var reason = Reason.Agrees;
        foreach (var view in listing.Views)
        {
            var begun = stages.Where(stage => stage.View.Key == view.Key && stage.HasBegun).ToList();
            if (begun.Count == 0)
            {
                continue;
            }

            var tally = new Tally();
            foreach (var server in view.Servers)
            {
                var verdict = JudgeServer(server, view, begun, patience);
                servers.Add(verdict);
                tally.Add(server, verdict.Judgement);
            }

            var ofView = tally.ReasonOf(view.Quorum);
            reason = ofView < reason ? ofView : reason;
        }

        var kind = reason switch
        {
            Reason.Agrees => VerdictKind.Agrees,
            Reason.TtlZero => VerdictKind.Neutral,
            _ => servers.Any(server => server.Server.Required && server.Answered) ? VerdictKind.Disagrees : VerdictKind.Undecidable,
        };
        return new Verdict(kind, reason, servers.ToImmutable(), listing.Coverage);
    }

    private static ServerVerdict JudgeServer(Server server, View view, List<StageWalk> stages, Patience patience)
    {
        var judgement = Judgement.Agrees;
        var observations = ImmutableArray.CreateBuilder<Observation>();
        foreach (var stage in stages)
        {
            var walk = stage.At(server);
            observations.AddRange(walk.Observations);
            // The private answer was right, or this stage would not have been reached: what is wrong is what applications are told.
            var told = stage.Stage == Stage.Cluster && !walk.Judgement.IsRight && !walk.Judgement.IsSilence
                ? walk.Judgement with { Detail = $"{walk.Judgement.Detail}, from the cache that applications read" }
                : walk.Judgement;
            judgement = judgement.OrEarlierReason(told);
        }

        return new ServerVerdict(server, view, patience.CountTtlZero(server.Address, view.Key, judgement), observations.ToImmutable());
    }
}
