using System.Collections.Immutable;
using DnsGate.Ask;
using DnsGate.Core.Report;
using DnsGate.Core.Settle;
using DnsGate.Core.Spec;
using DnsGate.Discover;
using DnsGate.Watch;

namespace DnsGate.Verbs;

/// <summary><c>dnsgate check</c>: one round, for exec probes and people.</summary>
internal static class CheckVerb
{
    /// <summary>Less than the second that an exec probe has by default (Kubernetes API, timeoutSeconds).</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMilliseconds(800);

    public static async Task<int> RunAsync(VerbInput input, ImmutableArray<string> parserProblems)
    {
        if (Gate.Disabled(input, DefaultTimeout, parserProblems) is { } disabled)
        {
            Output.Print(disabled.Off, disabled.Spec.Output ?? OutputFormat.Text);
            return disabled.Off.ExitCode;
        }

        var (gate, problems) = Gate.Prepare(input, DefaultTimeout, parserProblems);
        if (gate is null)
        {
            return Usage.Report(input.Verb, problems);
        }

        var snapshot = await OneRoundAsync(gate).ConfigureAwait(false);
        Output.Print(snapshot, gate.Spec.Output ?? OutputFormat.Text);
        return snapshot.ExitCode;
    }

    /// <summary>One round within the time limit.</summary>
    public static async Task<Snapshot> OneRoundAsync(Gate gate)
    {
        using var client = new NameServerClient(gate.Spec.QueryTimeout, TimeProvider.System);
        using var lister = new ServerLister(gate.Spec, gate.Identity, client, gate.Spec.Timeout, TimeProvider.System);
        var loop = new GateLoop(gate.Spec, gate.Identity, lister, client, NoWatcher.Instance, TimeProvider.System);
        var limit = gate.Spec.Timeout;
        return await loop.RunAsync(new LoopPlan(SettleRule.OneRound, limit.IsOneRound ? null : limit.Limit, IsOneRound: true), CancellationToken.None).ConfigureAwait(false);
    }
}
