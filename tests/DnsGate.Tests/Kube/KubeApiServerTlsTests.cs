using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using DnsGate.TestKit;

namespace DnsGate.Tests.Kube;

/// <summary>The tests' API server before a request can be sent: certificates, handshakes, ports.</summary>
public sealed class KubeApiServerTlsTests
{
    [Theory]
    [InlineData(KubeCertificate.Right, null)]
    [InlineData(KubeCertificate.WrongAddress, "RemoteCertificateNameMismatch")]
    [InlineData(KubeCertificate.Expired, "NotTimeValid")]
    [InlineData(KubeCertificate.NotYetValid, "NotTimeValid")]
    [InlineData(KubeCertificate.OfAnotherAuthority, "PartialChain")]
    [InlineData(KubeCertificate.SelfSigned, "UntrustedRoot")]
    public async Task Only_the_right_certificate_satisfies_a_strict_client_of_the_authority(KubeCertificate certificate, string? complaint)
    {
        await using KubeApiServer server = new() { Certificate = certificate };
        using PlainKubeClient client = new(server);

        var error = await Record.ExceptionAsync(() => client.ListAsync());

        Assert.Equal(complaint is null, error is null);
        if (complaint is not null)
        {
            Assert.EndsWith(complaint, Assert.IsType<AuthenticationException>(error!.InnerException).Message);
        }
    }

    [Theory]
    [InlineData("kubernetes.default.svc", true)]
    [InlineData("kubernetes.example.com", false)]
    public async Task The_certificate_names_kubernetes_default_svc_and_the_protocol_is_HTTP_1(string name, bool isNamed)
    {
        await using KubeApiServer server = new();
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(server.CertificateAuthorityPem);
        using TcpClient tcp = new(server.Endpoint.AddressFamily);
        await tcp.ConnectAsync(server.Endpoint);
        await using SslStream stream = new(tcp.GetStream());

        var error = await Record.ExceptionAsync(() => stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = name,
            CertificateChainPolicy = policy,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        }).WaitAsync(PlainKubeClient.Limit));

        Assert.Equal(isNamed ? null : typeof(AuthenticationException), error?.GetType());
        Assert.Equal(isNamed, error is null && stream.NegotiatedApplicationProtocol == SslApplicationProtocol.Http11);
    }

    [Fact]
    public async Task A_new_authority_signs_new_connections_and_open_ones_stay()
    {
        await using KubeApiServer server = new();
        var old = server.CertificateAuthorityPem;
        using PlainKubeClient early = new(server);
        await early.ListAsync();

        server.UseNewAuthority();

        await early.ListAsync();
        using PlainKubeClient late = new(server, authority: old);
        await Assert.ThrowsAsync<HttpRequestException>(() => late.ListAsync());
        using PlainKubeClient right = new(server);
        await right.ListAsync();
        using PlainKubeClient both = new(server, authority: old + server.CertificateAuthorityPem);
        await both.ListAsync();
    }

    [Theory]
    [InlineData(TlsManner.Closes, typeof(IOException))]
    [InlineData(TlsManner.Resets, typeof(IOException))]
    [InlineData(TlsManner.SpeaksPlainText, typeof(AuthenticationException))]
    public async Task A_handshake_fails_in_the_manner_that_was_chosen_until_it_is_orderly(TlsManner manner, Type error)
    {
        await using KubeApiServer server = new() { Tls = manner };
        using PlainKubeClient client = new(server);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.ListAsync());
        server.Tls = TlsManner.Orderly;
        await client.ListAsync();

        Assert.Equal(error, failure.InnerException?.GetType());
        Assert.Equal(
            manner == TlsManner.Resets,
            failure.InnerException?.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset });
    }

    [Fact]
    public async Task A_handshake_that_is_never_answered_lasts_until_the_client_gives_up()
    {
        await using KubeApiServer server = new() { Tls = TlsManner.NeverAnswers };
        using TcpClient tcp = new(server.Endpoint.AddressFamily);
        await tcp.ConnectAsync(server.Endpoint);
        await using SslStream stream = new(tcp.GetStream());
        var handshake = stream.AuthenticateAsClientAsync("kubernetes.default.svc");
        await server.WaitUntilAsync(() => server.OpenConnections == 1).WaitAsync(PlainKubeClient.Limit);
        Assert.False(handshake.IsCompleted);

        tcp.Close();

        await Assert.ThrowsAnyAsync<Exception>(() => handshake.WaitAsync(PlainKubeClient.Limit));
        await server.WaitUntilAsync(() => server.OpenConnections == 0).WaitAsync(PlainKubeClient.Limit);
    }

    [Fact]
    public async Task A_server_that_is_stopped_refuses_and_comes_back_on_its_port()
    {
        await using KubeApiServer server = new();
        using PlainKubeClient client = new(server);
        await client.ListAsync();

        server.Stop();
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.ListAsync());
        server.Start();
        await client.ListAsync();

        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(refused.InnerException).SocketErrorCode);
    }
}
