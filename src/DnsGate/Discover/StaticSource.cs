using DnsGate.Core.Servers;

namespace DnsGate.Discover;

/// <summary>Servers that the user named.</summary>
/// <param name="list">The servers.</param>
internal sealed class StaticSource(SourceList list) : ISource
{
    public Task<SourceList> ListAsync(bool anew, CancellationToken stop) => Task.FromResult(list);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
