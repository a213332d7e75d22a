using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace DnsGate.Core.Options;

/// <summary>One option: its flag, its mirror in the environment, and its help text.</summary>
/// <param name="Flag">The flag, <c>--settle</c>.</param>
/// <param name="Value">What stands for the value in help and the reference.</param>
/// <param name="Default">What holds when neither flag nor environment says anything, for people.</param>
/// <param name="Meaning">What it means, in one sentence.</param>
/// <param name="Decides">
/// Whether another value may open the gate at another time: the state file of <c>serve</c> counts only for the same values.
/// </param>
/// <param name="IsList">Whether it may be repeated, and holds several values separated by commas or blanks.</param>
internal sealed record OptionDefinition(string Flag, string Value, string Default, string Meaning, bool Decides, bool IsList = false)
{
    /// <summary>Whether a comma is part of a value, so that only blanks separate them.</summary>
    public bool HasCommasInValues { get; init; }

    /// <summary>The short flag, where there is one.</summary>
    public string? ShortFlag { get; init; }

    /// <summary>The variable that says the same: <c>DNSGATE_SETTLE</c>.</summary>
    public string Environment { get; init; } = "DNSGATE_" + Flag.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>Each option exists once. Comparing their texts took 4 % of the instructions of a check.</summary>
    public bool Equals(OptionDefinition? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}

/// <summary>
/// Every option there is. The command line, the environment, <c>--help</c> and the reference's tables follow these lists.
/// </summary>
internal static class OptionTable
{
    /// <summary>The variable that switches the gate off.</summary>
    public const string DisabledVariable = "DNSGATE_DISABLED";

    public static readonly OptionDefinition Name = new(
        "--name", "FQDN", "from /etc/hosts", "fully qualified name of this pod", Decides: true);

    public static readonly OptionDefinition Ip = new(
        "--ip", "ADDR", "POD_IPS, /etc/hosts, POD_IP, the interface",
        "an address of this pod; repeat for dual stack", Decides: true, IsList: true)
    {
        Environment = "DNSGATE_IPS",
    };

    public static readonly OptionDefinition Servers = new(
        "--servers",
        "SPEC",
        "auto",
        $"the cluster's DNS servers: {ServerSource.Forms} (the first that can be listed of: the DNS Service in the API, "
        + "headless:dnsgate-name-servers.NS.svc.DOMAIN, ns, resolv.conf)",
        Decides: true,
        IsList: true);

    public static readonly OptionDefinition App = new(
        "--app", "SPEC", "resolv.conf", "DNS servers that the application uses: resolv.conf[:FILE], off", Decides: true);

    public static readonly OptionDefinition External = new(
        "--external",
        "NAME@SERVER[,SERVER]",
        "none",
        "a name to check at servers outside the cluster; {pod} in NAME is the host name; SERVER is ADDR[:PORT], or authoritative for "
        + "all name servers of the zone",
        Decides: true,
        IsList: true)
    {
        HasCommasInValues = true,
    };

    /// <summary>The reverse policy of the external views.</summary>
    public static readonly OptionDefinition ExternalReverse = new(
        "--external-reverse", "POLICY", "off", "PTR policy for servers outside the cluster: contains, only, off", Decides: true);

    public static readonly OptionDefinition Reverse = new(
        "--reverse", "POLICY", "contains",
        "PTR policy: contains (the own name is among the PTR records), only (it is the only one), off", Decides: true);

    public static readonly OptionDefinition Families = new(
        "--families", "POLICY", "auto",
        "address families that must be published: auto (those that any server publishes), ipv4, ipv6, both", Decides: true);

    public static readonly OptionDefinition Require = new(
        "--require",
        "QUORUM",
        "all",
        "how many of the cluster's DNS servers must answer: all, majority, or a number; a server that answers "
        + "wrongly always closes the gate",
        Decides: true);

    /// <summary>How much of the DNS servers must be listed.</summary>
    public static readonly OptionDefinition Coverage = new(
        "--coverage",
        "COVERAGE",
        "any",
        "how much of the cluster's DNS servers must be listed for the gate to open: any; complete (every endpoint, or the servers that "
        + "you name)",
        Decides: true);

    /// <summary>Whether something may answer in the place of the DNS servers.</summary>
    public static readonly OptionDefinition InterceptionCheck = new(
        "--interception-check",
        "SWITCH",
        "on",
        "ask 192.0.2.1 once whether something answers DNS for every address: on, off; sent only after servers were discovered (kube:, "
        + "headless:, ns)",
        Decides: true);

    /// <summary>Other names of the pod.</summary>
    public static readonly OptionDefinition Also = new(
        "--also",
        "NAME",
        "none",
        "another name that must contain this pod's addresses, like its headless Service; asked once the own name has settled",
        Decides: true,
        IsList: true);

    /// <summary>The other members.</summary>
    public static readonly OptionDefinition Peers = new(
        "--peers",
        "SPEC",
        "none",
        $"members of the application's ensemble that must exist in DNS: {PeerSource.Forms}; asked once the own name has settled",
        Decides: true,
        IsList: true);

    /// <summary>How many of the members must exist.</summary>
    public static readonly OptionDefinition PeersRequire = new(
        "--peers-require",
        "QUORUM",
        "majority",
        "how many members must exist: all, majority, or a number; this pod counts as one if it is in the list",
        Decides: true);

    /// <summary>How long they may take.</summary>
    public static readonly OptionDefinition PeersTimeout = new(
        "--peers-timeout",
        "DURATION",
        "60s",
        "time for the members to appear, counted from the moment when the own name has settled first",
        Decides: true);

    /// <summary>What happens when they do not appear.</summary>
    public static readonly OptionDefinition OnPeersTimeout = new(
        "--on-peers-timeout",
        "ACTION",
        "open",
        "what happens after --peers-timeout: open (start the application with a warning), fail (exit 124; serve stays closed)",
        Decides: true);

    /// <summary>The length of the window.</summary>
    public static readonly OptionDefinition Settle = new(
        "--settle", "DURATION", "5s", "how long all servers must agree before the gate opens", Decides: true);

    /// <summary>The rounds of the window.</summary>
    public static readonly OptionDefinition Rounds = new(
        "--rounds", "N", "3", "minimum number of consecutive agreeing rounds", Decides: true);

    public static readonly OptionDefinition Interval = new("--interval", "DURATION", "1s", "time between two rounds", Decides: false);

    /// <summary>The time of one question.</summary>
    public static readonly OptionDefinition QueryTimeout = new(
        "--query-timeout", "DURATION", "500ms", "timeout of one query to one server", Decides: true);

    /// <summary>The time of the whole verb.</summary>
    public static readonly OptionDefinition Timeout = new(
        "--timeout", "DURATION", "check: 800ms; explain: 10s; wait, run: 10m",
        "overall timeout; 0 = one round, none = no limit", Decides: false);

    /// <summary>What to do when that time has passed.</summary>
    public static readonly OptionDefinition OnTimeout = new(
        "--on-timeout", "ACTION", "fail",
        "what happens after --timeout: fail (exit 124), open (start the application anyway)", Decides: false);

    /// <summary>Where the sidecar listens.</summary>
    public static readonly OptionDefinition Listen = new(
        "--listen", "ADDR:PORT", ":9553",
        "address of the sidecar: ADDR:PORT, [v6]:PORT, or :PORT for all addresses", Decides: false);

    /// <summary>The pace of a gate that is open.</summary>
    public static readonly OptionDefinition WatchInterval = new(
        "--watch-interval", "DURATION", "60s", "time between two rounds once the gate is open; 0 = do not watch", Decides: false);

    /// <summary>Where the sidecar remembers that the gate opened.</summary>
    public static readonly OptionDefinition State = new(
        "--state",
        "FILE",
        "/dev/shm/dnsgate.open",
        "file that records the opening, so that the gate stays open when the sidecar's container restarts: an absolute path, or off",
        Decides: false);

    /// <summary>
    /// The time of <c>probe</c>. Its variable is not <c>DNSGATE_TIMEOUT</c>, which in the same container is meant for the verb that waits.
    /// </summary>
    public static readonly OptionDefinition ProbeTimeout = new(
        "--timeout", "DURATION", "800ms", "time for the sidecar's answer; keep it below the probe's timeoutSeconds", Decides: false)
    {
        Environment = "DNSGATE_PROBE_TIMEOUT",
    };

    /// <summary>The form of results.</summary>
    public static readonly OptionDefinition Output = new(
        "--output", "FORMAT", "text; table for wait on a terminal",
        "format of the result on stdout: text, json, table, none", Decides: false)
    {
        ShortFlag = "-o",
    };

    /// <summary>The form of the log.</summary>
    public static readonly OptionDefinition LogFormat = new(
        "--log-format", "FORMAT", "text", "format of the log on stderr: text, json", Decides: false);

    /// <summary>The amount of log.</summary>
    public static readonly OptionDefinition LogLevel = new(
        "--log-level", "LEVEL", "info", "lowest level that is logged: error, warning, info, debug", Decides: false);

    /// <summary>
    /// The port of <c>bound</c>. The variables of this verb do not follow from the flags: Kubernetes itself sets
    /// <c>DNSGATE_PORT=tcp://10.96.0.7:9553</c> in every container of a namespace with a Service called "dnsgate" (service
    /// links, as Docker had them).
    /// </summary>
    public static readonly OptionDefinition BoundPort = new(
        "--port", "PORT", "3888", "port that the application listens on; 3888 is ZooKeeper's election port", Decides: false)
    {
        Environment = "DNSGATE_BOUND_PORT",
    };

    /// <summary>How long the same socket must be seen.</summary>
    public static readonly OptionDefinition BoundHeld = new(
        "--held", "DURATION", "6s", "how long the same socket must have been seen; 0 = check once", Decides: false)
    {
        Environment = "DNSGATE_BOUND_HELD",
    };

    /// <summary>
    /// Those of the verbs that ask, in the order of the reference. Every such verb takes them all, also those that mean nothing to it: the
    /// arguments of a manifest can be pasted behind <c>check</c> or <c>explain</c> as they are.
    /// </summary>
    public static readonly ImmutableArray<OptionDefinition> All =
    [
        Name, Ip, Servers, App, External, ExternalReverse, Reverse, Families, Require, Coverage,
        InterceptionCheck, Also, Peers, PeersRequire, PeersTimeout, OnPeersTimeout, Settle, Rounds, Interval, QueryTimeout, Timeout,
        OnTimeout, Listen, WatchInterval, State, Output, LogFormat, LogLevel,
    ];

    /// <summary>The options of <c>bound</c>, which asks no DNS server, in the order of the reference.</summary>
    public static readonly ImmutableArray<OptionDefinition> OfBound = [BoundPort, BoundHeld, Ip];
}
