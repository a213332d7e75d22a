using System.Collections.Immutable;

namespace DnsGate.Core.Model;

/// <summary>What one fetch of a source returned: servers, or why there are none.</summary>
/// <param name="Servers">The servers; empty exactly when there is a problem.</param>
/// <param name="Problem">Why there are none; null when there are some.</param>
internal sealed record SourceResult(ImmutableArray<Server> Servers, DiscoveryProblem? Problem)
{
    /// <summary>The most datagrams that one server was sent for this fetch. They count as questions to it.</summary>
    public int DatagramsToOne { get; init; }

    /// <summary>What people should know about the list, such as lines that name a server that cannot be asked.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>A list of at least one server.</summary>
    public static SourceResult Listed(ImmutableArray<Server> servers) => new(servers, null);

    public static SourceResult Failed(DiscoveryFault fault, string message, string? remedy = null) =>
        new([], new DiscoveryProblem(fault, message) { Remedy = remedy });
}
