using System.Collections.Immutable;
using System.Runtime.InteropServices;
using DnsGate.Core.Bound;
using DnsGate.Os;
using Microsoft.Win32.SafeHandles;

namespace DnsGate.Bound;

/// <summary>
/// Looks at the kernel's tables of TCP sockets: those of the network namespace of this process, which the containers of
/// one pod share. A file is read piece by piece, in bounded memory: a busy pod has more sockets than fit into a mebibyte.
/// </summary>
/// <param name="directory">Where the tables are.</param>
internal sealed class SocketTables(string directory = "/proc/net")
{
    private readonly byte[] piece = new byte[16384];

    /// <summary>One look at both tables.</summary>
    /// <param name="port">The port that is asked about.</param>
    public Look At(int port)
    {
        var listeners = ImmutableArray.CreateBuilder<Listener>();
        var problem = Read($"{directory}/tcp", port, listeners, out _);
        var problem6 = Read($"{directory}/tcp6", port, listeners, out var isMissing6);
        // A kernel without IPv6 has no such file, and no socket of IPv6 either. Without /proc the first one is missing too.
        return new Look(listeners.ToImmutable(), problem ?? (isMissing6 ? null : problem6));
    }

    private string? Read(string path, int port, ImmutableArray<Listener>.Builder listeners, out bool isMissing)
    {
        var descriptor = Libc.Open(path, Libc.NonBlocking | Libc.CloseOnExec);
        var error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        isMissing = error is Libc.Enoent;
        if (descriptor < 0)
        {
            return isMissing ? $"'{path}' does not exist" : $"'{path}' cannot be read: {Marshal.GetPInvokeErrorMessage(error)}";
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
