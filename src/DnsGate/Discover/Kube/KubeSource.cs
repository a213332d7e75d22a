using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Servers;

namespace DnsGate.Discover.Kube;

internal sealed class KubeAccess
{
    public static KubeAccess OfThisPod() => new();
}

internal sealed class KubeSource(ServerSource.Kube source, KubeAccess access, ImmutableArray<IPAddress> podAddresses, bool watches, TimeSpan patience, TimeProvider time) : ISource
{
    public Task<SourceList> ListAsync(bool anew, CancellationToken stop) =>
        Task.FromResult(SourceList.Failed(DiscoveryFault.Absent, $"no service account token is mounted {source} {access} {podAddresses.Length} {watches} {patience} {time}"));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
