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
        Streams.Out.Flush();
    }

    public static (int Columns, int Rows) TerminalSize()
    {
        try
        {
            return (Math.Max(20, Console.WindowWidth), Math.Max(3, Console.WindowHeight));
        }
        catch (IOException)
        {
            return (80, 24);
        }
    }
}
