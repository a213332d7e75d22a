using System.Buffers.Text;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DnsGate.TestKit;

/// <summary>
/// A Kubernetes API server on loopback, over TLS, that lists EndpointSlices, and fails in all the ways in which real ones do: Kestrel, and
/// a socket that a test can cut. It runs from construction to disposal, and everything about it may be changed at any time.
/// </summary>
/// <remarks>What a <see cref="Fault"/> throws closes its connection, and is thrown again on disposal.</remarks>
public sealed partial class KubeApiServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    // What Kestrel needs for TLS; the host itself never runs.
    private static readonly IServiceProvider Services = MakeServices();

    private readonly Lock guard = new();
    private readonly Milestones milestones = new();
    private readonly List<KubeRequest> requests = [];
    private readonly Socket reservation;
    private KestrelServer? kestrel;
    private KubeAuthority authority = new();
    private SslStreamCertificateContext shown;
    private volatile string acceptedToken = ServiceAccountToken.Create();
    private volatile KubeFault? fault;
    private Exception? thrown;
    private int open;
    private int accepted;

    /// <summary>Starts a server.</summary>
    /// <param name="at">Where it listens; 127.0.0.1 and a port of the system's choice by default.</param>
    public KubeApiServer(IPEndPoint? at = null)
    {
        // Never listens, but keeps the port while the server is stopped: no other process gets it, and clients are refused.
        reservation = new Socket((at ??= new IPEndPoint(IPAddress.Loopback, 0)).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        reservation.Bind(at);
        Endpoint = (IPEndPoint)reservation.LocalEndPoint!;
        shown = Show(KubeCertificate.Right);
        Start();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Its port.</summary>
    public int Port => Endpoint.Port;

    /// <summary>Its address as clients of HTTP write it: <c>https://127.0.0.1:6443/</c>.</summary>
    public Uri Url => new($"https://{Endpoint}/");

    /// <summary>The EndpointSlices that it serves.</summary>
    public EndpointSliceStore Slices { get; } = new();

    /// <summary>What it does before TLS is established.</summary>
    public TlsManner Tls { get; set; }

    /// <summary>Answers all requests in its place; null when it behaves.</summary>
    public KubeFault? Fault
    {
        get => fault;
        set => fault = value;
    }

    /// <summary>The only token that it accepts; every other request gets 401.</summary>
    public string AcceptedToken
    {
        get => acceptedToken;
        set => acceptedToken = value;
    }

    /// <summary>Whether RBAC refuses <c>list</c> with 403.</summary>
    public bool IsForbidden { get; set; }

    /// <summary>The root certificate of the cluster, as in <c>ca.crt</c>.</summary>
    public string CertificateAuthorityPem => authority.Pem;

    /// <summary>The certificate that connections from now on are shown.</summary>
    public KubeCertificate Certificate
    {
        set => shown = Show(value);
    }

    /// <summary>All requests so far, in the order of receipt: a snapshot.</summary>
    public IReadOnlyList<KubeRequest> Requests
    {
        get
        {
            lock (guard)
            {
                return [.. requests];
            }
        }
    }

    /// <summary>The number of connections that are open, with or without TLS.</summary>
    public int OpenConnections => Volatile.Read(ref open);

    /// <summary>The number of connections that were ever accepted.</summary>
    public int AcceptedConnections => Volatile.Read(ref accepted);

    /// <summary>From now on another authority signs: clients that know only the last one refuse new connections. Open ones stay.</summary>
    public void UseNewAuthority()
    {
        authority.Dispose();
        authority = new KubeAuthority();
        shown = Show(KubeCertificate.Right);
    }

    /// <summary>Completes when there have been so many requests.</summary>
    public Task WaitForRequestsAsync(int count, CancellationToken cancellation = default) =>
        WaitUntilAsync(() => Requests.Count >= count, cancellation);

    /// <summary>Completes when a condition on this server's requests and connections holds.</summary>
    public Task WaitUntilAsync(Func<bool> holds, CancellationToken cancellation = default) => milestones.WaitAsync(holds, cancellation);

    /// <summary>Listens again, on the same port.</summary>
    public void Start()
    {
        KestrelServerOptions options = new() { AddServerHeader = false, ApplicationServices = Services };
        // A test that reads slowly is no attack.
        options.Limits.MinResponseDataRate = null;
        options.Listen(Endpoint, listener =>
        {
            listener.Protocols = HttpProtocols.Http1;
            listener.Use(BeforeTls);
            listener.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = shown,
                    ApplicationProtocols = [SslApplicationProtocol.Http11],
                }),
            });
            listener.Use(next => connection =>
            {
                connection.Features.Set(connection.Transport);
                return next(connection);
            });
        });
        kestrel = new KestrelServer(
            Options.Create(options),
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
        // Binds before it first waits: the socket is in the network namespace of this thread.
        kestrel.StartAsync(this, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>Goes away until <see cref="Start"/>: new connections are refused, open ones are closed.</summary>
    public void Stop() => Task.Run(StopAsync).GetAwaiter().GetResult();

    /// <summary>Stops the server and frees its port.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        reservation.Dispose();
        authority.Dispose();
        if (this.thrown is { } thrown)
        {
            throw new InvalidOperationException("A fault of an API server threw.", thrown);
        }
    }

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        KubeExchange exchange = new(this, context);
        lock (guard)
        {
            requests.Add(exchange.Request);
        }

        milestones.Check();
        try
        {
            await (Fault?.Invoke(exchange) ?? exchange.AnswerAsync());
        }
        catch (Exception e)
        {
            // The client went, the connection was cut, or the server stops; anything else is a mistake in the test.
            if (!exchange.Aborted.IsCancellationRequested && e is not (OperationCanceledException or IOException))
            {
                Interlocked.CompareExchange(ref thrown, e, null);
            }

            context.Abort();
        }
    }

    /// <summary>The right response, in the order of a real server: who it is, whether they may, what there is.</summary>
    internal KubeResponse ResponseTo(KubeRequest request)
    {
        if (request.Token is null || request.Token != AcceptedToken)
        {
            return KubeResponse.Unauthorized();
        }

        if (SlicesPath().Match(request.Path) is not { Success: true } path)
        {
            return KubeResponse.NotFoundPage();
        }

        var @namespace = path.Groups["namespace"] is { Success: true, Value: var value } ? value : null;
        if (IsForbidden)
        {
            return KubeResponse.Forbidden(@namespace, ServiceAccountToken.SubjectOf(request.Token));
        }

        if (request.Method != "GET" || request.Query.ContainsKey("watch"))
        {
            return KubeResponse.Failure(405, "MethodNotAllowed", "this server lists EndpointSlices and does nothing else");
        }

        (string, string)[] labels = [.. request.Query
            .GetValueOrDefault("labelSelector", "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(label => label.Split('=', 2)).Select(sides => (sides[0], sides[1]))];
        (var version, var slices) = Slices.List(@namespace, labels);
        // A list from the cache ("any" version) comes on one page, whatever the limit.
        var isFromCache = request.Query.GetValueOrDefault("resourceVersion") == "0";
        var limit = !isFromCache && int.TryParse(request.Query.GetValueOrDefault("limit"), out var number) ? number : int.MaxValue;
        var after = request.Query.TryGetValue("continue", out var token) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)) : "";
        KeyValuePair<string, StoredSlice>[] rest = [.. slices.Where(slice => string.CompareOrdinal(slice.Key, after) > 0)];
        KeyValuePair<string, StoredSlice>[] page = [.. rest.Take(limit)];
        var next = rest.Length > page.Length ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(page[^1].Key)) : null;
        return KubeResponse.Json(200, EndpointSliceJson.List(version, page.Select(slice => slice.Value), next));
    }

    [GeneratedRegex("^/apis/discovery\\.k8s\\.io/v1(/namespaces/(?<namespace>[^/]+))?/endpointslices$")]
    private static partial Regex SlicesPath();

    private async Task StopAsync()
    {
        if (Interlocked.Exchange(ref this.kestrel, null) is { } kestrel)
        {
            // Without patience for what is open.
            await kestrel.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            kestrel.Dispose();
        }
    }

    private static IServiceProvider MakeServices()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        return builder.Build().Services;
    }

    // A new context every time, also because a client may not resume a session under the last certificate.
    private SslStreamCertificateContext Show(KubeCertificate kind)
    {
        using KubeAuthority other = new();
        var authority = kind == KubeCertificate.OfAnotherAuthority ? other : this.authority;
        return SslStreamCertificateContext.Create(authority.Issue(kind, Endpoint.Address), additionalCertificates: null, offline: true);
    }

    private ConnectionDelegate BeforeTls(ConnectionDelegate next) => async connection =>
    {
        Interlocked.Increment(ref accepted);
        Interlocked.Increment(ref open);
        milestones.Check();
        try
        {
            await (Tls == TlsManner.Orderly ? next(connection) : MisbehaveAsync(Tls, connection));
        }
        finally
        {
            Interlocked.Decrement(ref open);
            milestones.Check();
        }
    };

    private static async Task MisbehaveAsync(TlsManner manner, ConnectionContext connection)
    {
        var hello = connection.Transport.Input;
        var read = await hello.ReadAsync();
        hello.AdvanceTo(read.Buffer.End);
        switch (manner)
        {
            case TlsManner.Resets:
                KubeExchange.Cut(connection.Features.Get<IConnectionSocketFeature>()!.Socket, TcpCut.Rst);
                break;
            case TlsManner.SpeaksPlainText:
                await connection.Transport.Output.WriteAsync(
                    ("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"u8
                    + "Connection: close\r\n\r\n400 Bad Request"u8).ToArray());
                break;
            case TlsManner.NeverAnswers:
                while (!read.IsCompleted)
                {
                    read = await hello.ReadAsync();
                    hello.AdvanceTo(read.Buffer.End);
                }
                break;
        }
    }
}
