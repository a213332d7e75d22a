using System.Collections.Immutable;

namespace DnsGate.Core.Bound;

/// <summary>The listening sockets at one moment, read from the kernel's tables.</summary>
/// <param name="Listeners">The sockets that listen on the port, from each table that could be read.</param>
/// <param name="Unread">Why a table could not be read, for people; null when every table was read.</param>
internal sealed record SocketSnapshot(ImmutableArray<Listener> Listeners, string? Unread);
