using System.Net.Security;

namespace DnsGate.TestKit;

public sealed partial class KubeApiServer
{
    /// <summary>The root certificate of the cluster, as in <c>ca.crt</c>.</summary>
    public string CertificateAuthorityPem
    {
        get
        {
            lock (_lock)
                return _authority.Pem;
        }
    }

    /// <summary>The certificate that connections from now on are shown.</summary>
    public KubeCertificate Certificate
    {
        get => _certificate;
        set
        {
            lock (_lock)
            {
                _certificate = value;
                _shown = Show();
            }
        }
    }

    /// <summary>From now on another authority signs: clients that know only the last one refuse new connections. Open ones stay.</summary>
    public void UseNewAuthority()
    {
        lock (_lock)
        {
            _authority.Dispose();
            _authority = new KubeAuthority();
            _shown = Show();
        }
    }

    // A new context every time, also because a client may not resume a session under the last certificate.
    private SslStreamCertificateContext Show()
    {
        using KubeAuthority other = new();
        KubeAuthority authority = _certificate == KubeCertificate.OfAnotherAuthority ? other : _authority;
        return SslStreamCertificateContext.Create(authority.Issue(_certificate, Endpoint.Address), additionalCertificates: null, offline: true);
    }
}
