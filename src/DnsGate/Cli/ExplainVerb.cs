using System.Collections.Immutable;
using DnsGate.Core.Gate;
using DnsGate.Core.Options;
using DnsGate.Core.Report;
using DnsGate.Linux;
using DnsGate.Loop;

namespace DnsGate.Cli;

/// <summary><c>dnsgate explain</c>: all that is known, as a page for a person. Asks even where the gate is switched off.</summary>
internal static class ExplainVerb
{
    /// <summary>Discovery has half of it: as long as in a gate that waits.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    public static int Run(VerbInput input, ImmutableArray<string> parserProblems)
    {
        var (session, problems) = Session.Prepare(input, DefaultTimeout, parserProblems);
        if (session is null)
        {
            return Usage.Report(input.Verb, problems);
        }

        var snapshot = session.Run(StopRule.AfterOneRound, NoObserver.Instance, CancellationToken.None);
        if (session.Options.Output is null or OutputFormat.Text)
        {
            var hosts = TextFile.TryRead(HostsFile.Path, out var text, out _) ? text : null;
            Streams.Out.Write(ExplainReport.Render(snapshot, session.Identity, session.Options, hosts, Session.DisabledBecause));
        }
        else
        {
            Output.Print(snapshot, session.Options.Output.Value);
        }

        return snapshot.ExitCode;
    }
}
