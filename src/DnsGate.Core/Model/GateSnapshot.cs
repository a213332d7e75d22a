using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Dns;

namespace DnsGate.Core.Model;

/// <summary>What the gate says of itself.</summary>
internal enum GateStatus
{
    /// <summary>Every view agreed for long enough, and no server disagrees now.</summary>
    Open,

    /// <summary>The gate is open, and the servers of the last round no longer agree. It stays open.</summary>
    Drifting,

    /// <summary>Some server disagrees, or agreement has not lasted long enough.</summary>
    Closed,

    /// <summary>No server was found, or none answered.</summary>
    Undecidable,

    /// <summary>The kill switch is set: open, without asking.</summary>
    Disabled,
}

/// <summary>All that is known at one time, immutable: what every output is made of.</summary>
internal sealed record GateSnapshot
{
    /// <summary>What the gate says.</summary>
    public required GateStatus Status { get; init; }

    /// <summary>Whether the application may run.</summary>
    public bool IsOpen => Status is GateStatus.Open or GateStatus.Drifting or GateStatus.Disabled;

    /// <summary>Whether the gate opened in an earlier process of the same pod (<c>--state</c>), and this one goes on from there.</summary>
    public bool IsResumed { get; init; }

    /// <summary>The time on the loop's clock, which starts at zero.</summary>
    public TimeSpan Now { get; init; }

    /// <summary>The same on the wall clock; the loop sets it.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>What the gate and each server said in the last hour.</summary>
    public History History { get; init; } = History.Empty;

    /// <summary>The first reason that keeps it closed.</summary>
    public required Reason Reason { get; init; }

    /// <summary>The pod's name; null only when the gate is switched off.</summary>
    public DnsName? Name { get; init; }

    /// <summary>The pod's addresses, IPv4 first.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>The servers that were found, and how; null before they were listed.</summary>
    public Listing? Listing { get; init; }

    /// <summary>How much of the cluster's servers was asked.</summary>
    public Coverage Coverage => Listing?.Coverage ?? Coverage.None;

    /// <summary>How far the gate has come.</summary>
    public SettleProgress State { get; init; } = SettleProgress.None;

    /// <summary>When agreement is believed.</summary>
    public SettleRule Rule { get; init; } = SettleRule.OneRound;

    /// <summary>How many servers of the cluster view must answer.</summary>
    public Quorum Quorum { get; init; } = Quorum.All;

    /// <summary>The verdict on each server that the round reached.</summary>
    public ImmutableArray<ServerVerdict> Servers { get; init; } = [];

    /// <summary>What is known of the members of <c>--peers</c>; null without that option, and before the own name has settled.</summary>
    public PeerSummary? Peers { get; init; }

    /// <summary>What the whole picture means.</summary>
    public ImmutableArray<Diagnosis> Diagnoses { get; init; } = [];

    /// <summary>Why the gate is switched off, in the user's words; null when it is not.</summary>
    public string? DisabledBecause { get; init; }

    /// <summary>The result of the round, whatever the gate makes of it; null where there was none.</summary>
    public VerdictKind? Round { get; init; }

    /// <summary>What is known before the first round has ended: nothing.</summary>
    public static GateSnapshot Starting(Identity identity) => new()
    {
        Status = GateStatus.Undecidable,
        Reason = Reason.NoServers,
        Name = identity.Name,
        Addresses = identity.Addresses,
    };

    /// <summary>What is known before the first round of a gate that opened in an earlier process.</summary>
    /// <param name="identity">The pod.</param>
    /// <param name="openFor">For how long the gate had been open when the loop's clock began.</param>
    public static GateSnapshot Resumed(Identity identity, TimeSpan openFor) => Starting(identity) with
    {
        Status = GateStatus.Open,
        Reason = Reason.Agrees,
        IsResumed = true,
        State = SettleProgress.None with { IsSettled = true },
        History = History.OpenSince(-openFor),
    };

    /// <summary>The snapshot of a gate that is switched off.</summary>
    public static GateSnapshot Disabled(string why) =>
        new() { Status = GateStatus.Disabled, Reason = Reason.Disabled, DisabledBecause = why };

    /// <summary>The exit code that says the same.</summary>
    public int ExitCode =>
        IsOpen ? Model.ExitCode.Open : Status == GateStatus.Undecidable ? Model.ExitCode.Undecidable : Model.ExitCode.Closed;

    /// <summary>Servers whose answer counts.</summary>
    public IEnumerable<ServerVerdict> RequiredServers => Servers.Where(server => server.Server.Required);

    /// <summary>All servers for lists that people read: those that keep the gate closed first, those that agree last.</summary>
    public IEnumerable<ServerVerdict> WrongFirst => Servers.OrderBy(server =>
        server.Agrees ? 3 : !server.Server.Required ? 2 : server.Judgement.IsWrong ? 0 : 1);

    /// <summary>In how many seconds the cached wrong answer of a server expires; null where that is not known, or over.</summary>
    public int? ExpiresIn(ServerVerdict server) =>
        server.CachedUntil - Now is { } left && left > TimeSpan.Zero ? (int)Math.Min(Math.Ceiling(left.TotalSeconds), int.MaxValue) : null;

    /// <summary>For how long a server has given its present answer.</summary>
    public TimeSpan SinceOf(ServerVerdict server) => Now - (History.SinceOf(server) ?? Now);
}
