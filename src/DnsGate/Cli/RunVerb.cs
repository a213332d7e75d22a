using System.Collections.Immutable;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Report;
using DnsGate.Core.Text;
using DnsGate.Linux;

namespace DnsGate.Cli;

/// <summary><c>dnsgate run -- CMD</c>: wait, then become CMD. stdout is the application's alone.</summary>
internal static class RunVerb
{
    public static int Run(VerbInput input, string[]? command, ImmutableArray<string> parserProblems)
    {
        if (command is null or [] or ["", ..])
        {
            parserProblems = parserProblems.Add("no command to run: dnsgate run [options] -- CMD [ARG...]");
        }

        using var signals = new StopSignals();
        if (Session.Disabled(input, WaitForOpen.DefaultTimeout, parserProblems) is { } disabled)
        {
            var log = WaitForOpen.LogTo(disabled.Options);
            log.Write(Event.Disabled, TextReport.Headline(disabled.Off));
            return Become(command!, signals, log);
        }

        var (session, problems) = Session.Prepare(input, WaitForOpen.DefaultTimeout, parserProblems);
        if (session is null)
        {
            return Usage.ReportAndTerminate(input.Verb, problems);
        }

        var waiting = new WaitForOpen(session, signals);
        var (code, last) = waiting.Run(table: null);
        if (code == ExitCode.Open)
        {
            return Become(command!, signals, waiting.Log);
        }

        if (last is not null)
        {
            Output.Print(last, session.Options.Output ?? OutputFormat.Text);
        }

        WaitForOpen.Terminate(input.Verb, last);
        return code;
    }

    private static int Become(string[] command, StopSignals signals, Log log)
    {
        // Not its arguments: they may hold what no log should.
        log.Write(Event.Executing, $"running {Printable.Escape(command[0])}");
        signals.Dispose();
        if (signals.Code != 0)
        {
            // The signal came between opening and here: it is meant for this process, whatever it runs by now.
            return signals.Code;
        }

        var code = Exec.Replace(command, out var problem);
        log.Write(Event.ExecFailed, Printable.Escape(problem));
        TerminationLog.Write($"dnsgate run: {Printable.Escape(problem)}\n");
        return code;
    }
}
