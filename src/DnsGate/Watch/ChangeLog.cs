using DnsGate.Core.Report;
using DnsGate.Os;

namespace DnsGate.Watch;

/// <summary>Logs each change of the verdict once, and a heartbeat while nothing changes; never each round.</summary>
internal sealed class ChangeLog(Log log, TimeProvider time)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30);

    private string? lastText;
    private long lastAt;

    public void Note(Snapshot snapshot)
    {
        var text = TextReport.Render(snapshot).TrimEnd('\n');
        if (text != lastText)
        {
            log.Write(snapshot.Status == GateStatus.Open ? Event.Opened : Event.VerdictChanged, text);
        }
        else if (time.GetElapsedTime(lastAt) >= Heartbeat)
        {
            log.Write(Event.StillClosed, TextReport.Headline(snapshot));
        }
        else
        {
            log.Write(Event.Round, TextReport.Headline(snapshot));
            return;
        }

        (lastText, lastAt) = (text, time.GetTimestamp());
    }
}
