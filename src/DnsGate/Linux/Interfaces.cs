using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using DnsGate.Core.Model;

namespace DnsGate.Linux;

/// <summary>
/// The addresses of the network interfaces, by getifaddrs(3). .NET's NetworkInterface reads /etc/resolv.conf on the way
/// and fails where that file is missing.
/// </summary>
internal static class Interfaces
{
    private const ushort IPv4 = 2; // AF_INET
    private const ushort IPv6 = 10; // AF_INET6

    /// <summary>Every address of every interface; none when the kernel does not tell (a seccomp profile without netlink).</summary>
    public static unsafe ImmutableArray<IPAddress> Addresses()
    {
        if (Libc.GetInterfaceAddresses(out var first) != 0)
        {
            return [];
        }

        try
        {
            var addresses = ImmutableArray.CreateBuilder<IPAddress>();
            for (var item = first; item != null; item = item->Next)
            {
                if (Read(item->Address) is { } address)
                {
                    addresses.Add(address);
                }
            }

            return addresses.ToImmutable();
        }
        finally
        {
            Libc.FreeInterfaceAddresses(first);
        }
    }

    /// <summary>Whether the pod has this interface, given by name or number.</summary>
    public static bool Exists(string zone) => IndexOf(zone) != 0;

    /// <summary>Where to send to; without a scope id when there is no such interface, which the kernel refuses (EINVAL).</summary>
    public static IPEndPoint EndPointOf(ServerAddress server) => new(
        server.Zone is { } zone ? new IPAddress(server.Address.GetAddressBytes(), IndexOf(zone)) : server.Address, server.Port);

    // A name may consist of digits: it comes first, as in getaddrinfo(3).
    private static unsafe uint IndexOf(string zone)
    {
        if (Libc.GetInterfaceIndex(zone) is var index and not 0)
        {
            return index;
        }

        var name = stackalloc byte[Libc.InterfaceNameSize];
        return uint.TryParse(zone, NumberStyles.None, CultureInfo.InvariantCulture, out index) && Libc.GetInterfaceName(index, name) != 0
            ? index
            : 0;
    }

    // struct sockaddr_in: family, port, 4 octets. struct sockaddr_in6: family, port, flow label (4), 16 octets.
    private static unsafe IPAddress? Read(byte* address) => address == null ? null : Marshal.ReadInt16((nint)address) switch
    {
        (short)IPv4 => new IPAddress(new ReadOnlySpan<byte>(address + 4, 4)),
        (short)IPv6 => new IPAddress(new ReadOnlySpan<byte>(address + 8, 16)),
        _ => null,
    };
}
