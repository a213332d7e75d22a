using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DnsGate.Ask;

/// <summary>What the network said, in words that are the same on every machine.</summary>
internal static class SocketProblem
{
    public static string Describe(SocketException exception) => Describe(exception.NativeErrorCode);

    /// <summary>An error number of the kernel: errno(3), asm-generic/errno.h.</summary>
    public static string Describe(int error) => error switch
    {
        1 or 13 => "not permitted", // EPERM, EACCES
        23 or 24 => "too many open files in this container", // ENFILE, EMFILE
        19 or 22 => "no interface leads to this address", // ENODEV, EINVAL: link-local, and the interface is missing or unknown
        97 => "this host has no such address family", // EAFNOSUPPORT
        99 => "this pod has no address to ask it from", // EADDRNOTAVAIL
        100 => "network down", // ENETDOWN
        101 => "network unreachable", // ENETUNREACH
        104 => "connection reset", // ECONNRESET
        111 => "connection refused", // ECONNREFUSED
        112 => "host down", // EHOSTDOWN
        113 => "host unreachable", // EHOSTUNREACH
        _ => Marshal.GetPInvokeErrorMessage(error),
    };
}
