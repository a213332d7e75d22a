using DnsGate.Core.Model;

namespace DnsGate.Core.Report.Metrics;

/// <summary>The state of a listed server: a closed set, small enough to count servers by it.</summary>
internal enum ServerState
{
    Agrees,

    /// <summary>It answers, and wrongly.</summary>
    Disagrees,

    /// <summary>It does not answer.</summary>
    Silent,

    /// <summary>It is right with TTL 0: asked again.</summary>
    Unsettled,

    /// <summary>Not ready or terminating: whatever it says does not count.</summary>
    NotRequired,

    /// <summary>The last round did not reach it: an earlier stage disagrees.</summary>
    NotAsked,
}

/// <summary>The states of servers.</summary>
internal static class ServerStates
{
    /// <summary>The state of a server that the round reached.</summary>
    public static ServerState Classify(ServerVerdict server) =>
        !server.Server.Required ? ServerState.NotRequired
        : server.Agrees ? ServerState.Agrees
        : server.Judgement.Reason == Reason.TtlZero ? ServerState.Unsettled
        : server.Judgement.IsSilence ? ServerState.Silent
        : ServerState.Disagrees;

    /// <summary>The name of a state: a label's value, part of the contract.</summary>
    public static string Name(this ServerState state) => state switch
    {
        ServerState.NotRequired => "not-required",
        ServerState.NotAsked => "not-asked",
        _ => state.ToString().ToLowerInvariant(),
    };
}
