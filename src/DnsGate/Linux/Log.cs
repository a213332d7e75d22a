using DnsGate.Core.Options;
using DnsGate.Core.Report;

namespace DnsGate.Linux;

/// <summary>The log, on stderr. One-shot verbs build no logging framework for a handful of lines.</summary>
internal sealed class Log(LogFormat format, LogLevel level, TimeProvider time, StandardStream stream)
{
    // A log without a reader must not block the program: neither the gate nor the end of the process waits for a full pipe.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private volatile bool isRead = true;

    public void Write(Event what, string message)
    {
        if (what.Level <= level)
        {
            // One write for each entry: lines of several processes do not mix.
            isRead = stream.TryWrite(LogEntry.Render(format, time.GetUtcNow(), what, message), isRead ? Patience : TimeSpan.Zero);
        }
    }
}
