using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DnsGate.Ask;

/// <summary>What the network said, in words that are the same on every machine.</summary>
internal static class SocketProblem
{
    /// <summary>ECONNREFUSED: the packet arrived, and nothing listens at that port.</summary>
    public const int Refused = 111;

    /// <summary>Whether an error is this pod's own: nothing was sent.</summary>
    public static bool IsLocal(int error) => error is 11 or 12 or 23 or 24 or 97 or 99 or 105;

    public static string Describe(SocketException exception) => Describe(exception.NativeErrorCode);

    /// <summary>An error number of the kernel: errno(3), asm-generic/errno.h.</summary>
    public static string Describe(int error) => error switch
    {
        1 or 13 => "not permitted", // EPERM, EACCES
        11 => "no local port is free", // EAGAIN of connect(2) over UDP
        12 or 105 => "out of memory", // ENOMEM, ENOBUFS
        23 or 24 => "too many open files in this container", // ENFILE, EMFILE
        19 or 22 => "no interface leads to this address", // ENODEV, EINVAL: link-local, and the interface is missing or unknown
        99 => "no local address or port is free", // EADDRNOTAVAIL: of a link-local server, or over TCP
        97 => "this pod has no such address family", // EAFNOSUPPORT
        100 => "network down", // ENETDOWN
        101 => "network unreachable", // ENETUNREACH
        104 => "connection reset", // ECONNRESET
        Refused => "connection refused",
        112 => "host down", // EHOSTDOWN
        113 => "host unreachable", // EHOSTUNREACH
        _ => Marshal.GetPInvokeErrorMessage(error),
    };
}
