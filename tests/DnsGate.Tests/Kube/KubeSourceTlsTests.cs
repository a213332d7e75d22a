using System.Net;
using DnsGate.Discovery.Kube;
using DnsGate.TestKit;

namespace DnsGate.Tests.Kube;

/// <summary>Who is believed to be the API server, and with what the pod shows who it is.</summary>
public sealed class KubeSourceTlsTests
{
    private const string Right = "10.244.0.5:53";

    [Theory]
    [InlineData(KubeCertificate.OfAnotherAuthority, "its certificate is not signed by ca.crt")]
    [InlineData(KubeCertificate.SelfSigned, "its certificate is not signed by ca.crt")]
    [InlineData(KubeCertificate.WrongAddress, "its certificate is not for 127.0.0.1")]
    [InlineData(KubeCertificate.Expired, "its certificate, or the one that signed it, has expired")]
    [InlineData(KubeCertificate.NotYetValid, "its certificate is not valid yet (is the clock of this node right?)")]
    public async Task A_certificate_that_is_wrong_in_one_respect_is_refused_and_named_and_no_token_is_sent(
        KubeCertificate certificate, string says)
    {
        await using KubePod pod = new();
        pod.Server.Certificate = certificate;
        Assert.Equal($"Unreachable: the API server at SERVER is not trusted: {says}", await pod.ListOnceAsync());
        Assert.Empty(pod.Server.Requests);
    }

    [Theory]
    [InlineData(TlsManner.Closes, "the API server at SERVER closed the connection before TLS was established")]
    [InlineData(TlsManner.Resets, "the API server at SERVER cannot be reached: connection reset")]
    [InlineData(TlsManner.SpeaksPlainText, "what answers at SERVER speaks no TLS that is safe (1.2 or later): it may be no API server")]
    public async Task What_is_no_TLS_is_refused(TlsManner manner, string says)
    {
        await using KubePod pod = new();
        pod.Server.Tls = manner;
        Assert.Equal($"Unreachable: {says}", await pod.ListOnceAsync());
        Assert.Empty(pod.Server.Requests);
    }

    [Fact]
    public async Task A_handshake_that_never_ends_is_cut_off_by_the_timeout_and_leaves_no_connection()
    {
        await using KubePod pod = new();
        pod.Server.Tls = TlsManner.NeverAnswers;
        var listing = pod.ListOnceAsync();
        await pod.Server.WaitUntilAsync(() => pod.Server.OpenConnections == 1, pod.Stop);
        pod.Time.Advance(KubePod.Timeout);
        Assert.Equal("Unreachable: no whole answer from the API server within 5s", await listing);
    }

    [Fact]
    public async Task An_API_server_at_an_IPv6_address_is_asked_there()
    {
        await using KubePod pod = new(new KubeApiServer(new IPEndPoint(IPAddress.IPv6Loopback, 0)));
        Assert.Equal(Right, await pod.ListOnceAsync());
        Assert.Equal(Right, await pod.ListOnceAsync(access: new KubeAccess("[::1]", $"{pod.Server.Port}", pod.Credentials.Directory)));

        pod.Server.Certificate = KubeCertificate.WrongAddress;
        Assert.Equal("Unreachable: the API server at SERVER is not trusted: its certificate is not for ::1", await pod.ListOnceAsync());
    }

    [Fact]
    public async Task Of_several_certificates_in_ca_crt_each_is_believed()
    {
        await using KubePod pod = new();
        var last = pod.Server.CertificateAuthorityPem;
        pod.Server.UseNewAuthority();
        pod.Credentials.WriteAuthority(last + pod.Server.CertificateAuthorityPem);
        Assert.Equal(Right, await pod.ListOnceAsync());
    }

    [Fact]
    public async Task Certificates_that_are_replaced_are_believed_from_then_on_and_the_old_ones_no_more()
    {
        await using KubePod pod = new();
        var source = pod.Open();
        Assert.Equal(Right, await pod.NowAsync(source));

        var last = pod.Server.CertificateAuthorityPem;
        pod.Server.UseNewAuthority();
        pod.Credentials.Follow(pod.Server);
        Assert.Equal(Right, await pod.RefreshAsync(source));

        pod.Credentials.WriteAuthority(last);
        Assert.Equal(
            "Unreachable: the API server at SERVER is not trusted: its certificate is not signed by ca.crt",
            await pod.RefreshAsync(source));
    }

    [Fact]
    public async Task A_token_that_is_replaced_is_shown_from_then_on()
    {
        await using KubePod pod = new();
        var source = pod.Open();
        Assert.Equal(Right, await pod.NowAsync(source));
        pod.Server.AcceptedToken = ServiceAccountToken.Create();
        Assert.StartsWith("Unauthorized: ", await pod.RefreshAsync(source), StringComparison.Ordinal);
        pod.Credentials.WriteToken(pod.Server.AcceptedToken);
        Assert.Equal(Right, await pod.RefreshAsync(source));
        Assert.Equal(3, pod.Server.Requests.Count);
    }

    [Fact]
    public async Task A_401_that_meets_a_token_just_replaced_is_tried_again_once()
    {
        await using KubePod pod = new();
        pod.Server.AcceptedToken = ServiceAccountToken.Create();
        pod.Server.Fault = async exchange =>
        {
            // The kubelet writes the new token while the old one is on its way.
            if (exchange.Request.Token != pod.Server.AcceptedToken)
            {
                pod.Credentials.WriteToken(pod.Server.AcceptedToken);
            }

            await exchange.AnswerAsync();
        };
        Assert.Equal(Right, await pod.ListOnceAsync());
        Assert.Equal(2, pod.Server.Requests.Count);
    }

    [Theory]
    [InlineData("token", "no service account token is mounted (automountServiceAccountToken): 'DIR/token' does not exist")]
    [InlineData("ca.crt", "'DIR/ca.crt' does not exist")]
    public async Task A_file_that_is_missing_is_named(string file, string says)
    {
        await using KubePod pod = new();
        pod.Credentials.Remove(file);
        Assert.Equal($"Absent: {says.Replace("DIR", pod.Credentials.Directory, StringComparison.Ordinal)}", await pod.ListOnceAsync());
    }

    [Theory]
    [InlineData("", "'DIR/token' is empty")]
    [InlineData(" \n", "'DIR/token' is empty")]
    [InlineData("secret\r\nX-Evil: 1", "'DIR/token' holds no token")]
    [InlineData("sécret", "'DIR/token' holds no token")]
    public async Task What_is_no_token_is_never_sent_nor_shown(string token, string says)
    {
        await using KubePod pod = new();
        pod.Credentials.WriteToken(token);
        Assert.Equal($"Absent: {says.Replace("DIR", pod.Credentials.Directory, StringComparison.Ordinal)}", await pod.ListOnceAsync());
        Assert.Equal(0, pod.Server.AcceptedConnections);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public async Task A_ca_crt_without_a_certificate_trusts_nobody(string authorities)
    {
        await using KubePod pod = new();
        pod.Credentials.WriteAuthority(authorities);
        Assert.Equal("Absent: ca.crt of the service account holds no certificate", await pod.ListOnceAsync());
        Assert.Equal(0, pod.Server.AcceptedConnections);
    }

    [Theory]
    [InlineData(null, "443",
        "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is no pod of Kubernetes, or its variables were cleared")]
    [InlineData("10.0.0.1", null,
        "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is no pod of Kubernetes, or its variables were cleared")]
    [InlineData("api.example.com", "443",
        "KUBERNETES_SERVICE_HOST is 'api.example.com', no IP address: the API server is never looked up by name")]
    [InlineData("10.0.0.1", "0", "KUBERNETES_SERVICE_PORT is '0', no port")]
    [InlineData("10.0.0.1", "65536", "KUBERNETES_SERVICE_PORT is '65536', no port")]
    [InlineData("10.0.0.1", "https", "KUBERNETES_SERVICE_PORT is 'https', no port")]
    public async Task Where_the_API_server_is_must_be_an_address_and_a_port(string? host, string? port, string says)
    {
        await using KubePod pod = new();
        Assert.Equal($"Absent: {says}", await pod.ListOnceAsync(access: new KubeAccess(host, port, pod.Credentials.Directory)));
    }
}
