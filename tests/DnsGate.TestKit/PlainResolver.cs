using System.Net;
using System.Net.Sockets;

namespace DnsGate.TestKit;

/// <summary>One question to one server over UDP, no more: what the shell loops do that ask once and believe it.</summary>
public static class PlainResolver
{
    /// <summary>Asks with RD=1 and no EDNS; throws when nothing came within the timeout.</summary>
    public static async Task<DnsMessage> AskAsync(IPEndPoint server, string name, RrType type, TimeSpan timeout)
    {
        using Socket socket = new(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        return await AskAsync(socket, server, name, type, timeout);
    }

    /// <summary>The same with a socket of the caller's, which may be in another network.</summary>
    public static async Task<DnsMessage> AskAsync(Socket socket, IPEndPoint server, string name, RrType type, TimeSpan timeout)
    {
        using CancellationTokenSource deadline = new(timeout);
        await socket.ConnectAsync(server, deadline.Token);
        ushort id = (ushort)Random.Shared.Next(0x10000);
        byte[] query = [.. MessageWriter.Header(id, flags: 0x0100, questions: 1), .. ReceivedQuery.Of(name, type).Question];
        await socket.SendAsync(query, deadline.Token);
        byte[] reply = new byte[512];
        int length = await socket.ReceiveAsync(reply, deadline.Token);
        return ReplyReader.Read(reply.AsSpan(0, length));
    }
}
