using System.Net.Sockets;

namespace DnsGate.Ask;

/// <summary>What the network said, in words that are the same on every machine.</summary>
internal static class SocketProblem
{
    public static string Describe(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset",
        SocketError.HostUnreachable => "host unreachable",
        SocketError.NetworkUnreachable => "network unreachable",
        SocketError.HostDown => "host down",
        SocketError.NetworkDown => "network down",
        SocketError.AccessDenied => "not permitted",
        SocketError.TooManyOpenSockets => "too many open files in this container",
        SocketError.AddressFamilyNotSupported => "this host has no such address family",
        var other => other.ToString(),
    };
}
