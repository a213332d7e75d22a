using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace DnsGate.Core.Bound;

/// <summary>
/// A socket that accepts connections to the pod.
/// <code>
/// socket is bound to      other sockets on the port   accepts connections to
/// an address of the pod   any                         that address
/// 0.0.0.0                 any                         every IPv4 address of the pod
/// ::                      none of IPv4                every address of the pod
/// ::                      one of IPv4                 every IPv6 address of the pod
/// anything else           any                         nothing
/// </code>
/// A socket at :: accepts IPv4 too unless it was made IPV6_V6ONLY, which /proc does not show. Java and Go accept both, so
/// ZooKeeper's wildcard must count for an IPv4 pod. The kernel gives a port out once per family: when another socket has it
/// for IPv4, the one at :: has IPv6 only. (Two sockets that share it by SO_REUSEPORT count as separate.)
/// </summary>
/// <param name="Socket">The socket.</param>
/// <param name="Address">The first of the pod's addresses that it accepts connections to.</param>
internal sealed record ListenerMatch(Listener Socket, IPAddress Address)
{
    /// <summary>The sockets that accept connections to the pod: those bound to one of its addresses first, then by address.</summary>
    public static ImmutableArray<ListenerMatch> FindAll(ImmutableArray<Listener> listeners, ImmutableArray<IPAddress> addresses)
    {
        var hasIPv4 = listeners.Any(listener => IsIPv4(listener.Address));
        return
        [
            .. listeners
                .Select(socket => (Socket: socket, Address: addresses.FirstOrDefault(address => Accepts(socket, address, hasIPv4))))
                .Where(match => match.Address is not null)
                .OrderBy(match => match.Socket.IsWildcard)
                .ThenBy(match => match.Socket.Address, Comparer<IPAddress>.Create(Text.Addresses.Compare))
                .Select(match => new ListenerMatch(match.Socket, match.Address!)),
        ];
    }

    private static bool Accepts(Listener socket, IPAddress address, bool hasIPv4) =>
        socket.Address.Equals(address)
        || (socket.Address.Equals(IPAddress.Any) && IsIPv4(address))
        || (socket.Address.Equals(IPAddress.IPv6Any) && !(IsIPv4(address) && hasIPv4));

    private static bool IsIPv4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;
}
