using System.Net;
using System.Text;
using DnsGate.Core.Servers.Kube;

namespace DnsGate.Discover.Kube;

/// <summary>
/// One GET over a connection of its own (RFC 9112), which is all that is asked of an API server. .NET's client brings proxies, redirects,
/// cookies, pools and HTTP/2, all of them to be switched off again, a third of the executable, and needs /dev/urandom for its tracing.
/// </summary>
internal sealed class HttpExchange : IAsyncDisposable
{
    private readonly Stream connection;
    private readonly IPEndPoint server;
    private readonly byte[] buffer = new byte[HttpHead.MaxLength];
    private int start;
    private int end;
    private HttpHead head = new(0, IsChunked: false, Length: null);
    // Octets that are left of the body, or of this chunk.
    private long left;
    private bool isFirstChunk = true;
    private bool isOver;

    private HttpExchange(Stream connection, IPEndPoint server)
    {
        this.connection = connection;
        this.server = server;
    }

    /// <summary>The status of the answer.</summary>
    public int Status => head.Status;

    /// <summary>Sends the request and reads the head of its answer. The connection belongs to the exchange from here on.</summary>
    /// <exception cref="PeerException">What answers is no API server.</exception>
    public static async Task<HttpExchange> GetAsync(Stream connection, KubeGrant grant, string pathAndQuery, CancellationToken stop)
    {
        var exchange = new HttpExchange(connection, grant.Server);
        try
        {
            var request = $"GET {pathAndQuery} HTTP/1.1\r\nHost: {grant.Server}\r\nAuthorization: Bearer {grant.Token}\r\n"
                + "Accept: application/json\r\nUser-Agent: dnsgate\r\nConnection: close\r\n\r\n";
            await connection.WriteAsync(Encoding.ASCII.GetBytes(request), stop).ConfigureAwait(false);
            await exchange.ReadHeadAsync(stop).ConfigureAwait(false);
            return exchange;
        }
        catch
        {
            await exchange.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads some of the body; 0 at its end, and only there: a connection that ends before is an error.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> octets, CancellationToken stop)
    {
        if (head.IsChunked && left == 0 && !isOver)
        {
            await ReadChunkSizeAsync(stop).ConfigureAwait(false);
        }

        if (isOver || (left == 0 && (head.IsChunked || head.Length is not null)))
        {
            return 0;
        }

        if (start == end && !await FillAsync(stop).ConfigureAwait(false))
        {
            isOver = true;
            // A body without a length ends with its connection; whether its JSON was whole is seen there.
            return head.IsChunked || head.Length is not null ? throw EndedEarly() : 0;
        }

        var length = Math.Min(octets.Length, end - start);
        if (head.IsChunked || head.Length is not null)
        {
            length = (int)Math.Min(length, left);
            left -= length;
        }

        buffer.AsSpan(start, length).CopyTo(octets.Span);
        start += length;
        return length;
    }

    /// <summary>Ends the connection, whatever is left of the answer.</summary>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task ReadHeadAsync(CancellationToken stop)
    {
        // Interim answers (1xx) come before the one that counts.
        do
        {
            int length;
            while ((length = HttpHead.EndIn(buffer.AsSpan(start, end - start))) == 0)
            {
                if (end == buffer.Length)
                {
                    throw new PeerException($"the head of the answer from {server} is too long: it may be no API server");
                }

                if (!await FillAsync(stop).ConfigureAwait(false))
                {
                    throw end == start ? new PeerException($"the API server at {server} closed the connection without an answer") : NoHttp();
                }
            }

            head = HttpHead.TryRead(buffer.AsSpan(start, length), out var read) ? read : throw NoHttp();
            start += length;
        }
        while (head.Status < 200);

        left = head.Length ?? 0;
        isOver = head.Status is 204 or 304;
    }

    private async ValueTask ReadChunkSizeAsync(CancellationToken stop)
    {
        // The line end behind the octets of the last chunk, then the line of the next.
        if (!isFirstChunk && (await ReadLineAsync(stop).ConfigureAwait(false)).Length > 0)
        {
            throw NoHttp();
        }

        isFirstChunk = false;
        left = HttpChunk.TryReadSize((await ReadLineAsync(stop).ConfigureAwait(false)).Span, out var size) ? size : throw NoHttp();
        // Trailers may follow the last one; nobody reads them, nor anything else on this connection.
        isOver = left == 0;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadLineAsync(CancellationToken stop)
    {
        int length;
        while ((length = buffer.AsSpan(start, end - start).IndexOf("\r\n"u8)) < 0)
        {
            if (end - start > HttpChunk.MaxLine)
            {
                throw NoHttp();
            }

            if (!await FillAsync(stop).ConfigureAwait(false))
            {
                throw EndedEarly();
            }
        }

        var line = buffer.AsMemory(start, length);
        start += length + 2;
        return line;
    }

    /// <summary>Reads more from the connection; false at its end.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken stop)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        var read = await connection.ReadAsync(buffer.AsMemory(end), stop).ConfigureAwait(false);
        end += read;
        return read > 0;
    }

    private PeerException NoHttp() => new($"what answers at {server} speaks no HTTP: it may be no API server");

    private PeerException EndedEarly() => new($"the API server at {server} closed the connection in the middle of its answer");
}
