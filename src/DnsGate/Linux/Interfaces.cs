using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;

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

    // struct sockaddr_in: family, port, 4 octets. struct sockaddr_in6: family, port, flow label (4), 16 octets.
    private static unsafe IPAddress? Read(byte* address) => address == null ? null : Marshal.ReadInt16((nint)address) switch
    {
        (short)IPv4 => new IPAddress(new ReadOnlySpan<byte>(address + 4, 4)),
        (short)IPv6 => new IPAddress(new ReadOnlySpan<byte>(address + 8, 16)),
        _ => null,
    };
}
