using System.Collections.Immutable;

namespace DnsGate.Core.Servers;

/// <summary>What one source gave: servers, or why there are none.</summary>
/// <param name="Servers">The servers; empty exactly when there is a problem.</param>
/// <param name="Problem">Why there are none; null when there are some.</param>
public sealed record SourceList(ImmutableArray<Server> Servers, DiscoveryProblem? Problem)
{
    /// <summary>The most datagrams that one server was sent for this list; they count as questions to it.</summary>
    public int DatagramsToOne { get; init; }

    /// <summary>What people should know of the list: lines that name a server that cannot be asked.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>How long ago its source last vouched for it: a watch may be silent because nothing changes, or because nobody is there any more.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>A list of somebody.</summary>
    public static SourceList Of(ImmutableArray<Server> servers) => new(servers, null);

    /// <summary>No list, and why.</summary>
    public static SourceList Failed(DiscoveryFault fault, string message, string? remedy = null) =>
        new([], new DiscoveryProblem(fault, message) { Remedy = remedy });
}
