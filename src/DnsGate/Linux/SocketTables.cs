using System.Collections.Immutable;
using System.Runtime.InteropServices;
using DnsGate.Core.Bound;
using Microsoft.Win32.SafeHandles;

namespace DnsGate.Linux;

/// <summary>
/// The kernel's tables of TCP sockets in the network namespace of this process, which the containers of a pod share. A file
/// is read piece by piece, in bounded memory: the tables of a busy pod have megabytes.
/// </summary>
/// <param name="port">The port of the listeners.</param>
/// <param name="directory">Where the tables are.</param>
internal sealed class SocketTables(int port, string directory = "/proc/net")
{
    private readonly byte[] piece = new byte[16384];

    public SocketSnapshot TakeSnapshot()
    {
        var listeners = ImmutableArray.CreateBuilder<Listener>();
        var problem = Read($"{directory}/tcp", listeners);
        var problem6 = Read($"{directory}/tcp6", listeners);

        // A kernel without IPv6 has no second table, and no IPv6 sockets. Without /proc the first one is missing too.
        return new SocketSnapshot(listeners.ToImmutable(), problem ?? (problem6 == Missing($"{directory}/tcp6") ? null : problem6));
    }

    private static string Missing(string path) => $"'{path}' does not exist";

    private string? Read(string path, ImmutableArray<Listener>.Builder listeners)
    {
        var descriptor = Libc.Open(path, Libc.NonBlocking | Libc.CloseOnExec);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error == Libc.Enoent ? Missing(path) : $"'{path}' cannot be read: {Marshal.GetPInvokeErrorMessage(error)}";
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var table = new SocketTable(port);
        while (true)
        {
            var length = Libc.Read(handle, piece, (nuint)piece.Length);
            if (length == 0)
            {
                break;
            }

            if (length > 0)
            {
                table.Read(piece.AsSpan(0, (int)length));
            }
            else if (Marshal.GetLastPInvokeError() is not Libc.Interrupted and var failure)
            {
                return $"'{path}' cannot be read: {Marshal.GetPInvokeErrorMessage(failure)}";
            }
        }

        listeners.AddRange(table.Listeners);
        return table.IsTable ? null : $"'{path}' is no table of sockets";
    }
}
