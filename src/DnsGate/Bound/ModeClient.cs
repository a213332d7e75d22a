using System.Net;
using System.Net.Sockets;
using DnsGate.Ask;
using DnsGate.Core.Bound;

namespace DnsGate.Bound;

/// <summary>Asks ZooKeeper for its Mode, with the "four letter word" <c>srvr</c>: the one that is allowed unless zoo.cfg says otherwise.</summary>
internal static class ModeClient
{
    /// <summary>Asks. The reply ends with the connection; one that is slow, endless or never comes is bounded in time and length.</summary>
    /// <param name="server">ZooKeeper's client port.</param>
    /// <param name="limit">The time for all of it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends it early, as silence.</param>
    public static async Task<ModeReply> AskAsync(IPEndPoint server, TimeSpan limit, TimeProvider time, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server, end.Token).ConfigureAwait(false);
            await socket.SendAsync(ModeReply.Command.ToArray(), end.Token).ConfigureAwait(false);

            // One octet more than a reply may have tells one that is too long.
            var reply = new byte[ModeReply.MaxLength + 1];
            var length = 0;
            for (var read = -1; read != 0 && length < reply.Length; length += read)
            {
                read = await socket.ReceiveAsync(reply.AsMemory(length), end.Token).ConfigureAwait(false);
            }

            return ModeReply.Read(reply.AsSpan(0, length));
        }
        catch (OperationCanceledException)
        {
            return ModeReply.Silence;
        }
        catch (SocketException exception)
        {
            return new ModeReply(ModeOutcome.Unreachable, SocketProblem.Describe(exception));
        }
    }
}
