using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace DnsGate.TestKit;

/// <summary>Answers a request in place of a <see cref="KubeApiServer"/>: right, wrong, half or never.</summary>
public delegate Task KubeFault(KubeExchange exchange);

/// <summary>
/// A request, and the means to answer it well or badly. What is sent after the client has gone throws, which ends the exchange.
/// </summary>
public sealed class KubeExchange
{
    // Go's HTTP server measures bodies up to this size and sends longer ones in chunks.
    private const int LongestMeasured = 2048;

    private readonly HttpContext context;
    private readonly KubeApiServer server;

    internal KubeExchange(KubeApiServer server, HttpContext context) =>
        (this.server, this.context, Request) = (server, context, new KubeRequest(context.Request));

    /// <summary>The request.</summary>
    public KubeRequest Request { get; }

    /// <summary>Canceled when the client has gone, the connection was cut, or the server stopped.</summary>
    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>The right answer now.</summary>
    public KubeResponse RightResponse() => server.ResponseTo(Request);

    /// <summary>Answers right.</summary>
    public Task AnswerAsync() => AnswerAsync(RightResponse());

    /// <summary>Answers something else.</summary>
    public async Task AnswerAsync(KubeResponse response)
    {
        Start(response, response.Body.Length <= LongestMeasured ? response.Body.Length : null);
        await WriteAsync(response.Body);
    }

    /// <summary>Sets the head of an answer, which is sent with the first part of its body: of so many bytes, or in chunks.</summary>
    public void Start(KubeResponse head, long? length = null)
    {
        var response = context.Response;
        response.StatusCode = head.Status;
        response.ContentType = head.ContentType;
        response.ContentLength = length;
        response.Headers["Audit-Id"] = Guid.NewGuid().ToString();
        response.Headers.CacheControl = "no-cache, private";
        foreach ((var name, var value) in head.Fields)
        {
            response.Headers[name] = value;
        }
    }

    /// <summary>Sends a part of the body, a chunk where the body has no length.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> part)
    {
        await context.Response.Body.WriteAsync(part, Aborted);
        await context.Response.Body.FlushAsync(Aborted);
        // Kestrel ignores what is written after the client has gone.
        Aborted.ThrowIfCancellationRequested();
    }

    /// <summary>Sends bytes within TLS that are not HTTP unless the caller makes them so. Nothing else may have been sent before.</summary>
    public async Task WriteRawAsync(ReadOnlyMemory<byte> bytes)
    {
        await context.Features.Get<IDuplexPipe>()!.Output.WriteAsync(bytes, Aborted);
        Aborted.ThrowIfCancellationRequested();
    }

    /// <summary>Cuts the TCP connection, and waits until the client has closed it as well.</summary>
    public async Task CutAsync(TcpCut how)
    {
        Cut(context.Features.Get<IConnectionSocketFeature>()!.Socket, how);
        await NeverAsync();
    }

    /// <summary>Does nothing until the client goes.</summary>
    public Task NeverAsync() => Task.Delay(Timeout.InfiniteTimeSpan, Aborted);

    internal static void Cut(Socket socket, TcpCut how)
    {
        if (how == TcpCut.Fin)
        {
            socket.Shutdown(SocketShutdown.Send);
            return;
        }
        // No time to linger: RST.
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }
}
