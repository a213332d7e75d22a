namespace DnsGate.Core.Model;

/// <summary>
/// The names of enum values in text, JSON, log and metrics: part of the contract. Those of reasons are in <see cref="Reasons"/>.
/// </summary>
internal static class Names
{
    /// <summary>The name of a status. A gate that drifts is open.</summary>
    public static string Name(this GateStatus status) => status switch
    {
        GateStatus.Open or GateStatus.Drifting => "open",
        GateStatus.Closed => "closed",
        GateStatus.Undecidable => "undecidable",
        GateStatus.Disabled => "disabled",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    /// <summary>The name of the verdict of a round.</summary>
    public static string Name(this VerdictKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The name of the state of a member.</summary>
    public static string Name(this PeerState state) => state.ToString().ToLowerInvariant();

    /// <summary>The name of a view.</summary>
    public static string Name(this ViewKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The name of a coverage.</summary>
    public static string Name(this Coverage coverage) =>
        coverage == Coverage.NodeService ? "node-service" : coverage.ToString().ToLowerInvariant();

    /// <summary>The name of a fault of discovery.</summary>
    public static string Name(this DiscoveryFault fault) => fault switch
    {
        DiscoveryFault.NotFound => "not-found",
        DiscoveryFault.NoEndpoints => "no-endpoints",
        _ => fault.ToString().ToLowerInvariant(),
    };
}
