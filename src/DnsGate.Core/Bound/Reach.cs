using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace DnsGate.Core.Bound;

/// <summary>A socket that takes connections for the pod.</summary>
/// <param name="Socket">The socket.</param>
/// <param name="Address">The first of the pod's addresses that it takes connections for.</param>
public sealed record OwnListener(Listener Socket, IPAddress Address);

/// <summary>
/// Which of the pod's addresses a socket takes connections for.
/// <code>
/// socket is bound to      other sockets on the port   takes
/// an address of the pod   any                         that address
/// 0.0.0.0                 any                         every IPv4 address of the pod
/// ::                      none of IPv4                every address of the pod
/// ::                      one of IPv4                 every IPv6 address of the pod
/// anything else           any                         none
/// </code>
/// The last but one: a socket at :: takes IPv4 too unless it was made IPV6_V6ONLY, which /proc does not tell. Java and Go
/// make it for both, and that is how ZooKeeper binds its wildcard, so it must count for a pod of IPv4. But the kernel gives
/// a port away only once for each family: where some socket has it for IPv4, the one at :: has it for IPv6 alone. (Two that
/// share it by SO_REUSEPORT, one of each family, count as separate; the one of IPv4 then speaks for itself.)
/// </summary>
public static class Reach
{
    /// <summary>The sockets that take connections for the pod, the ones that name an address of it first, then by address.</summary>
    public static ImmutableArray<OwnListener> Own(ImmutableArray<Listener> listeners, ImmutableArray<IPAddress> addresses)
    {
        var own = ImmutableArray.CreateBuilder<OwnListener>();
        foreach (var listener in listeners)
        {
            if (AddressOf(listener, listeners, addresses) is { } address)
            {
                own.Add(new OwnListener(listener, address));
            }
        }

        own.Sort((left, right) => left.Socket.IsWildcard != right.Socket.IsWildcard
            ? left.Socket.IsWildcard.CompareTo(right.Socket.IsWildcard)
            : Spec.Addresses.Compare(left.Socket.Address, right.Socket.Address));
        return own.ToImmutable();
    }

    private static IPAddress? AddressOf(Listener listener, ImmutableArray<Listener> all, ImmutableArray<IPAddress> addresses)
    {
        var takesIPv4 = listener.Address.AddressFamily == AddressFamily.InterNetwork || !HasIPv4(all);
        var takesIPv6 = listener.Address.AddressFamily == AddressFamily.InterNetworkV6;
        foreach (var address in addresses)
        {
            var isOfFamily = address.AddressFamily == AddressFamily.InterNetwork ? takesIPv4 : takesIPv6;
            if (address.Equals(listener.Address) || (listener.IsWildcard && isOfFamily))
            {
                return address;
            }
        }

        return null;
    }

    private static bool HasIPv4(ImmutableArray<Listener> all)
    {
        foreach (var listener in all)
        {
            if (listener.Address.AddressFamily == AddressFamily.InterNetwork)
            {
                return true;
            }
        }

        return false;
    }
}
