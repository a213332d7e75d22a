using System.Collections.Immutable;
using DnsGate.Core.Gate;
using DnsGate.Core.Options;
using DnsGate.Loop;

namespace DnsGate.Cli;

/// <summary><c>dnsgate check</c>: one round, for exec probes and people.</summary>
internal static class CheckVerb
{
    /// <summary>Less than the second that an exec probe has by default (Kubernetes API, timeoutSeconds).</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMilliseconds(800);

    public static int Run(VerbInput input, ImmutableArray<string> parserProblems)
    {
        if (Session.Disabled(input, DefaultTimeout, parserProblems) is { } disabled)
        {
            Output.Print(disabled.Off, disabled.Options.Output ?? OutputFormat.Text);
            return disabled.Off.ExitCode;
        }

        var (session, problems) = Session.Prepare(input, DefaultTimeout, parserProblems);
        if (session is null)
        {
            return Usage.Report(input.Verb, problems);
        }

        var snapshot = session.Run(StopRule.AfterOneRound, NoObserver.Instance, CancellationToken.None);
        Output.Print(snapshot, session.Options.Output ?? OutputFormat.Text, isProbe: true);
        return snapshot.ExitCode;
    }
}
