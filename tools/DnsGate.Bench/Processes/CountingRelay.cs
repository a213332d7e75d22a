using System.Net;
using System.Net.Sockets;

namespace DnsGate.Bench.Processes;

/// <summary>Passes TCP connections on to a server, and counts what goes through them in both directions.</summary>
internal sealed class CountingRelay : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint server;
    private long bytes;
    private long connections;

    public CountingRelay(IPEndPoint server)
    {
        this.server = server;
        listener.Start(backlog: 1024);
        _ = AcceptAsync();
    }

    /// <summary>Where clients connect to.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)listener.LocalEndpoint;

    /// <summary>Bytes of TCP payload so far, those of TLS included.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Connections so far.</summary>
    public long Connections => Interlocked.Read(ref connections);

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptSocketAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        Interlocked.Increment(ref connections);
        using Socket server = new(this.server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(this.server);
                await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
            }
            catch (SocketException)
            {
                // One of them is gone, and so is the other now.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            while (await from.ReceiveAsync(buffer) is var length and > 0)
            {
                Interlocked.Add(ref bytes, length);
                await to.SendAsync(buffer.AsMemory(0, length));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One of them is gone.
        }
    }
}
