using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace DnsGate.TestKit;

public sealed partial class LoopbackNameServer
{
    private async Task ServeTcpAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                _ = ConverseAsync(await tcp.AcceptAsync(stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client gave up before it was accepted.
            }
        }
    }

    // RFC 7766: a client may send several queries on one connection; each is answered before the next is read.
    private async Task ConverseAsync(Socket connection)
    {
        using NetworkStream stream = new(connection, ownsSocket: true);
        var source = (IPEndPoint)connection.RemoteEndPoint!;
        var length = new byte[2];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(length, stop.Token);
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(message, stop.Token);
                var response = Answer(message, source, overTcp: true);
                if (response is not null && !await SpeakAsync(connection, stream, response))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException or SocketException)
        {
            // The client closed, or the server stops.
        }
    }

    /// <summary>Sends a response; false when the connection is to be closed.</summary>
    private async Task<bool> SpeakAsync(Socket connection, NetworkStream stream, Response response)
    {
        var since = time.GetTimestamp();
        foreach (var datagram in response.Datagrams.OrderBy(datagram => datagram.After))
        {
            await DelayAsync(datagram.After - time.GetElapsedTime(since));
            byte[] framed = [(byte)(datagram.Bytes.Length >> 8), (byte)datagram.Bytes.Length, .. datagram.Bytes];
            switch (response.Tcp)
            {
                case TcpManner.Orderly:
                    await stream.WriteAsync(framed, stop.Token);
                    break;
                case TcpManner.Closes:
                    return false;
                case TcpManner.Resets:
                    // No time to linger = RST. The stream would shut down in order first, so the socket is closed here.
                    connection.LingerState = new LingerOption(true, 0);
                    connection.Dispose();
                    return false;
                case TcpManner.Garbage:
                    var garbage = new byte[64];
                    new Random(framed.Length).NextBytes(garbage);
                    await stream.WriteAsync(garbage, stop.Token);
                    return false;
                case TcpManner.HalfThenHangs:
                    await stream.WriteAsync(framed.AsMemory(0, framed.Length / 2), stop.Token);
                    await Task.Delay(Timeout.InfiniteTimeSpan, time, stop.Token);
                    return false;
                case TcpManner.HalfThenCloses:
                    await stream.WriteAsync(framed.AsMemory(0, framed.Length / 2), stop.Token);
                    return false;
                case TcpManner.Drips:
                    await DripAsync(stream, framed, response.DripInterval);
                    break;
            }
        }
        return true;
    }

    private async Task DripAsync(NetworkStream stream, byte[] octets, TimeSpan interval)
    {
        for (var i = 0; i < octets.Length; i++)
        {
            await stream.WriteAsync(octets.AsMemory(i, 1), stop.Token);
            await DelayAsync(interval);
        }
    }
}
