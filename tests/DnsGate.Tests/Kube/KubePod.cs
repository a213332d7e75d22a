using System.Net;
using DnsGate.Core.Servers;
using DnsGate.Discover.Kube;
using DnsGate.TestKit;

namespace DnsGate.Tests.Kube;

/// <summary>A pod with a service account at an API server on loopback; the Service kube-dns has the slice <c>a</c> with 10.244.0.5.</summary>
internal sealed class KubePod : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly string _directory = Directory.CreateTempSubdirectory("dnsgate-test-").FullName;
    private readonly List<KubeSource> _sources = [];

    public KubePod(KubeApiServer? server = null)
    {
        Server = server ?? new KubeApiServer();
        Server.Slices.Set(EndpointSliceSpec.ForDns("a", 53, "10.244.0.5"));
        Credentials = KubeCredentials.For(Server, Path.Combine(_directory, "serviceaccount"));
    }

    public KubeApiServer Server { get; }

    public KubeCredentials Credentials { get; }

    public KubeAccess Access => new(Server.Endpoint.Address.ToString(), $"{Server.Port}", Credentials.Directory);

    /// <summary>Canceled when a test has taken far too long.</summary>
    public CancellationToken Stop { get; } = new CancellationTokenSource(Deadline).Token;

    public KubeSource Open(bool watches, TimeProvider? time = null, TimeSpan? patience = null, KubeAccess? access = null, string service = "kube-dns")
    {
        KubeSource source = new(new ServerSource.Kube("kube-system", service), access ?? Access, [IPAddress.Parse("10.244.1.7")], watches, patience ?? Patience, time ?? TimeProvider.System);
        _sources.Add(source);
        return source;
    }

    /// <summary>What one call without a watch gives.</summary>
    public async Task<string> ListOnceAsync(TimeProvider? time = null, KubeAccess? access = null, string service = "kube-dns") =>
        Text(await Open(watches: false, time, access: access, service: service).ListAsync(anew: false, Stop));

    /// <summary>What the source gives now.</summary>
    public async Task<string> NowAsync(KubeSource source, bool anew = false) => Text(await source.ListAsync(anew, Stop));

    /// <summary>Asks until the source gives this. Fails when it never does.</summary>
    public async Task ExpectAsync(KubeSource source, string expected)
    {
        string last = await NowAsync(source);
        while (last != expected)
        {
            Assert.False(Stop.IsCancellationRequested, $"expected {expected}, got {last}");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
            last = await NowAsync(source);
        }
    }

    /// <summary>Opens a source with a watch that the source knows to be open: it has told something.</summary>
    public async Task<(KubeSource Source, TestKit.KubeWatch Watch)> OpenWatchedAsync(TimeProvider time)
    {
        KubeSource source = Open(watches: true, time);
        await ExpectAsync(source, "10.244.0.5:53");
        TestKit.KubeWatch watch = await Server.WaitForWatchAsync(1, Stop);
        Server.Slices.Set(EndpointSliceSpec.ForDns("told", 53, "10.244.0.99"));
        await ExpectAsync(source, "10.244.0.5:53 10.244.0.99:53");
        Server.Slices.Remove("told");
        await ExpectAsync(source, "10.244.0.5:53");
        return (source, watch);
    }

    /// <summary>The servers, or <c>Fault: message</c> with the address of the API server as SERVER. No list holds both or none, no message more than a line or the token.</summary>
    public string Text(SourceList list)
    {
        Assert.Equal(list.Problem is null, !list.Servers.IsEmpty);
        if (list.Problem is not { } problem)
            return string.Join(' ', list.Servers.Select(server => $"{server.Address}{(server.Required ? "" : $"/{server.Standing}")}"));
        Assert.DoesNotContain('\n', problem.Message);
        string token = Path.Combine(Credentials.Directory, "token");
        if (File.Exists(token) && File.ReadAllText(token).Trim() is { Length: > 0 } secret)
            Assert.DoesNotContain(secret, problem.Message + problem.Remedy, StringComparison.Ordinal);
        return $"{problem.Fault}: {problem.Message.Replace($"{Server.Endpoint}", "SERVER", StringComparison.Ordinal)}";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (KubeSource source in _sources)
            await source.DisposeAsync();
        // What a test leaves open it has leaked.
        await Server.WaitUntilAsync(() => Server.OpenConnections == 0, Stop);
        await Server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
