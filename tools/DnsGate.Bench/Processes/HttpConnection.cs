using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DnsGate.Bench.Processes;

/// <summary>
/// One connection to a sidecar: what asking costs the benchmark is not to be the most of it, so this reads no more of HTTP than it has to.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[64 * 1024];

    private HttpConnection()
    {
    }

    /// <summary>Connects.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="receiveBuffer">Octets that the kernel keeps for a reader who does not read them; null for as many as it likes.</param>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async Task<HttpConnection> OpenAsync(IPEndPoint to, int? receiveBuffer = null)
    {
        HttpConnection connection = new();
        try
        {
            if (receiveBuffer is { } size)
            {
                connection.socket.ReceiveBufferSize = size;
            }

            await connection.socket.ConnectAsync(to);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A request as it goes over the wire.</summary>
    public static byte[] RequestOf(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    /// <summary>Asks, and reads the whole reply.</summary>
    /// <returns>Its status.</returns>
    /// <exception cref="SocketException">The connection has broken.</exception>
    public async Task<int> AskAsync(ReadOnlyMemory<byte> request)
    {
        await socket.SendAsync(request);
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * length);
            }

            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (read == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            length += read;
            if (StatusOf(buffer.AsSpan(0, length)) is { } status)
            {
                return status;
            }
        }
    }

    /// <summary>Asks so many times, and reads the replies an octet at a time, until the server has enough of it.</summary>
    public async Task AskAndDawdleAsync(byte[] request, int times, TimeSpan pause, CancellationToken stop)
    {
        await socket.SendAsync(Enumerable.Repeat(request, times).SelectMany(each => each).ToArray(), stop);
        while (await socket.ReceiveAsync(buffer.AsMemory(0, 1), stop) > 0)
        {
            await Task.Delay(pause, stop);
        }
    }

    public void Dispose() => socket.Dispose();

    // Null while the reply is not whole.
    private static int? StatusOf(ReadOnlySpan<byte> reply)
    {
        var head = reply.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return null;
        }

        var rest = reply[reply.IndexOf("Content-Length: "u8)..][16..];
        var body = int.Parse(rest[..rest.IndexOf((byte)'\r')]);
        return reply.Length < head + 4 + body ? null : int.Parse(reply.Slice("HTTP/1.1 ".Length, 3));
    }
}
