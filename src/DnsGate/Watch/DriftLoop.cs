using DnsGate.Core.Judge;
using DnsGate.Core.Report;
using DnsGate.Core.Servers;
using DnsGate.Core.Settle;

namespace DnsGate.Watch;

/// <summary>
/// Watches a gate that is open: does somebody begin to tell applications something else? What it finds is told and
/// counted, and never closes the gate: a pod that runs is not taken out of service because a name server is wrong.
/// </summary>
/// <param name="interval">The pace; null to watch no more.</param>
/// <param name="list">Lists the servers anew.</param>
/// <param name="walker">Asks them.</param>
/// <param name="pulse">The loop's clock.</param>
/// <param name="patience">What is remembered of the servers.</param>
/// <param name="watcher">Is told what the loop finds.</param>
internal sealed class DriftLoop(TimeSpan? interval, Func<CancellationToken, Task<Listing>> list, RoundWalker walker, Pulse pulse, Patience patience, IWatcher watcher)
{
    private static readonly TimeSpan ListPace = TimeSpan.FromMinutes(5);

    // The name server of a node that died is listed for the better part of a minute: its drift ends when it leaves the list.
    private static readonly TimeSpan ListPaceOfDrift = TimeSpan.FromMinutes(1);

    private TimeSpan listedAt;

    /// <summary>Watches for ever.</summary>
    /// <param name="opened">The snapshot of the opening.</param>
    /// <param name="stop">Ends the watch, with an <see cref="OperationCanceledException"/>.</param>
    public async Task RunAsync(Snapshot opened, CancellationToken stop)
    {
        (listedAt, var last) = (pulse.Now, opened);
        while (true)
        {
            var next = interval is { } pace ? Pace.NextWatchAt(pace, pulse.Now, Random.Shared.NextDouble()) : TimeSpan.MaxValue;
            await pulse.PauseAsync(next, isOver: null, stop).ConfigureAwait(false);

            var listing = last.Listing!;
            if (pulse.Now - listedAt >= (last.IsDrifting ? ListPaceOfDrift : ListPace))
            {
                listing = await ListAsync(listing, stop).ConfigureAwait(false);
            }

            var verdict = await AskAsync(listing, stop).ConfigureAwait(false);
            if (HasDrifted(verdict) && !last.IsDrifting)
            {
                // Before anybody is told: a server that was replaced meanwhile, as in every rollout, is no drift; nor is one
                // moment of silence, whether the server paused or this process.
                var again = listedAt < pulse.Now - Pulse.Tick ? await ListAsync(listing, stop).ConfigureAwait(false) : listing;
                verdict = again.HasSameServersAs(listing) && !IsOnlySilence(verdict) ? verdict : await AskAsync(again, stop).ConfigureAwait(false);
                listing = again;
            }

            last = SnapshotOf(opened, listing, verdict);
            pulse.Publish(last);
        }
    }

    private static bool HasDrifted(Verdict verdict) => verdict.Kind is VerdictKind.Disagrees or VerdictKind.Undecidable;

    private static bool IsOnlySilence(Verdict verdict) =>
        !verdict.Servers.Any(server => server.Server.Required && server.Judgement.IsWrong);

    private Snapshot SnapshotOf(Snapshot opened, Listing listing, Verdict verdict) => opened with
    {
        Round = verdict.Kind,
        IsDrifting = HasDrifted(verdict),
        Reason = HasDrifted(verdict) ? verdict.Reason : Reason.Agrees,
        Listing = listing,
        // Those outside the cluster are not asked any more: they stand as they agreed.
        Servers = [.. verdict.Servers, .. opened.Servers.Where(server => server.View.Kind == ViewKind.External)],
        Diagnoses = HasDrifted(verdict) ? Diagnoses.Of(verdict, pulse.UnchangedFor(verdict)) : [],
    };

    private async Task<Verdict> AskAsync(Listing listing, CancellationToken stop) =>
        (await walker.WalkAsync(Round.OfOpenGate(listing, patience), listing, deadline: null, stop).ConfigureAwait(false)).Verdict;

    private async Task<Listing> ListAsync(Listing known, CancellationToken stop)
    {
        var listing = await pulse.DuringAsync(list(stop)).ConfigureAwait(false);
        if (listing.Coverage < known.Coverage)
        {
            // A weaker source stands in (auto): a server that it does not know of has not turned right.
            listing = known with { Sources = [.. listing.Sources.Select(source => source with { Serves = known.Sources.Any(same => same.Source == source.Source && same.Serves) })] };
        }

        listedAt = pulse.Now;
        watcher.OnListing(listing);
        patience.ForgetAllBut(listing);
        return listing;
    }
}
