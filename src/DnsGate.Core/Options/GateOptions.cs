using System.Collections.Immutable;
using DnsGate.Core.Model;

namespace DnsGate.Core.Options;

/// <summary>The form of results on stdout.</summary>
internal enum OutputFormat
{
    /// <summary>The verdict, line by line.</summary>
    Text,

    Json,

    Table,

    /// <summary>Nothing: the exit code says it all.</summary>
    None,
}

/// <summary>The form of the log on stderr.</summary>
internal enum LogFormat
{
    /// <summary>A line for people.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    Json,
}

/// <summary>How much is logged; each level includes those before it.</summary>
internal enum LogLevel
{
    /// <summary>What ends the program.</summary>
    Error,

    /// <summary>What an operator should look at.</summary>
    Warning,

    /// <summary>Each change, and a heartbeat.</summary>
    Info,

    Debug,
}

/// <summary>How long a verb may take.</summary>
/// <param name="Limit">The time; null for no limit.</param>
internal readonly record struct TimeLimit(TimeSpan? Limit)
{
    /// <summary>Whether there is just one round, with no deadline but that of its questions.</summary>
    public bool IsOneRound => Limit == TimeSpan.Zero;
}

/// <summary>The options of a verb, checked: flag before environment before default.</summary>
internal sealed record GateOptions
{
    /// <summary>Sources of the cluster view.</summary>
    public required ImmutableArray<ServerSource> Servers { get; init; }

    /// <summary>Source of the app view; null when it is off.</summary>
    public required ServerSource? App { get; init; }

    public required ImmutableArray<ExternalSource> External { get; init; }

    /// <summary>What the PTR records must be in the external views.</summary>
    public required ReversePolicy ExternalReverse { get; init; }

    /// <summary>What the PTR records must be.</summary>
    public required ReversePolicy Reverse { get; init; }

    /// <summary>Which families must be published.</summary>
    public required FamilyPolicy Families { get; init; }

    /// <summary>How many servers of the cluster view must answer.</summary>
    public required Quorum Require { get; init; }

    /// <summary>How much of the cluster's DNS servers must be listed for the gate to open.</summary>
    public required RequiredCoverage Coverage { get; init; }

    /// <summary>Whether discovered servers are checked for something that answers in their place.</summary>
    public required bool InterceptionCheck { get; init; }

    /// <summary>Other names that must contain the pod's addresses, as they are written.</summary>
    public required ImmutableArray<string> Also { get; init; }

    /// <summary>Where the names of other members come from; empty when none are asked for.</summary>
    public required ImmutableArray<PeerSource> Peers { get; init; }

    /// <summary>How many members must exist.</summary>
    public required Quorum PeersRequire { get; init; }

    /// <summary>Time for them to appear, once the own name has settled.</summary>
    public required TimeSpan PeersTimeout { get; init; }

    /// <summary>What to do when it has passed.</summary>
    public required OnTimeout OnPeersTimeout { get; init; }

    /// <summary>When agreement is believed.</summary>
    public required SettleRule Rule { get; init; }

    /// <summary>Pace of the rounds.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>Time for one question at one server.</summary>
    public required TimeSpan QueryTimeout { get; init; }

    /// <summary>Time for all of it.</summary>
    public required TimeLimit Timeout { get; init; }

    /// <summary>What to do when it has passed.</summary>
    public required OnTimeout OnTimeout { get; init; }

    /// <summary>Where <c>serve</c> listens.</summary>
    public required ListenAddress Listen { get; init; }

    /// <summary>Pace of <c>serve</c> once the gate is open; null when it stops watching then.</summary>
    public required TimeSpan? WatchInterval { get; init; }

    /// <summary>Where <c>serve</c> remembers that the gate opened, an absolute path; null when it does not.</summary>
    public required string? State { get; init; }

    /// <summary>The form of results; null when nothing was said.</summary>
    public required OutputFormat? Output { get; init; }

    /// <summary>The form of the log.</summary>
    public required LogFormat LogFormat { get; init; }

    /// <summary>The amount of log.</summary>
    public required LogLevel LogLevel { get; init; }
}
