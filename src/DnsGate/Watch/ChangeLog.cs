using DnsGate.Core.Report;
using DnsGate.Os;

namespace DnsGate.Watch;

/// <summary>Logs each change of the verdict once, and a heartbeat while nothing changes; never each round.</summary>
internal sealed class ChangeLog(Log log, TimeProvider time) : IWatcher
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30);

    private string? lastText;
    private string? lastListingProblem;
    private long lastAt;

    public void OnRound(Snapshot snapshot, History history)
    {
        if (snapshot.ListingProblem is { } problem && problem != lastListingProblem)
        {
            log.Write(Event.ListingFailed, $"{Printable.Of(problem)}; the last list stays in use");
        }

        lastListingProblem = snapshot.ListingProblem;
        var text = TextReport.Render(snapshot).TrimEnd('\n');
        if (text != lastText)
        {
            log.Write(snapshot.Status == GateStatus.Open ? Event.Opened : Event.VerdictChanged, text);
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
