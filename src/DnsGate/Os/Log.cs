using DnsGate.Core.Report;
using DnsGate.Core.Spec;

namespace DnsGate.Os;

/// <summary>The log, on stderr. One-shot verbs build no logging framework for a handful of lines.</summary>
internal sealed class Log(LogFormat format, LogLevel level, TimeProvider time, TextWriter writer)
{
    public void Write(Event what, string message)
    {
        if (what.Level <= level)
        {
            // One write for each entry: lines of several processes do not mix.
            writer.Write(LogEntry.Render(format, time.GetUtcNow(), what, message));
            writer.Flush();
        }
    }
}
