using System.Collections.Immutable;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Report;
using DnsGate.Linux;
using DnsGate.Loop;

namespace DnsGate.Cli;

/// <summary><c>dnsgate wait</c>: rounds until settled, for an init container.</summary>
internal static class WaitVerb
{
    public static int Run(VerbInput input, ImmutableArray<string> parserProblems)
    {
        using var signals = new StopSignals();
        if (Session.Disabled(input, WaitForOpen.DefaultTimeout, parserProblems) is { } disabled)
        {
            WaitForOpen.LogTo(disabled.Options).Write(Event.Disabled, TextReport.Headline(disabled.Off));
            Output.Print(disabled.Off, disabled.Options.Output ?? OutputFormat.Text);
            return disabled.Off.ExitCode;
        }

        var (session, problems) = Session.Prepare(input, WaitForOpen.DefaultTimeout, parserProblems);
        if (session is null)
        {
            return Usage.ReportAndTerminate(input.Verb, problems);
        }

        var format = session.Options.Output ?? (Output.IsTerminal ? OutputFormat.Table : OutputFormat.Text);
        var table = format == OutputFormat.Table && Output.IsTerminal
            ? new LiveTable(Streams.Out, Output.Paints, Output.TerminalSize, session.Options.Timeout.Limit)
            : null;
        var (code, last) = new WaitForOpen(session, signals).Run(table);
        if (last is not null && table is null)
        {
            Output.Print(last, format);
        }

        if (code != ExitCode.Open)
        {
            WaitForOpen.Terminate(input.Verb, last);
        }

        return code;
    }
}
