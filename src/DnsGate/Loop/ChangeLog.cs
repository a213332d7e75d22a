using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Text;
using DnsGate.Linux;

namespace DnsGate.Loop;

/// <summary>
/// Logs each change of the list and of the verdict once, and a heartbeat while nothing changes; never each round. What changes
/// on and on is logged as it is every few seconds: a line for each change of a flapping server costs money and is not read.
/// </summary>
internal sealed class ChangeLog(Log log, TimeProvider time) : ILoopObserver
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30);

    // Entries that may be written at once, and how long one takes to come back.
    private const double Burst = 20;
    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> told = [];
    private double spent;
    private long spentAt;
    private string? lastText;
    private string? lastServers;
    // What was told of each source that fails.
    private readonly Dictionary<(string Source, ViewKind View), string> lastFailures = [];
    private long lastAt = time.GetTimestamp();
    private GateSnapshot? last;

    public void OnListing(Listing listing)
    {
        foreach (var note in listing.Notes.Where(told.Add))
        {
            log.Write(Event.ServerNotAsked, Printable.Escape(note));
        }

        var servers = ListingReport.Summary(listing);
        // A source that was not asked this time has not changed.
        var failed = listing.Failures
            .Select(source => (Key: (source.Source, source.View), Text: ListingReport.Failure(source)))
            .Where(source => lastFailures.GetValueOrDefault(source.Key) != source.Text)
            .ToList();
        var recovered = listing.Sources
            .Where(source => source.Problem is null && lastFailures.ContainsKey((source.Source, source.View)))
            .ToList();
        if ((failed.Count == 0 && recovered.Count == 0 && servers == lastServers) || !MaySpend())
        {
            return;
        }

        if (failed.Count > 0)
        {
            // YAML to paste stands further in than the next source.
            log.Write(
                Event.ListingFailed,
                string.Join('\n', failed.Select(source => source.Text.Replace("\n", "\n  ", StringComparison.Ordinal))));
        }

        // An entry says as well that a source can be listed again.
        if (servers != lastServers || recovered.Count > 0)
        {
            log.Write(Event.ServersListed, servers);
        }

        failed.ForEach(source => lastFailures[source.Key] = source.Text);
        recovered.ForEach(source => lastFailures.Remove((source.Source, source.View)));
        lastServers = servers;
    }

    public void OnRound(GateSnapshot snapshot)
    {
        // OnListing logs what became of the sources, once.
        var text = TextReport.RenderWithoutFailures(snapshot);
        if (text != lastText && (Opens(snapshot) || MaySpend()))
        {
            log.Write(EventOf(snapshot), TextReport.RenderInBrief(snapshot).TrimEnd('\n'));
            (lastText, lastAt, last) = (text, time.GetTimestamp(), snapshot);
        }
        else
        {
            log.Write(Event.Round, TextReport.Headline(snapshot));
        }
    }

    public void OnTick(GateSnapshot snapshot)
    {
        if (snapshot.Status is GateStatus.Closed or GateStatus.Undecidable && time.GetElapsedTime(lastAt) >= Heartbeat)
        {
            log.Write(Event.StillClosed, TextReport.Headline(snapshot));
            lastAt = time.GetTimestamp();
        }
    }

    private bool Opens(GateSnapshot snapshot) => snapshot.Status == GateStatus.Open && last?.IsOpen != true;

    private Event EventOf(GateSnapshot snapshot) =>
        snapshot.Status == GateStatus.Disabled ? Event.Disabled
        : Opens(snapshot)
            ? (snapshot.IsResumed ? Event.Resumed : snapshot.Peers is { IsEnough: false } ? Event.OpenedWithoutPeers : Event.Opened)
        : snapshot.Status == GateStatus.Drifting ? Event.Drifted
        : last?.Status == GateStatus.Drifting ? Event.DriftEnded
        : Event.VerdictChanged;

    private bool MaySpend()
    {
        spent = Math.Max(0, spent - (time.GetElapsedTime(spentAt) / Refill));
        spentAt = time.GetTimestamp();
        var isAffordable = spent + 1 <= Burst;
        spent += isAffordable ? 1 : 0;
        return isAffordable;
    }
}
