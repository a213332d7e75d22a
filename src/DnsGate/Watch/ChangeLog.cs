using DnsGate.Core.Report;
using DnsGate.Core.Servers;
using DnsGate.Os;

namespace DnsGate.Watch;

/// <summary>Logs each change of the list and of the verdict once, and a heartbeat while nothing changes; never each round.</summary>
internal sealed class ChangeLog(Log log, TimeProvider time) : IWatcher
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30);

    private readonly HashSet<string> told = [];
    private string? lastText;
    private string? lastServers;
    private string lastFailures = "";
    private long lastAt;

    public void OnListing(Listing listing)
    {
        foreach (var note in listing.Notes.Where(told.Add))
        {
            log.Write(Event.ServerNotAsked, Printable.Of(note));
        }

        // YAML to paste stands further in than the next source.
        var failures = string.Join('\n', listing.Failures.Select(source => ListingReport.Failure(source).Replace("\n", "\n  ", StringComparison.Ordinal)));
        if (failures != lastFailures && failures.Length > 0)
        {
            log.Write(Event.ListingFailed, failures);
        }

        // That all sources can be listed again is told as well.
        var isMended = failures.Length == 0 && lastFailures.Length > 0;
        lastFailures = failures;
        var servers = ListingReport.Summary(listing);
        if (servers != lastServers || isMended)
        {
            log.Write(Event.ServersListed, servers);
            lastServers = servers;
        }
    }

    public void OnRound(Snapshot snapshot, History history)
    {
        // What became of the sources is told once, by OnListing.
        var text = TextReport.RenderWithoutFailures(snapshot);
        if (text != lastText)
        {
            log.Write(snapshot.Status == GateStatus.Open ? Event.Opened : Event.VerdictChanged, TextReport.RenderInBrief(snapshot).TrimEnd('\n'));
            (lastText, lastAt) = (text, time.GetTimestamp());
        }
        else
        {
            log.Write(Event.Round, TextReport.Headline(snapshot));
        }
    }

    public void OnTick(Snapshot snapshot, History history)
    {
        if (time.GetElapsedTime(lastAt) >= Heartbeat)
        {
            log.Write(Event.StillClosed, TextReport.Headline(snapshot));
            lastAt = time.GetTimestamp();
        }
    }
}
