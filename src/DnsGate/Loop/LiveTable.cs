using System.Globalization;
using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Linux;

namespace DnsGate.Loop;

/// <summary>One table on a terminal, drawn over again each second.</summary>
/// <param name="terminal">The terminal.</param>
/// <param name="paint">Whether to colour it.</param>
/// <param name="size">Columns and rows of the terminal, asked for each time: windows change.</param>
/// <param name="timeout">The time limit of the wait; null for none.</param>
internal sealed class LiveTable(StandardStream terminal, bool paint, Func<(int Columns, int Rows)> size, TimeSpan? timeout) : ILoopObserver
{
    private int drawnLines;
    private GateSnapshot? drawn;

    public void OnRound(GateSnapshot snapshot) => Draw(snapshot, TableReport.Progress(snapshot, timeout));

    public void OnTick(GateSnapshot snapshot) => Draw(snapshot, TableReport.Progress(snapshot, timeout));

    /// <summary>Draws the end: nothing counts down any more.</summary>
    /// <param name="last">The result; null where a signal came first, and what was drawn last stays.</param>
    public void End(GateSnapshot? last)
    {
        if ((last ?? drawn) is { } end)
        {
            Draw(end, progress: null);
        }
    }

    private void Draw(GateSnapshot snapshot, string? progress)
    {
        var (columns, rows) = size();
        var lines = TableReport.Render(snapshot, paint, columns, progress, snapshot.SinceOf)
            .TrimEnd('\n')
            .Split('\n');
        if (lines.Length > rows - 1)
        {
            // What has scrolled off cannot be drawn over.
            lines = [.. lines[..Math.Max(1, rows - 2)], $"… and {lines.Length - Math.Max(1, rows - 2)} more"];
        }

        // Up to the first line, then each line again, the rest of the old one erased; then all below.
        var up = drawnLines > 0 ? string.Create(CultureInfo.InvariantCulture, $"\u001b[{drawnLines}A\r") : "";
        terminal.Write(up + string.Concat(lines.Select(line => $"{line}\u001b[K\n")) + "\u001b[J");
        (drawnLines, drawn) = (lines.Length, snapshot);
    }
}
