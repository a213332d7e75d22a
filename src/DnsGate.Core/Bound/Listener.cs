using System.Net;

namespace DnsGate.Core.Bound;

/// <summary>A TCP socket that listens.</summary>
/// <param name="Address">
/// Where; an IPv4 address that an IPv6 socket is bound to (<c>::ffff:10.244.1.7</c>, as Java does) is the IPv4 address.
/// </param>
/// <param name="Port">1 to 65535.</param>
/// <param name="Inode">The kernel's number of the socket. It is a counter: a socket that was closed and made again has another one.</param>
internal sealed record Listener(IPAddress Address, int Port, ulong Inode)
{
    /// <summary>Whether it is bound to no address in particular.</summary>
    public bool IsWildcard => Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any);
}
