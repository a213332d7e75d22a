using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DnsGate.Core.Servers;
using DnsGate.Core.Servers.Kube;

namespace DnsGate.Discover.Kube;

/// <summary>Sends requests to the API server, each with the token and the certificates of that moment, over a connection of its own.</summary>
/// <param name="source">The Service that is asked for.</param>
/// <param name="access">How the API server is reached.</param>
internal sealed class KubeClient(ServerSource.Kube source, KubeAccess access)
{
    // An API server's words on what it refuses are some hundred bytes; a peer may send any number.
    private const int MaxStatusBody = 1 << 16;

    private const int Ok = 200;

    static KubeClient() => TlsSurroundings.Detach();

    /// <summary>Sends one request.</summary>
    /// <param name="pathAndQuery">What is asked for.</param>
    /// <param name="stop">Ends it, with an <see cref="OperationCanceledException"/>.</param>
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

    private async Task<KubeReply> GetAsync(KubeGrant grant, string pathAndQuery, CancellationToken stop)
    {
        if (!TryReadAuthorities(grant, out var authorities))
        {
            return KubeReply.Failed(new DiscoveryProblem(DiscoveryFault.Absent, "ca.crt of the service account holds no certificate"));
        }

        HttpExchange? exchange = null;
        try
        {
            var connection = await new KubeDialer(grant.Server, authorities).DialAsync(stop).ConfigureAwait(false);
            exchange = await HttpExchange.GetAsync(connection, grant, pathAndQuery, stop).ConfigureAwait(false);
            if (exchange.Status == Ok)
            {
                var body = exchange;
                exchange = null;
                return new KubeReply(body, grant.Server);
            }

            var said = await ReadStartAsync(exchange, stop).ConfigureAwait(false);
            return KubeReply.Failed(ApiProblem.Of(source, exchange.Status, said.Span, access.AccountOf(grant.Token)), exchange.Status);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            return KubeReply.Failed(TransportProblem.Of(exception, grant.Server));
        }
        finally
        {
            if (exchange is not null)
            {
                await exchange.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static bool TryReadAuthorities(KubeGrant grant, out X509Certificate2Collection authorities)
    {
        authorities = [];
        try
        {
            authorities.ImportFromPem(grant.Authorities);
        }
        catch (CryptographicException)
        {
            return false;
        }

        return authorities.Count > 0;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadStartAsync(HttpExchange exchange, CancellationToken stop)
    {
        var bytes = new byte[MaxStatusBody];
        var length = 0;
        while (length < bytes.Length && await exchange.ReadAsync(bytes.AsMemory(length), stop).ConfigureAwait(false) is var read and > 0)
        {
            length += read;
        }

        return bytes.AsMemory(0, length);
    }
}
