using System.IO.Compression;
using System.Text;

namespace DnsGate.TestKit;

/// <summary>A request, and the means to answer it well or badly. What is sent after the connection has gone throws, which ends the exchange.</summary>
public sealed class KubeExchange
{
    // Go's HTTP server measures bodies up to this size and sends longer ones in chunks.
    private const int LongestMeasured = 2048;

    private readonly KubeConnection _connection;
    private readonly Stream _stream;
    private readonly KubeApiServer _server;
    private bool _isChunked;

    internal KubeExchange(KubeApiServer server, KubeConnection connection, Stream stream, KubeRequest request)
    {
        _server = server;
        _connection = connection;
        _stream = stream;
        Request = request;
    }

    /// <summary>The request.</summary>
    public KubeRequest Request { get; }

    /// <summary>Canceled when the client has gone, the connection was cut, or the server stopped.</summary>
    public CancellationToken Aborted => _connection.Gone;

    /// <summary>When set, bodies are sent in chunks of at most so many octets, wherever these end.</summary>
    public int? LongestChunk { get; set; }

    /// <summary>Whether an answer was sent to its end, so that the connection can be used for another request.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>The right answer now: to a LIST, and to a WATCH that is refused. Null to a WATCH that is not.</summary>
    public KubeResponse? RightResponse() => (_server.Decide(Request) as KubeDecision.Whole)?.Response;

    /// <summary>Answers right, until the end of the watch if it is one.</summary>
    public async Task AnswerAsync()
    {
        switch (_server.Decide(Request))
        {
            case KubeDecision.Whole whole:
                await AnswerAsync(whole.Response);
                break;
            case KubeDecision.Watch watch:
                await _server.RunWatchAsync(new KubeWatch(this, watch, _server));
                break;
        }
    }

    /// <summary>Answers something else; compressed when it is long and the client reads gzip.</summary>
    public async Task AnswerAsync(KubeResponse response)
    {
        ReadOnlyMemory<byte> body = response.Body;
        List<(string, string)> fields = [.. response.Fields];
        if (Request.AcceptsGzip && body.Length >= _server.ShortestCompressed)
        {
            body = Compress(body);
            fields.AddRange([("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]);
        }
        long? length = body.Length <= LongestMeasured && LongestChunk is null ? body.Length : null;
        await StartAsync(response.Status, response.ContentType, length, [.. fields]);
        await WriteAsync(body);
        await EndAsync();
    }

    /// <summary>Sends the head of an answer; chunks follow, or as many octets as it promises.</summary>
    public async Task StartAsync(
        int status = 200, string contentType = "application/json", long? length = null, IReadOnlyList<(string Name, string Value)>? fields = null)
    {
        _isChunked = length is null;
        StringBuilder head = new($"HTTP/1.1 {status} {HttpReason.Of(status)}\r\n");
        head.Append($"Audit-Id: {Guid.NewGuid()}\r\nCache-Control: no-cache, private\r\nContent-Type: {contentType}\r\n");
        foreach ((string name, string value) in fields ?? [])
            head.Append($"{name}: {value}\r\n");
        head.Append($"Date: {DateTimeOffset.UtcNow:R}\r\n");
        if (Request.Closes)
            head.Append("Connection: close\r\n");
        head.Append(_isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {length}\r\n\r\n");
        await WriteRawAsync(Encoding.Latin1.GetBytes(head.ToString()));
    }

    /// <summary>Sends a part of the body.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            ReadOnlyMemory<byte> piece = octets[..Math.Min(octets.Length, LongestChunk ?? 32 * 1024)];
            octets = octets[piece.Length..];
            await WriteRawAsync(_isChunked
                ? (byte[])[.. Encoding.Latin1.GetBytes($"{piece.Length:x}\r\n"), .. piece.Span, .. "\r\n"u8]
                : piece);
        }
    }

    /// <summary>Sends a part of the body.</summary>
    public Task WriteAsync(string text) => WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Ends the body.</summary>
    public async Task EndAsync()
    {
        if (_isChunked)
            await WriteRawAsync("0\r\n\r\n"u8.ToArray());
        IsComplete = true;
    }

    /// <summary>Sends octets that are no HTTP unless the caller makes them so.</summary>
    public async Task WriteRawAsync(ReadOnlyMemory<byte> octets) => await _stream.WriteAsync(octets, Aborted);

    /// <summary>Cuts the connection.</summary>
    public void Cut(TcpCut how) => _connection.Cut(how);

    /// <summary>Waits on the server's clock.</summary>
    public Task DelayAsync(TimeSpan delay) => Task.Delay(delay, _server.Time, Aborted);

    private static byte[] Compress(ReadOnlyMemory<byte> body)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest))
            gzip.Write(body.Span);
        return compressed.ToArray();
    }
}
