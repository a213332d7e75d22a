using DnsGate.Core.Report;
using DnsGate.Core.Spec;

namespace DnsGate.Os;

/// <summary>The log, on stderr. One-shot verbs build no logging framework for a handful of lines.</summary>
internal sealed class Log(LogFormat format, LogLevel level, TimeProvider time, StandardStream stream)
{
    public void Write(Event what, string message)
    {
        if (what.Level <= level)
        {
            // One write for each entry: lines of several processes do not mix.
            stream.Write(LogEntry.Render(format, time.GetUtcNow(), what, message));
        }
    }
}
