using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DnsGate.Ask;
using DnsGate.Core.Options;
using DnsGate.Core.Text;
using DnsGate.Linux;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DnsGate.Sidecar;

/// <summary>The site on a socket: Kestrel alone, with every limit that a stranger could reach for.</summary>
internal sealed class WebServer : IHttpApplication<HttpContext>, IHostedService, IDisposable
{
    // Requests in flight get this long when the server stops; all of them together take milliseconds.
    private static readonly TimeSpan LongestStop = TimeSpan.FromMilliseconds(300);

    private readonly HttpEndpoints site;
    private readonly LatestSnapshot latest;
    private readonly KestrelServer kestrel;

    /// <summary>Sets it up without listening yet.</summary>
    /// <param name="listen">Where to listen.</param>
    /// <param name="site">What is answered.</param>
    /// <param name="latest">Tells when the process is about to end.</param>
    public WebServer(ListenAddress listen, HttpEndpoints site, LatestSnapshot latest)
    {
        (this.site, this.latest) = (site, latest);
        var options = new KestrelServerOptions();
        Limit(options);
        static void Configure(ListenOptions listener) => listener.Protocols = HttpProtocols.Http1;
        if (listen.Address is null)
        {
            options.ListenAnyIP(listen.Port, Configure);
        }
        else
        {
            options.Listen(listen.Address, listen.Port, Configure);
        }

        kestrel = new KestrelServer(Options.Create(options), new LimitedSockets(), NullLoggerFactory.Instance);
    }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="ListenException">It cannot listen there.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await kestrel.StartAsync(this, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsAboutTheAddress(exception, out var problem))
        {
            throw new ListenException(problem);
        }
    }

    /// <summary>Stops listening, and gives requests in flight their time.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LongestStop);
        await kestrel.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => kestrel.Dispose();

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var reply = site.Answer(request.Method, request.Path.Value ?? "", request.QueryString.Value ?? "");
        var body = Encoding.UTF8.GetBytes(reply.Body);
        response.StatusCode = reply.Status;
        response.ContentType = reply.ContentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        // Nothing on the page runs, and nothing is fetched for it, whatever a DNS server puts into a name.
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
            + "base-uri 'none'; form-action 'none'";
        if (reply.ProbeStatus is { } probe)
        {
            response.Headers[ProbeStatus.Header] = probe.Name;
        }

        if (reply.Status == HttpResult.MethodNotAllowed)
        {
            response.Headers.Allow = "GET, HEAD";
        }

        if (latest.IsStopping)
        {
            response.Headers.Connection = "close";
        }

        if (!HttpMethods.IsHead(request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = 0;
        limits.MaxRequestBufferSize = 16 * 1024;
        limits.MaxRequestHeadersTotalSize = 8 * 1024;
        limits.MaxRequestLineSize = 4 * 1024;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        // Longer than Prometheus pauses between two scrapes.
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        // Who reads a page more slowly than this does not read it.
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 10 * 1024, gracePeriod: TimeSpan.FromSeconds(5));
    }

    private static bool IsAboutTheAddress(Exception exception, [NotNullWhen(true)] out string? problem)
    {
        problem = exception switch
        {
            IOException { InnerException: AddressInUseException } =>
                "another process listens there already; is it a second sidecar, or the application (ZooKeeper's AdminServer has 8080)?",
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "this pod has no such address",
            SocketException { SocketErrorCode: SocketError.AccessDenied } =>
                "ports below 1024 need the capability NET_BIND_SERVICE; choose a higher one",
            SocketException socket => SocketProblem.Describe(socket),
            IOException io => Printable.Escape(io.Message),
            _ => null,
        };
        return problem is not null;
    }

    /// <summary>Kestrel's own sockets, with a limit.</summary>
    private sealed class LimitedSockets : IConnectionListenerFactory
    {
        private readonly SocketTransportFactory sockets = new(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);

        public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            new ConnectionLimit(await sockets.BindAsync(endpoint, cancellationToken).ConfigureAwait(false), FileLimit.Connections);
    }
}

/// <summary>Why the address cannot be listened at: an error of the configuration.</summary>
/// <param name="problem">For people.</param>
internal sealed class ListenException(string problem) : Exception(problem);
