using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>Several name servers on loopback, stopped together.</summary>
internal sealed class NameServers(params Func<ReceivedQuery, Response?>[] behaviours) : IAsyncDisposable
{
    private readonly LoopbackNameServer[] servers = [.. behaviours.Select(behaviour => new LoopbackNameServer(behaviour))];

    public LoopbackNameServer this[int index] => servers[index];

    /// <summary>As a value of <c>--servers</c>.</summary>
    public string List => string.Join(',', servers.Select(server => server.Address));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }
}
