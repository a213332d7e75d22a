using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DnsGate.Core.Servers;
using DnsGate.Core.Servers.Kube;

namespace DnsGate.Discover.Kube;

/// <summary>Sends requests to the API server, each with the token and the certificates of that moment.</summary>
/// <param name="source">The Service that is asked for.</param>
/// <param name="access">How the API server is reached.</param>
internal sealed class KubeClient(ServerSource.Kube source, KubeAccess access) : IDisposable
{
    // An API server's words on what it refuses are some hundred bytes; a peer may send any number.
    private const int MaxStatusBody = 1 << 16;

    private readonly Lock exclusive = new();
    private readonly CancellationTokenSource disposal = new();
    private HttpClient? connections;
    private (IPEndPoint Server, string Authorities)? trusted;

    static KubeClient() => TlsSurroundings.Detach();

    /// <summary>Sends one request.</summary>
    /// <param name="pathAndQuery">What is asked for.</param>
    /// <param name="stop">Ends it, with an <see cref="OperationCanceledException"/>; also while its body is read.</param>
    /// <returns>An answer of status 200 whose body is still to be read, or why there is none.</returns>
    public async Task<KubeReply> GetAsync(string pathAndQuery, CancellationToken stop)
    {
        if (!access.TryRead(out var grant, out var absent))
        {
            return KubeReply.Failed(absent);
        }

        var reply = await GetAsync(grant, pathAndQuery, stop).ConfigureAwait(false);
        // The kubelet may have replaced the token since it was read.
        return reply.Problem?.Fault == DiscoveryFault.Unauthorized && access.TryRead(out var renewed, out _) && renewed.Token != grant.Token
            ? await GetAsync(renewed, pathAndQuery, stop).ConfigureAwait(false)
            : reply;
    }

    /// <summary>Ends all connections. Nothing may be sent any more.</summary>
    public void Dispose()
    {
        lock (exclusive)
        {
            disposal.Cancel();
            connections?.Dispose();
            disposal.Dispose();
        }
    }

    private async Task<KubeReply> GetAsync(KubeGrant grant, string pathAndQuery, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{grant.Server}{pathAndQuery}")
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", grant.Token);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("dnsgate", null));

        HttpResponseMessage? response = null;
        try
        {
            response = await SendAsync(request, grant, stop).ConfigureAwait(false);
            var body = await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return new KubeReply(response, body, grant.Server);
            }

            var said = await ReadStartAsync(body, stop).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            response.Dispose();
            return KubeReply.Failed(ApiProblem.Of(source, status, said, access.AccountOf(grant.Token)), status);
        }
        catch (CryptographicException)
        {
            response?.Dispose();
            return KubeReply.Failed(new DiscoveryProblem(DiscoveryFault.Absent, "ca.crt of the service account holds no certificate"));
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            response?.Dispose();
            // What the end of the time tears apart says nothing of the peer.
            stop.ThrowIfCancellationRequested();
            return KubeReply.Failed(TransportProblem.Of(exception, grant.Server));
        }
        catch
        {
            response?.Dispose();
            throw;
        }
    }

    // Sent under the lock as far as it goes without waiting: no other request may dispose of the connections in between.
    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, KubeGrant grant, CancellationToken stop)
    {
        lock (exclusive)
        {
            ObjectDisposedException.ThrowIf(disposal.IsCancellationRequested, this);
            if (connections is null || trusted != (grant.Server, grant.Authorities))
            {
                var fresh = Connect(grant);
                // A watch that is open goes on: it was trusted when it began.
                connections?.Dispose();
                (connections, trusted) = (fresh, (grant.Server, grant.Authorities));
            }

            return connections.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        }
    }

    private HttpClient Connect(KubeGrant grant)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(grant.Authorities);
        if (authorities.Count == 0)
        {
            throw new CryptographicException();
        }

        var dialer = new KubeDialer(grant.Server, authorities, disposal.Token);
        return new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = (_, timeout) => dialer.DialAsync(timeout),
            // Longer than any request waits; its own deadline ends it first, and this what it leaves behind.
            ConnectTimeout = TimeSpan.FromSeconds(15),
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
            // Each request has a deadline of its own; a watch is open for minutes.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    private static async Task<byte[]> ReadStartAsync(Stream body, CancellationToken stop)
    {
        var bytes = new byte[MaxStatusBody];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
        return bytes[..length];
    }
}
