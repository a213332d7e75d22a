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
/// <param name="port">The port that is asked about.</param>
/// <param name="directory">Where the tables are.</param>
internal sealed class SocketTables(int port, string directory = "/proc/net")
{
    private readonly byte[] piece = new byte[16384];

    // The one that had all that is held last time comes first.
    private string[] names = ["tcp", "tcp6"];

    /// <summary>
    /// One look at both tables, or at the one that has all that is held: the kernel searches its whole hash table of sockets,
    /// that of the node, for each of them, which takes it milliseconds.
    /// </summary>
    public Look At(ImmutableArray<OwnListener> held)
    {
        var listeners = ImmutableArray.CreateBuilder<Listener>();
        var problems = new List<string>();
        foreach (var name in names)
        {
            if (Read($"{directory}/{name}", listeners) is { } problem)
            {
                problems.Add(problem);
            }

            if (!held.IsEmpty && held.All(own => listeners.Contains(own.Socket)))
            {
                names = name == "tcp" ? ["tcp", "tcp6"] : ["tcp6", "tcp"];
                return new Look(listeners.ToImmutable(), null);
            }
        }

        // A kernel without IPv6 has no second table, and no socket of IPv6 either. Without /proc the first one is missing too.
        var missing6 = Missing($"{directory}/tcp6");
        return new Look(listeners.ToImmutable(), problems.Order(StringComparer.Ordinal).FirstOrDefault(problem => problem != missing6));
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
