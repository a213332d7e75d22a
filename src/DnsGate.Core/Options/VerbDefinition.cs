using System.Collections.Immutable;

namespace DnsGate.Core.Options;

/// <summary>One verb, as the command line accepts it and as its help shows it.</summary>
/// <param name="Name">The verb, <c>check</c>.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="Options">The options that it uses, in the order of the help.</param>
internal sealed record VerbDefinition(string Name, string Summary, ImmutableArray<OptionDefinition> Options)
{
    /// <summary>What follows the verb on a command line, before its options; empty for most.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>What follows the options; <c>-- CMD [ARG...]</c> for <c>run</c>.</summary>
    public string Command { get; init; } = "";

    /// <summary>Options that it accepts and ignores, so that the arguments of one manifest fit every verb that asks.</summary>
    public ImmutableArray<OptionDefinition> Ignored { get; init; } = [];

    /// <summary>The exit codes, each with its meaning.</summary>
    public ImmutableArray<(int Code, string Meaning)> ExitCodes { get; init; } = [];

    /// <summary>Command lines that show how it is used.</summary>
    public ImmutableArray<string> Examples { get; init; } = [];

    /// <summary>Whether <c>DNSGATE_DISABLED</c> opens it.</summary>
    public bool CanBeDisabled { get; init; }

    /// <summary>Everything that the parser accepts.</summary>
    public IEnumerable<OptionDefinition> Accepted => Options.Concat(Ignored);
}

/// <summary>Every verb there is. Each is made when it is asked for: a run needs one of them.</summary>
internal static class VerbTable
{
    /// <summary>One round.</summary>
    public static VerbDefinition Check => Asking(
        "check",
        "Ask every DNS server once and print the verdict.",
        without: [.. Window, OptionTable.OnTimeout, .. OfServe, .. OfLog]) with
    {
        ExitCodes = [.. Verdicts, Usage, (Model.ExitCode.Undecidable, NoAnswer)],
        Examples = ["dnsgate check", "dnsgate check -o table --timeout 5s"],
        CanBeDisabled = true,
    };

    /// <summary>Rounds until the gate opens.</summary>
    public static VerbDefinition Wait => Asking(
        "wait", "Wait until the gate opens, then exit 0. For an init container.", without: OfServe) with
    {
        ExitCodes = [(Model.ExitCode.Open, "the gate has opened"), Usage, .. WaitEnds],
        Examples = ["dnsgate wait --timeout 10m"],
        CanBeDisabled = true,
    };

    /// <summary>Rounds until the gate opens, then the application.</summary>
    public static VerbDefinition Run => Asking(
        "run", "Wait until the gate opens, then become CMD (execve). For the entrypoint of the application.", without: OfServe) with
    {
        Command = "-- CMD [ARG...]",
        ExitCodes =
        [
            Usage, .. WaitEnds, (Model.ExitCode.NotExecutable, "CMD cannot be executed"), (Model.ExitCode.NotFound, "CMD was not found"),
        ],
        Examples = ["dnsgate run --timeout 10m -- zkServer.sh start-foreground"],
        CanBeDisabled = true,
    };

    /// <summary>The sidecar.</summary>
    public static VerbDefinition Serve => Asking(
        "serve",
        "Open once all servers agree, then watch them. Serves probes, status, metrics and a page. For a native sidecar.",
        without: [OptionTable.Timeout, OptionTable.OnTimeout, OptionTable.Output]) with
    {
        ExitCodes = [(Model.ExitCode.Open, "ended by SIGTERM or SIGINT"), Usage],
        Examples = ["dnsgate serve --listen :9553"],
        CanBeDisabled = true,
    };

    /// <summary>All that is known.</summary>
    public static VerbDefinition Explain => Asking(
        "explain",
        "Ask every DNS server once and print everything that is known. For people.",
        without: [OptionTable.OnTimeout, .. OfServe, .. OfLog]) with
    {
        ExitCodes = [.. Verdicts, Usage, (Model.ExitCode.Undecidable, NoAnswer)],
        Examples = ["kubectl exec POD -c dnsgate -- /dnsgate explain"],
    };

    /// <summary>A question to the sidecar.</summary>
    public static VerbDefinition Probe => new(
        "probe", "Ask the sidecar of the same pod. For exec probes.", [OptionTable.Listen, OptionTable.ProbeTimeout])
    {
        Arguments = "startup|ready|live",
        ExitCodes =
        [
            (Model.ExitCode.Open, "yes: the gate has opened, or the sidecar is live"),
            (Model.ExitCode.Closed, "no: the gate is closed, or the sidecar is not live"),
            Usage,
            (Model.ExitCode.Undecidable, "no sidecar answers, or no DNS server has answered it"),
        ],
        Examples = ["dnsgate probe startup"],
    };

    /// <summary>The application's own socket.</summary>
    public static VerbDefinition Bound => new(
        "bound", "Check that the application listens on this pod's address. For a startupProbe of the application.", OptionTable.OfBound)
    {
        ExitCodes =
        [
            (Model.ExitCode.Open, "the application listens on the pod's address"),
            (Model.ExitCode.Closed, "it does not"),
            Usage,
            (Model.ExitCode.Undecidable, "the kernel's tables of sockets cannot be read"),
            .. Signals,
        ],
        Examples = ["dnsgate bound --port 3888"],
    };

    /// <summary>A copy of the executable.</summary>
    public static VerbDefinition Install => new("install", "Copy this executable into an existing directory, atomically.", [])
    {
        Arguments = "DIR",
        ExitCodes = [(Model.ExitCode.Open, "DIR/dnsgate exists, with mode 0555"), (Model.ExitCode.Usage, "it could not be written")],
        Examples = ["dnsgate install /shared"],
    };

    /// <summary>What was built.</summary>
    public static VerbDefinition Version => new("version", "Print version, commit and runtime.", [OptionTable.Output])
    {
        ExitCodes = [(Model.ExitCode.Open, "always"), Usage],
        Examples = ["dnsgate version -o json"],
    };

    /// <summary>All of them, in the order of the help.</summary>
    public static ImmutableArray<VerbDefinition> All => [Check, Wait, Run, Serve, Explain, Probe, Bound, Install, Version];

    private const string NoAnswer = "undecidable: no DNS server was found, or none answered";

    private static ImmutableArray<OptionDefinition> Window => [OptionTable.Settle, OptionTable.Rounds, OptionTable.Interval];

    private static ImmutableArray<OptionDefinition> OfServe => [OptionTable.Listen, OptionTable.WatchInterval, OptionTable.State];

    private static ImmutableArray<OptionDefinition> OfLog => [OptionTable.LogFormat, OptionTable.LogLevel];

    private static (int Code, string Meaning) Usage => (Model.ExitCode.Usage, "wrong options or configuration");

    private static ImmutableArray<(int Code, string Meaning)> Verdicts =>
    [
        (Model.ExitCode.Open, "open: all required DNS servers agree"),
        (Model.ExitCode.Closed, "closed: a required DNS server disagrees or does not answer"),
    ];

    private static ImmutableArray<(int Code, string Meaning)> WaitEnds =>
        [(Model.ExitCode.TimedOut, "--timeout has passed; see --on-timeout"), .. Signals];

    private static ImmutableArray<(int Code, string Meaning)> Signals =>
        [(Model.ExitCode.Interrupted, "ended by SIGINT"), (Model.ExitCode.Terminated, "ended by SIGTERM")];

    /// <summary>A verb that asks DNS servers: it accepts every option and ignores some.</summary>
    private static VerbDefinition Asking(string name, string summary, ImmutableArray<OptionDefinition> without) =>
        new(name, summary, OptionTable.All.RemoveRange(without)) { Ignored = without };
}
