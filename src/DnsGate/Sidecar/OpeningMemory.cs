using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Report;
using DnsGate.Core.Text;
using DnsGate.Linux;
using DnsGate.Loop;

namespace DnsGate.Sidecar;

/// <summary>Remembers in the state file that the gate opened: the next process of the pod's sidecar resumes there.</summary>
/// <param name="path">The state file (<c>--state</c>).</param>
/// <param name="identity">The pod.</param>
/// <param name="digest">Stands for the options that decide (<see cref="OptionReader.Digest"/>).</param>
/// <param name="log">Receives why a file does not count, or could not be written.</param>
internal sealed class OpeningMemory(string path, Identity identity, string digest, Log log) : ILoopObserver
{
    private bool isWritten;

    /// <summary>When the gate opened, in an earlier process with the same identity and options; null when the gate starts closed.</summary>
    /// <param name="now">The wall clock.</param>
    public DateTimeOffset? Recall(DateTimeOffset now)
    {
        var (text, problem) = StateFile.Read(path, Opening.MaxBytes);
        if (text is not null && OpeningAt(now).IsResumedFrom(text, out var openedAt, out problem))
        {
            isWritten = true;
            return openedAt;
        }

        if (problem is not null)
        {
            log.Write(Event.StateIgnored, $"{Place} is ignored: {problem}; the gate starts closed");
        }

        return null;
    }

    /// <summary>Writes the file when the gate opens; not again, whatever becomes of it.</summary>
    public void OnRound(GateSnapshot snapshot)
    {
        if (isWritten || !snapshot.IsOpen)
        {
            return;
        }

        isWritten = true;
        if (StateFile.Write(path, OpeningAt(snapshot.Time).Render()) is { } problem)
        {
            log.Write(
                Event.StateNotWritten, $"{Place} was not written: {problem}; the gate starts closed after a restart of this container");
        }
    }

    private string Place => $"{OptionTable.State.Flag} {Printable.Escape(path)}";

    private Opening OpeningAt(DateTimeOffset time) => Opening.Create(identity, digest, time, BuildInfo.Version);
}
