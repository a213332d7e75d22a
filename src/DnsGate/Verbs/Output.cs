using DnsGate.Core.Report;
using DnsGate.Core.Spec;
using DnsGate.Os;

namespace DnsGate.Verbs;

/// <summary>The result of a verb, on stdout.</summary>
internal static class Output
{
    /// <summary>Whether stdout is a terminal that understands cursor movements.</summary>
    public static bool IsTerminal => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Whether to colour (https://no-color.org: any value that is not empty says no).</summary>
    public static bool Paints => IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static void Print(Snapshot snapshot, OutputFormat format)
    {
        Streams.Out.Write(format switch
        {
            OutputFormat.Text => TextReport.Render(snapshot),
            OutputFormat.Json => JsonReport.Render(snapshot) + "\n",
            OutputFormat.Table => TableReport.Render(snapshot, since: null, Paints, IsTerminal ? TerminalSize().Columns : int.MaxValue),
            _ => "",
        });
    }

    public static (int Columns, int Rows) TerminalSize()
    {
        try
        {
            // A terminal that does not know its size says 0 × 0.
            var (columns, rows) = (Console.WindowWidth, Console.WindowHeight);
            return (columns > 0 ? Math.Max(20, columns) : 80, rows > 0 ? Math.Max(3, rows) : 24);
        }
        catch (IOException)
        {
            return (80, 24);
        }
    }
}
