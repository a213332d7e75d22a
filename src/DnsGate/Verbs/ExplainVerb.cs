using System.Collections.Immutable;
using DnsGate.Core.Report;
using DnsGate.Core.Spec;
using DnsGate.Os;

namespace DnsGate.Verbs;

/// <summary><c>dnsgate explain</c>: all that is known, as a page for a person. Asks even where the gate is switched off.</summary>
internal static class ExplainVerb
{
    public static async Task<int> RunAsync(VerbInput input, ImmutableArray<string> parserProblems)
    {
        var (gate, problems) = Gate.Prepare(input, CheckVerb.DefaultTimeout, parserProblems);
        if (gate is null)
        {
            return Usage.Report(input.Verb, problems);
        }

        var snapshot = await CheckVerb.OneRoundAsync(gate).ConfigureAwait(false);
        if (gate.Spec.Output is null or OutputFormat.Text)
        {
            Streams.Out.Write(ExplainReport.Render(snapshot, gate.Identity, gate.Spec, new Surroundings(TextFile.TryRead(HostsFile.Path, out var hosts, out _) ? hosts : null, Gate.DisabledBecause)));
        }
        else
        {
            Output.Print(snapshot, gate.Spec.Output.Value);
        }

        return snapshot.ExitCode;
    }
}
