using System.Collections.Immutable;
using System.CommandLine;
using DnsGate.Core.Text;
using DnsGate.Linux;
using DnsGate.Sidecar;

namespace DnsGate.Cli;

/// <summary><c>dnsgate probe startup|ready|live</c>: what the sidecar says, as an exit code and a line, for exec probes.</summary>
internal static class ProbeVerb
{
    /// <summary>What is asked: <c>startup</c>, <c>ready</c> or <c>live</c>.</summary>
    public static readonly Argument<string> Which = new("WHICH") { Arity = ArgumentArity.ZeroOrOne };

    public static int Run(VerbInput input, ImmutableArray<string> parserProblems)
    {
        var reader = input.CreateReader();
        var (listen, timeout) = (reader.ReadListen(), reader.ReadProbeTimeout());
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
            // An unknown option may have a value, which the parser takes for the argument.
            .. place is null && parserProblems.IsEmpty
                ? [string.IsNullOrEmpty(which)
                    ? "no argument given: startup, ready or live"
                    : $"'{which}' is not one of startup, ready, live"]
                : Array.Empty<string>(),
        ];
        if (place is null || !problems.IsEmpty)
        {
            return Usage.Report(input.Verb, problems);
        }

        var (code, line) = SidecarClient.AskAsync(listen, place, timeout).GetAwaiter().GetResult();
        Streams.Out.Write(Printable.Escape(line) + "\n");
        return code;
    }
}
