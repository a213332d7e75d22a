using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace DnsGate.Discovery.Kube;

/// <summary>Opens connections to one API server: TCP to its address, and TLS that trusts the cluster's authorities alone.</summary>
/// <param name="server">Where it is; no name is ever looked up.</param>
/// <param name="authorities">The only roots of trust; the system's are not asked.</param>
/// <param name="disposed">Ends handshakes that are under way.</param>
internal sealed class KubeDialer(IPEndPoint server, X509Certificate2Collection authorities, CancellationToken disposed)
{
    /// <summary>Opens one connection.</summary>
    /// <param name="timeout">Ends the attempt.</param>
    /// <exception cref="CertificateRefusedException">The server is not who it should be.</exception>
    public async ValueTask<Stream> DialAsync(CancellationToken timeout)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout, disposed);
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, stop.Token).ConfigureAwait(false);
            return await EncryptAsync(new NetworkStream(socket, ownsSocket: true), stop.Token).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> EncryptAsync(NetworkStream transport, CancellationToken stop)
    {
        string? refusal = null;
        var options = new SslClientAuthenticationOptions
        {
            // The address must be in the certificate, as it is in that of every API server.
            TargetHost = server.Address.ToString(),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                // Clusters publish no revocations, and nothing is fetched from where a certificate says.
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
            // Notes what was found, and repeats the verdict: it cannot say yes where the framework said no.
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                refusal = CertificateProblem.Describe(errors, certificate, chain, server.Address);
                return errors == SslPolicyErrors.None;
            },
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);

        var tls = new SslStream(transport, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(options, stop).ConfigureAwait(false);
            return tls;
        }
        catch (AuthenticationException) when (refusal is not null)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw new CertificateRefusedException(refusal);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
