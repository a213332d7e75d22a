using System.Net;
using DnsGate.Core.Discovery;
using DnsGate.Core.Options;
using DnsGate.Discovery.Kube;
using DnsGate.TestKit;

namespace DnsGate.Tests.Kube;

/// <summary>
/// A pod with a service account at an API server on loopback; the Service kube-dns has the slice <c>a</c> with 10.244.0.5.
/// </summary>
internal sealed class KubePod : IAsyncDisposable
{
    /// <summary>Time for the first list, unless a test says otherwise.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly string directory = Directory.CreateTempSubdirectory("dnsgate-test-").FullName;
    private readonly List<KubeSource> sources = [];

    public KubePod(KubeApiServer? server = null)
    {
        Server = server ?? new KubeApiServer();
        Server.Slices.Set(EndpointSliceSpec.ForDns("a", 53, "10.244.0.5"));
        Credentials = KubeCredentials.For(Server, Path.Combine(directory, "serviceaccount"));
    }

    public KubeApiServer Server { get; }

    public KubeCredentials Credentials { get; }

    public KubeAccess Access => new(Server.Endpoint.Address.ToString(), $"{Server.Port}", Credentials.Directory);

    /// <summary>Canceled when a test has taken far too long.</summary>
    public CancellationToken Stop { get; } = new CancellationTokenSource(Deadline).Token;

    /// <summary>The clock of the sources.</summary>
    public ManualTime Time { get; } = new();

    public KubeSource Open(
        TimeSpan? timeout = null, KubeAccess? access = null, bool hasNext = false, params ServerSource.Kube[] candidates)
    {
        KubeSource source = new(() => candidates.Length == 0 ? [new ServerSource.Kube("kube-system", "kube-dns")] : [.. candidates],
            access ?? Access, [IPAddress.Parse("10.244.1.7")], timeout ?? Timeout, hasNext, Time);
        sources.Add(source);
        return source;
    }

    /// <summary>The first list of a source.</summary>
    public Task<string> ListOnceAsync(TimeSpan? timeout = null, KubeAccess? access = null, bool hasNext = false) =>
        NowAsync(Open(timeout, access, hasNext));

    /// <summary>What the source returns now.</summary>
    public async Task<string> NowAsync(KubeSource source, bool forceRefresh = false) => Text(await source.ListAsync(forceRefresh, Stop));

    /// <summary>What the API server returns now.</summary>
    public Task<string> RefreshAsync(KubeSource source)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return NowAsync(source, forceRefresh: true);
    }

    /// <summary>
    /// The servers, or <c>Fault: message</c> with the address of the API server as SERVER. No message
    /// has more than one line, or the token in it.
    /// </summary>
    public string Text(SourceState list)
    {
        if (list.Problem is not { } problem)
        {
            return string.Join(' ', list.LastGood.Select(server => $"{server.Address}{(server.Required ? "" : $"/{server.Condition}")}"));
        }

        Assert.DoesNotContain('\n', problem.Message);
        var token = Path.Combine(Credentials.Directory, "token");
        if (File.Exists(token) && File.ReadAllText(token).Trim() is { Length: > 0 } secret)
        {
            Assert.DoesNotContain(secret, problem.Message + problem.Remedy, StringComparison.Ordinal);
        }

        return $"{problem.Fault}: {problem.Message.Replace($"{Server.Endpoint}", "SERVER", StringComparison.Ordinal)}";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources)
        {
            source.Dispose();
        }
        // What a test leaves open it has leaked.
        await Server.WaitUntilAsync(() => Server.OpenConnections == 0, Stop);
        await Server.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }
}
