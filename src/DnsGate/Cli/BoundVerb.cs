using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Bound;
using DnsGate.Core.Options;
using DnsGate.Discovery;
using DnsGate.Linux;

namespace DnsGate.Cli;

/// <summary>
/// <c>dnsgate bound</c>: has the application bound on this pod's address? For a startupProbe of the application's own
/// container. It waits for no DNS server, so the kill switch has nothing to switch off here.
/// </summary>
internal static class BoundVerb
{
    public static int Run(VerbInput input, ImmutableArray<string> parserProblems)
    {
        using var signals = new StopSignals();
        var (options, own, problems) = Prepare(input, parserProblems);
        if (own is null)
        {
            return Usage.Report(input.Verb, problems);
        }

        var tables = new SocketTables(options.Port);
        try
        {
            var verdict =
                BoundCheck.RunAsync(tables.TakeSnapshot, options.StableFor, own.Value.Addresses, TimeProvider.System, signals.Token)
                    .GetAwaiter()
                    .GetResult();
            Streams.Out.Write(BoundReport.Render(verdict, options, own.Value));
            return verdict.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return signals.Code;
        }
    }

    private static (
        BoundOptions Options, (ImmutableArray<IPAddress> Addresses, string Source)? Own,
        IReadOnlyList<string> Problems) Prepare(VerbInput input, ImmutableArray<string> parserProblems)
    {
        var reader = input.CreateReader();
        var options = reader.ReadBound();
        var given = reader.ReadAddresses();
        var problems = new List<string>([.. parserProblems, .. reader.Problems]);

        // The pod is looked at only for what the user did not say. Its name is not needed: none is asked for.
        var own = IdentityFinder.FindAddresses(given, given is null ? PodFactsReader.Read() : PodFacts.None, out var missing);
        if (!reader.SaysIdentityWrongly)
        {
            problems.AddRange(missing);
        }

        return (options, problems.Count > 0 ? null : own, problems);
    }
}
