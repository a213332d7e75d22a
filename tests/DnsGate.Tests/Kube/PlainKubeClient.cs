using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using DnsGate.TestKit;

namespace DnsGate.Tests.Kube;

/// <summary>
/// .NET's own HTTP client against a <see cref="KubeApiServer"/>, so that the server is not tested with the product's idea of the protocol.
/// </summary>
internal sealed class PlainKubeClient : IDisposable
{
    public const string Slices = "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices";
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly HttpClient http;

    /// <summary>A client that trusts the server's authority of now alone, or that of the given PEM, and has its token.</summary>
    public PlainKubeClient(KubeApiServer server, string? authority = null, string? token = null)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(authority ?? server.CertificateAuthorityPem);
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            // Who stops to read is to be gone at once, and not after two seconds of reading to the end.
            ResponseDrainTimeout = TimeSpan.Zero,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
        };
        http = new HttpClient(handler) { BaseAddress = server.Url, Timeout = Limit };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token ?? server.AcceptedToken);
    }

    public Task<HttpResponseMessage> GetAsync(string target, HttpCompletionOption until = HttpCompletionOption.ResponseContentRead) =>
        http.GetAsync(target, until);

    /// <summary>The JSON of an answer that is to have a status.</summary>
    public async Task<JsonNode> GetJsonAsync(string target, int status = 200)
    {
        using var response = await GetAsync(target);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    public Task<JsonNode> ListAsync(string parameters = "") => GetJsonAsync($"{Slices}?{parameters}");

    /// <summary>The names in a list.</summary>
    public static IEnumerable<string> Names(JsonNode list) =>
        list["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.GetValue<string>());

    public void Dispose() => http.Dispose();
}
