using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Judge;
using DnsGate.Core.Servers;
using DnsGate.Core.Settle;
using DnsGate.Core.Spec;
using DnsGate.Core.Wire;

namespace DnsGate.Core.Report;

/// <summary>What the gate says of itself.</summary>
public enum GateStatus
{
    /// <summary>Every view agrees, for long enough.</summary>
    Open,

    /// <summary>Some server disagrees, or agreement has not lasted long enough.</summary>
    Closed,

    /// <summary>No server was found, or none answered.</summary>
    Undecidable,

    /// <summary>The kill switch is set: open, without asking.</summary>
    Disabled,
}

/// <summary>The words for what the gate says.</summary>
public static class GateStatuses
{
    /// <summary>The name of a status in text, JSON and log: part of the contract.</summary>
    public static string Name(this GateStatus status) => status.ToString().ToLowerInvariant();
}

/// <summary>All that is known after a round, immutable: what every output is made of.</summary>
public sealed record Snapshot
{
    /// <summary>What the gate says.</summary>
    public required GateStatus Status { get; init; }

    /// <summary>The first reason that keeps it closed.</summary>
    public required Reason Reason { get; init; }

    /// <summary>The pod's name; null only when the gate is switched off.</summary>
    public DnsName? Name { get; init; }

    /// <summary>The pod's addresses, IPv4 first.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>The servers that were found, and how; null where nobody looked.</summary>
    public Listing? Listing { get; init; }

    /// <summary>How much of the cluster's servers was asked.</summary>
    public Coverage Coverage => Listing?.Coverage ?? Coverage.None;

    /// <summary>How far the gate has come.</summary>
    public GateState State { get; init; } = GateState.Initial;

    /// <summary>When agreement is believed.</summary>
    public SettleRule Rule { get; init; } = SettleRule.OneRound;

    /// <summary>How many servers of the cluster view must answer.</summary>
    public Quorum Quorum { get; init; } = Quorum.All;

    /// <summary>The verdict on each server that the round reached.</summary>
    public ImmutableArray<ServerVerdict> Servers { get; init; } = [];

    /// <summary>What the whole picture means.</summary>
    public ImmutableArray<Diagnosis> Diagnoses { get; init; } = [];

    /// <summary>Why the gate is switched off, in the user's words; null when it is not.</summary>
    public string? DisabledBecause { get; init; }

    /// <summary>What the round came to, whatever the gate makes of it; null where there was none.</summary>
    public VerdictKind? Round { get; init; }

    /// <summary>Whether the gate is open and the servers of the last round do not agree any more. It stays open.</summary>
    public bool IsDrifting { get; init; }

    /// <summary>What is known before the first round has ended: nothing.</summary>
    public static Snapshot Starting(Identity identity) => new()
    {
        Status = GateStatus.Undecidable,
        Reason = Reason.NoServers,
        Name = identity.Name,
        Addresses = identity.Addresses,
    };

    /// <summary>The snapshot of a gate that is switched off.</summary>
    public static Snapshot Disabled(string why) => new() { Status = GateStatus.Disabled, Reason = Reason.Disabled, DisabledBecause = why };

    /// <summary>The exit code that says the same.</summary>
    public int ExitCode => Status switch
    {
        GateStatus.Open or GateStatus.Disabled => Spec.ExitCode.Open,
        GateStatus.Undecidable => Spec.ExitCode.Undecidable,
        _ => Spec.ExitCode.Closed,
    };

    /// <summary>Servers whose answer counts.</summary>
    public IEnumerable<ServerVerdict> RequiredServers => Servers.Where(server => server.Server.Required);
}
