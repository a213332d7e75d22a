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

            var ofView = view.Servers.IsEmpty && HasFailed(listing) ? Reason.DiscoveryFailed : tally.ReasonOf(view.Quorum);
            reason = ofView < reason ? ofView : reason;
        }

        if (listing.IsIncomplete && reason is Reason.Agrees or Reason.TtlZero)
        {
            // A source that the user asked for never falls back on the others.
            reason = Reason.DiscoveryFailed;
        }

        var kind = reason switch
        {
            Reason.Agrees => VerdictKind.Agrees,
            Reason.TtlZero => VerdictKind.Neutral,
            _ => servers.Any(server => server.Server.Required && server.Answered) ? VerdictKind.Disagrees : VerdictKind.Undecidable,
        };
        return new Verdict(kind, reason, servers.ToImmutable(), listing.Coverage);
    }

    /// <summary>Whether there may be servers that nobody could list; a source that lists nobody has not failed.</summary>
    private static bool HasFailed(Listing listing) =>
        listing.IsIncomplete && listing.Failures.Any(source => source.Problem!.Fault != DiscoveryFault.Empty);

    private static ServerVerdict JudgeServer(Server server, View view, List<StageWalk> stages, Patience patience)
    {
        var judgement = Judgement.Agrees;
        var isFresh = true;
        var observations = ImmutableArray.CreateBuilder<Observation>();
        foreach (var stage in stages)
        {
            var walk = stage.At(server);
            observations.AddRange(walk.Observations);
            isFresh &= !walk.StandsOnEarlier;
            // The private answer was right, or this stage would not have been reached: what is wrong is what applications are told.
            var told = stage.Stage == Stage.Cluster && walk.Judgement.IsWrong
                ? walk.Judgement with { Detail = $"{walk.Judgement.Detail}, from the cache that applications read" }
                : walk.Judgement;
            judgement = judgement.OrEarlierReason(told);
        }

        // One answer with TTL 0 is counted once, however many rounds it stands for.
        return new ServerVerdict(server, view, isFresh ? patience.CountTtlZero(server.Address, view.Key, judgement) : judgement, observations.ToImmutable());
    }
}
