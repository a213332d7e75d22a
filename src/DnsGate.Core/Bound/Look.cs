using System.Collections.Immutable;

namespace DnsGate.Core.Bound;

/// <summary>What one look at the kernel's tables of sockets saw.</summary>
/// <param name="Listeners">The sockets that listen on the port, of each table that could be read.</param>
/// <param name="Unread">Why a table could not be read, for people; null when nothing is missing.</param>
public sealed record Look(ImmutableArray<Listener> Listeners, string? Unread);
