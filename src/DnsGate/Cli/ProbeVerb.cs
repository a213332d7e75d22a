using System.Collections.Immutable;
using System.CommandLine;
using DnsGate.Core.Options;
using DnsGate.Core.Text;
using DnsGate.Linux;
using DnsGate.Sidecar;

namespace DnsGate.Cli;

/// <summary><c>dnsgate probe startup|ready|live</c>: what the sidecar says, as an exit code and a line, for exec probes.</summary>
internal static class ProbeVerb
{
    // Less than the second that an exec probe has by default (Kubernetes API, timeoutSeconds). Not --timeout: DNSGATE_TIMEOUT
    // in the same container is meant for others.
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(800);

    private static readonly Argument<string> Which = new("WHICH")
    {
        Description = "startup, ready or live",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static VerbCommand Command()
    {
        var command = new VerbCommand("probe", "ask the sidecar: dnsgate probe startup|ready|live (exec probe)", [OptionTable.Listen], Run);
        command.Arguments.Add(Which);
        return command;
    }

    private static int Run(VerbInput input, ImmutableArray<string> parserProblems)
    {
        var reader = input.CreateReader();
        var listen = reader.ReadListen();
        var which = input.Parsed.GetValue(Which);
        var place = which switch
        {
            "startup" => HttpEndpoints.Startup,
            "ready" => HttpEndpoints.Ready,
            "live" => HttpEndpoints.Live,
            _ => null,
        };
        ImmutableArray<string> problems =
        [
            .. parserProblems,
            .. reader.Problems,
            .. place is null
                ? [string.IsNullOrEmpty(which) ? "say which: startup, ready or live" : $"'{which}' is not one of startup, ready, live"]
                : Array.Empty<string>(),
        ];
        if (place is null || !problems.IsEmpty)
        {
            return Usage.Report(input.Verb, problems);
        }

        var (code, line) = SidecarClient.AskAsync(listen, place, Deadline).GetAwaiter().GetResult();
        Streams.Out.Write(Printable.Escape(line) + "\n");
        return code;
    }
}
