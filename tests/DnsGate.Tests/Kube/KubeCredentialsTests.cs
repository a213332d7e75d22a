using System.Text.Json;
using DnsGate.TestKit;

namespace DnsGate.Tests.Kube;

/// <summary>The service account's directory of the tests.</summary>
public sealed class KubeCredentialsTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("kube-credentials-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task A_directory_holds_what_a_server_accepts_and_follows_it()
    {
        await using KubeApiServer server = new();
        var credentials = KubeCredentials.For(server, Path.Combine(directory, "serviceaccount"));
        Assert.Equal("prod", Read(credentials, "namespace"));
        await ListAsync(server, credentials);

        server.UseNewAuthority();
        server.AcceptedToken = ServiceAccountToken.Create();
        await Assert.ThrowsAsync<HttpRequestException>(() => ListAsync(server, credentials));
        credentials.WriteAuthority(server.CertificateAuthorityPem);
        Assert.NotEqual(server.AcceptedToken, Read(credentials, "token"));
        credentials.Follow(server);

        await ListAsync(server, credentials);
    }

    [Fact]
    public async Task A_reader_never_sees_a_file_that_is_missing_or_half_written()
    {
        KubeCredentials credentials = new(directory, new string('0', 2_000), "ca");
        var writing = Task.Run(() =>
        {
            for (var i = 1; i <= 40; i++)
            {
                credentials.WriteToken(new string((char)('0' + (i % 10)), 2_000));
            }
        });

        while (!writing.IsCompleted)
        {
            var token = Read(credentials, "token");
            Assert.Equal(new string(token[0], 2_000), token);
        }
        await writing;

        Assert.Equal(new string('0', 2_000), Read(credentials, "token"));
    }

    [Fact]
    public void A_token_is_of_the_service_account_and_no_two_are_the_same()
    {
        var token = ServiceAccountToken.Create();
        var payload = System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]);

        Assert.Equal("system:serviceaccount:prod:default", JsonDocument.Parse(payload).RootElement.GetProperty("sub").GetString());
        Assert.NotEqual(token, ServiceAccountToken.Create());
    }

    private static string Read(KubeCredentials credentials, string file) => File.ReadAllText(Path.Combine(credentials.Directory, file));

    private static async Task ListAsync(KubeApiServer server, KubeCredentials credentials)
    {
        using PlainKubeClient client = new(server, Read(credentials, "ca.crt"), Read(credentials, "token"));
        await client.ListAsync();
    }
}
