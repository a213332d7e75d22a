using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DnsGate.Core.Discovery.Kube;
using DnsGate.Core.Model;
using DnsGate.Core.Options;

namespace DnsGate.Discovery.Kube;

/// <summary>A response of the API server.</summary>
/// <param name="Status">The HTTP status; 0 when there was no response.</param>
/// <param name="Body">The body of status 200.</param>
/// <param name="Problem">Why there is no such body.</param>
internal sealed record KubeReply(int Status, ReadOnlyMemory<byte> Body, DiscoveryProblem? Problem)
{
    public static KubeReply Failed(DiscoveryProblem problem, int status = 0) => new(status, default, problem);
}

/// <summary>
/// Sends requests to the API server, each with the token and the certificates of that moment, one at a time and over one connection: a new
/// TLS connection costs the API server five times as much as a list.
/// </summary>
/// <param name="access">How the API server is reached.</param>
internal sealed class KubeClient(KubeAccess access) : IDisposable
{
    /// <summary>
    /// The most bytes of a whole list: thousands of slices fit. A peer may send any number, and the gate has 64 MiB in many pods.
    /// </summary>
    public const int MaxBody = 16 << 20;

    // An error of an API server is some hundred bytes.
    private const int MaxErrorBody = 1 << 16;

    private readonly CancellationTokenSource disposal = new();
    private HttpClient? connection;
    private (IPEndPoint Server, string Authorities) trusted;

    static KubeClient() => OpenSslEnvironment.Isolate();

    /// <summary>Sends one request.</summary>
    /// <param name="source">The Service that it is about.</param>
    /// <param name="pathAndQuery">What is requested.</param>
    /// <param name="maxBody">The most bytes that the body may have.</param>
    /// <param name="stop">Ends it, with an <see cref="OperationCanceledException"/>.</param>
    public async Task<KubeReply> GetAsync(ServerSource.Kube source, string pathAndQuery, int maxBody, CancellationToken stop)
    {
        if (!access.TryRead(out var credentials, out var absent))
        {
            return KubeReply.Failed(absent);
        }

        var reply = await GetAsync(source, credentials, pathAndQuery, maxBody, stop).ConfigureAwait(false);
        // The kubelet may have replaced the token since it was read.
        return reply.Problem?.Fault == DiscoveryFault.Unauthorized
            && access.TryRead(out var renewed, out _)
            && renewed.Token != credentials.Token
                ? await GetAsync(source, renewed, pathAndQuery, maxBody, stop).ConfigureAwait(false)
                : reply;
    }

    /// <summary>Closes the connection. Nothing may be sent afterwards.</summary>
    public void Dispose()
    {
        if (disposal.IsCancellationRequested)
        {
            return;
        }

        disposal.Cancel();
        connection?.Dispose();
        disposal.Dispose();
    }

    private async Task<KubeReply> GetAsync(
        ServerSource.Kube source, ApiCredentials credentials, string pathAndQuery, int maxBody, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{credentials.Server}{pathAndQuery}")
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credentials.Token);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("dnsgate", null));
        try
        {
            using var response = await ConnectionOf(credentials)
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop)
                .ConfigureAwait(false);
            var status = (int)response.StatusCode;
            var isOk = response.StatusCode == HttpStatusCode.OK;
            var body = await ReadAsync(response.Content, isOk ? maxBody : MaxErrorBody, stop).ConfigureAwait(false);
            return !isOk ? KubeReply.Failed(ApiProblem.Describe(source, status, body.Span, access.AccountOf(credentials.Token)), status)
                : body.Length > maxBody
                    ? KubeReply.Failed(new DiscoveryProblem(
                        DiscoveryFault.Unreachable,
                        "the answer of the API server is larger than 16 MiB: it lists more than the cluster's DNS servers"))
                : new KubeReply(status, body, null);
        }
        catch (CryptographicException)
        {
            return KubeReply.Failed(new DiscoveryProblem(DiscoveryFault.Absent, "ca.crt of the service account holds no certificate"));
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            // An exception that the deadline caused says nothing about the peer.
            stop.ThrowIfCancellationRequested();
            return KubeReply.Failed(TransportProblem.Describe(exception, credentials.Server));
        }
    }

    private HttpClient ConnectionOf(ApiCredentials credentials)
    {
        var wanted = (credentials.Server, credentials.Authorities);
        // Equals: the operators of tuples compare end points by reference.
        if (connection is null || !wanted.Equals(trusted))
        {
            var fresh = Connect(credentials);
            connection?.Dispose();
            (connection, trusted) = (fresh, wanted);
        }

        return connection;
    }

    private HttpClient Connect(ApiCredentials credentials)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(credentials.Authorities);
        if (authorities.Count == 0)
        {
            throw new CryptographicException();
        }

        var dialer = new KubeDialer(credentials.Server, authorities, disposal.Token);
        return new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = (_, timeout) => dialer.DialAsync(timeout),
            // Longer than any request waits; its own deadline ends it first, and this what it leaves behind.
            ConnectTimeout = TimeSpan.FromSeconds(15),
            // Longer than the longest pause between two lists; the API server closes after 90 s as well.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            // Straight to the API server: a proxy, a redirect or a cookie has no business between it and its pods.
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 32,
            // An answer that is not read to its end takes its connection with it.
            MaxResponseDrainSize = 0,
            ResponseDrainTimeout = TimeSpan.Zero,
        })
        {
            // Each request has a deadline of its own.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Reads a body up to a limit, or one byte more: then there is more.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, int limit, CancellationToken stop)
    {
        var body = await content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        var buffer = new byte[1 << 14];
        var length = 0;
        while (length <= limit && await body.ReadAsync(buffer.AsMemory(length), stop).ConfigureAwait(false) is var read and > 0)
        {
            length += read;
            if (length == buffer.Length && length <= limit)
            {
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, limit + 1));
            }
        }

        return buffer.AsMemory(0, length);
    }
}
