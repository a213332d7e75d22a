using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace DnsGate.Discovery.Kube;

/// <summary>The certificate of the API server is not to be trusted.</summary>
/// <param name="why">What is wrong with it, for people.</param>
internal sealed class CertificateRefusedException(string why) : Exception(why);

/// <summary>What is wrong with a certificate, for people.</summary>
internal static class CertificateProblem
{
    private const X509ChainStatusFlags NotSigned =
        X509ChainStatusFlags.UntrustedRoot
        | X509ChainStatusFlags.PartialChain
        | X509ChainStatusFlags.NotSignatureValid
        | X509ChainStatusFlags.Cyclic;

    /// <summary>All that was found, in one line; null when it is in order.</summary>
    public static string? Describe(SslPolicyErrors errors, X509Certificate? certificate, X509Chain? chain, IPAddress address)
    {
        if (errors == SslPolicyErrors.None)
        {
            return null;
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "it shows no certificate";
        }

        var found = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            Describe(chain, certificate, found);
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            found.Add($"its certificate is not for {address}");
        }

        return string.Join(" and ", found);
    }

    private static void Describe(X509Chain? chain, X509Certificate? certificate, List<string> found)
    {
        var status = X509ChainStatusFlags.NoError;
        foreach (var flaw in chain?.ChainStatus ?? [])
        {
            status |= flaw.Status;
        }

        if ((status & NotSigned) != X509ChainStatusFlags.NoError)
        {
            found.Add("its certificate is not signed by ca.crt");
        }

        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            found.Add((certificate as X509Certificate2)?.NotBefore > DateTime.Now
                ? "its certificate is not valid yet (is the clock of this node right?)"
                : "its certificate, or the one that signed it, has expired");
        }

        var other = status & ~NotSigned & ~X509ChainStatusFlags.NotTimeValid;
        if (other != X509ChainStatusFlags.NoError || found.Count == 0)
        {
            found.Add($"its certificate is not accepted ({other})");
        }
    }
}
