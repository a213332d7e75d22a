using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Report;
using DnsGate.Linux;

namespace DnsGate.Cli;

/// <summary>The result of a verb, on stdout.</summary>
internal static class Output
{
    private const int StandardOutput = 1;

    /// <summary>Whether stdout is a terminal that understands cursor movements.</summary>
    public static bool IsTerminal =>
        Libc.IsTerminal(StandardOutput) == 1 && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Whether to colour (https://no-color.org: any value that is not empty says no).</summary>
    public static bool Paints => IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Columns of a help text: those of the terminal, up to what is easy to read.</summary>
    public static int HelpWidth => IsTerminal ? Math.Min(TerminalSize().Columns, 120) : 80;

    /// <summary>Prints a verdict.</summary>
    /// <param name="snapshot">The verdict.</param>
    /// <param name="format">In which form.</param>
    /// <param name="isProbe">Whether a kubelet may make an event of the text: it is the same each time, unless a terminal shows it.</param>
    public static void Print(GateSnapshot snapshot, OutputFormat format, bool isProbe = false)
    {
        Streams.Out.Write(format switch
        {
            OutputFormat.Text => TextReport.Render(snapshot, withTtl: !isProbe || IsTerminal),
            OutputFormat.Json => JsonReport.Render(snapshot) + "\n",
            OutputFormat.Table =>
                TableReport.Render(snapshot, Paints, IsTerminal ? TerminalSize().Columns : int.MaxValue),
            _ => "",
        });
    }

    /// <summary>
    /// The size of the terminal. Not from <see cref="Console"/>, which would put it into another keypad mode and leave it so.
    /// </summary>
    public static (int Columns, int Rows) TerminalSize()
    {
        // A terminal that does not know its size says 0 × 0.
        var known = Libc.GetWindowSize(StandardOutput, Libc.WindowSizeRequest, out var size) == 0;
        return (
            known && size.Columns > 0 ? Math.Max((int)size.Columns, 20) : 80, known && size.Rows > 0 ? Math.Max((int)size.Rows, 3) : 24);
    }
}
