using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DnsGate.TestKit;

/// <summary>
/// A cluster's certificate authority, with keys made for the occasion. All of them have the same name, as those of real clusters do.
/// </summary>
internal sealed class KubeAuthority : IDisposable
{
    private static readonly X500DistinguishedName Name = new("CN=kubernetes");
    private readonly X509Certificate2 root = MakeRoot();

    /// <summary>The root certificate, as in <c>ca.crt</c>.</summary>
    public string Pem => root.ExportCertificatePem() + "\n";

    /// <summary>A server certificate of this authority, right or wrong in one respect.</summary>
    public X509Certificate2 Issue(KubeCertificate kind, IPAddress address)
    {
        var now = DateTimeOffset.UtcNow;
        (var from, var until) = kind switch
        {
            KubeCertificate.Expired => (now.AddDays(-2), now.AddDays(-1)),
            KubeCertificate.NotYetValid => (now.AddDays(1), now.AddDays(2)),
            _ => (now.AddDays(-1), now.AddDays(365)),
        };
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false)); // serverAuth
        request.CertificateExtensions.Add(kind == KubeCertificate.WrongAddress
            ? Names(IPAddress.Parse("192.0.2.1"), "kubernetes.example.com")
            : Names(address, "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"));
        if (kind == KubeCertificate.SelfSigned)
        {
            return request.CreateSelfSigned(from, until);
        }
        // Only the key's identifier tells authorities of one name apart, when a bundle holds the old and the new one.
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var certificate = request.Create(root, from, until, RandomNumberGenerator.GetBytes(12));
        return certificate.CopyWithPrivateKey(key);
    }

    /// <inheritdoc/>
    public void Dispose() => root.Dispose();

    private static X509Certificate2 MakeRoot()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(Name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-3), DateTimeOffset.UtcNow.AddYears(10));
    }

    private static X509Extension Names(IPAddress address, params ReadOnlySpan<string> names)
    {
        SubjectAlternativeNameBuilder builder = new();
        foreach (var name in names)
        {
            builder.AddDnsName(name);
        }

        builder.AddIpAddress(address);
        return builder.Build();
    }
}
