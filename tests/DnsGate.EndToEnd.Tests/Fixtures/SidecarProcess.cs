using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary><c>dnsgate serve</c> on a port of its own on loopback, ended when this is disposed.</summary>
internal sealed class SidecarProcess : IAsyncDisposable
{
    private readonly HttpClient client;

    private SidecarProcess(Child process, IPEndPoint at)
    {
        (Process, At) = (process, at);
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
        {
            BaseAddress = new Uri($"http://{at}/"),
            Timeout = Eventually.Limit,
        };
    }

    public Child Process { get; }

    public IPEndPoint At { get; }

    /// <summary>A port on which nobody listened a moment ago.</summary>
    public static IPEndPoint FreePort(IPAddress? address = null)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>Starts it among these servers, and waits until it answers.</summary>
    public static Task<SidecarProcess> StartAsync(NameServers servers, params string[] options) =>
        StartAsync(listen => Gate.Start(Arguments(listen, servers, options)));

    /// <summary>Starts it in some other way.</summary>
    /// <param name="start">Starts it with this value of <c>--listen</c>.</param>
    public static async Task<SidecarProcess> StartAsync(Func<string, Child> start)
    {
        var at = FreePort();
        SidecarProcess sidecar = new(start(at.ToString()), at);
        await Eventually.HoldsAsync(
            () => sidecar.Process.HasExited || sidecar.Process.Stderr.Contains("listening", StringComparison.Ordinal),
            () => sidecar.Process.Stderr);
        if (!sidecar.Process.HasExited)
        {
            return sidecar;
        }

        await using (sidecar)
        {
            throw new InvalidOperationException($"the sidecar ended: {sidecar.Process.Stderr}");
        }
    }

    public static string[] Arguments(string listen, NameServers servers, params string[] options) =>
        Gate.Arguments("serve", servers.List, ["--listen", listen, .. options]);

    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path) => client.SendAsync(new HttpRequestMessage(method, path));

    /// <summary>What /status says.</summary>
    public async Task<JsonElement> StatusAsync()
    {
        (var status, var body) = await GetAsync("status");
        Assert.Equal(200, status);
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    /// <summary>Waits until /status says so.</summary>
    public async Task<JsonElement> StatusAsync(Func<JsonElement, bool> says)
    {
        JsonElement last = default;
        if (!await Eventually.HappensAsync(async () => says(last = await StatusAsync()), Eventually.Limit))
        {
            Assert.Fail($"/status never said so: {last}\n{Process.Stderr}");
        }

        return last;
    }

    public Task<JsonElement> OpensAsync() => StatusAsync(status => status.GetProperty("state").GetString() == "open");

    /// <summary>How often this event is in the log.</summary>
    public int Logged(string name) => Process.Stderr.Split('\n').Count(line => line.Contains($"[{name}]", StringComparison.Ordinal));

    /// <summary>A connection of one's own, to say what no HTTP client would.</summary>
    public async Task<Socket> ConnectAsync()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(At);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await Process.DisposeAsync();
    }
}
