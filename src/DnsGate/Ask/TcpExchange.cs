using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Ask;

/// <summary>One query over TCP (RFC 7766): for answers that do not fit into a datagram.</summary>
internal static class TcpExchange
{
    private const int LengthPrefix = 2;

    /// <summary>Asks until the deadline. A message that is not the reply is an error here: only the server writes into this connection.</summary>
    public static async Task<ExchangeResult> AskAsync(ServerAddress server, Query query, CancellationToken deadline)
    {
        try
        {
            using var socket = new Socket(server.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(server.Address, server.Port), deadline).ConfigureAwait(false);
            using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Frame(query), deadline).ConfigureAwait(false);

            var prefix = new byte[LengthPrefix];
            await stream.ReadExactlyAsync(prefix, deadline).ConfigureAwait(false);
            // At most 65,535 octets, whatever the peer says.
            var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
            await stream.ReadExactlyAsync(message, deadline).ConfigureAwait(false);
            return ReplyReader.IsReplyTo(message, query)
                ? ExchangeResult.FromReply(ReplyReader.Read(message, query))
                : ExchangeResult.Failed("the message is no reply to the question");
        }
        catch (OperationCanceledException)
        {
            return ExchangeResult.Silence;
        }
        catch (EndOfStreamException)
        {
            return ExchangeResult.Failed("the connection was closed before the message was complete");
        }
        catch (IOException exception) when (exception.InnerException is SocketException inner)
        {
            return ExchangeResult.Failed(SocketProblem.Describe(inner));
        }
        catch (SocketException exception)
        {
            return ExchangeResult.Failed(SocketProblem.Describe(exception));
        }
    }

    private static byte[] Frame(in Query query)
    {
        var frame = new byte[LengthPrefix + QueryWriter.MaxLength];
        var length = QueryWriter.Write(query, frame.AsSpan(LengthPrefix));
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)length);
        return frame[..(LengthPrefix + length)];
    }
}
