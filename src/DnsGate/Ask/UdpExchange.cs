using System.Net;
using System.Net.Sockets;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Ask;

/// <summary>One query over UDP, with one resend.</summary>
internal static class UdpExchange
{
    // More than the 1232 octets offered: a server that sends more all the same is understood rather than called broken.
    private const int ReceiveBufferSize = 4096;

    /// <summary>
    /// Asks until the deadline. A query that stays silent is sent once more from a new socket (a new port: conntrack pins
    /// the old one to a backend that may be gone); whichever reply comes first counts.
    /// </summary>
    public static async Task<ExchangeResult> AskAsync(ServerAddress server, Query query, TimeSpan resendAfter, TimeProvider time, CancellationToken deadline)
    {
        using var decided = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        var first = SendAsync(server, query, decided.Token);
        if (await HasEndedWithinAsync(first, resendAfter, time, deadline).ConfigureAwait(false))
        {
            return await first.ConfigureAwait(false);
        }

        var second = SendAsync(server, query with { Id = MessageId.Next() }, decided.Token);
        var winner = await Task.WhenAny(first, second).ConfigureAwait(false);
        var loser = winner == first ? second : first;
        var result = await winner.ConfigureAwait(false);
        if (result.Reply is null)
        {
            // A network error on one socket: the other may still get its reply.
            var late = await loser.ConfigureAwait(false);
            return (late.Reply is null ? result : late) with { Datagrams = 2 };
        }

        await decided.CancelAsync().ConfigureAwait(false);
        await loser.ConfigureAwait(false);
        return result with { Datagrams = 2 };
    }

    private static async Task<bool> HasEndedWithinAsync(Task<ExchangeResult> exchange, TimeSpan wait, TimeProvider time, CancellationToken deadline)
    {
        try
        {
            await exchange.WaitAsync(wait, time, deadline).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>One datagram from a fresh, connected socket: a new source port, and the kernel lets through only what comes from the server.</summary>
    private static async Task<ExchangeResult> SendAsync(ServerAddress server, Query query, CancellationToken deadline)
    {
        try
        {
            using var socket = new Socket(server.Address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(new IPEndPoint(server.Address, server.Port));
            var buffer = new byte[ReceiveBufferSize];
            await socket.SendAsync(buffer.AsMemory(0, QueryWriter.Write(query, buffer)), deadline).ConfigureAwait(false);
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer, deadline).ConfigureAwait(false);
                // Duplicates and late replies are normal, and anybody can send garbage: strangers never end the wait.
                if (ReplyReader.IsReplyTo(buffer.AsSpan(0, length), query))
                {
                    // The kernel cuts what does not fit: such a reply is whole over TCP only.
                    return length == buffer.Length ? ExchangeResult.FromReply(new Reply.Truncated()) : ExchangeResult.FromReply(ReplyReader.Read(buffer.AsSpan(0, length), query));
                }

                deadline.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            return ExchangeResult.Silence;
        }
        catch (SocketException exception)
        {
            return ExchangeResult.Failed(SocketProblem.Describe(exception));
        }
    }
}
