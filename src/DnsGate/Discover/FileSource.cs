using System.Collections.Immutable;
using DnsGate.Core.Servers;
using DnsGate.Os;

namespace DnsGate.Discover;

/// <summary>The <c>nameserver</c> lines of a file, read anew each time: the list is never older than the round that uses it.</summary>
/// <param name="file">The file.</param>
internal sealed class FileSource(ServerSource.ResolvConf file) : ISource
{
    public Task<SourceList> ListAsync(bool anew, CancellationToken stop) => Task.FromResult(List());

    public SourceList List()
    {
        if (!TextFile.TryRead(file.Path, out var text, out var problem))
        {
            return SourceList.Failed(DiscoveryFault.Absent, problem);
        }

        // Behind an address of resolv.conf may stand many servers; a loopback or link-local one is a node cache, one process.
        ImmutableArray<Server> servers = [.. ResolvConf.Read(text, out var unusable).Select(address =>
            new Server(address, file.ToString(), address.IsOnThisNode ? 1 : Server.SamplesOfVirtualAddress, MayForward: true))];
        return (servers.IsEmpty ? SourceList.Failed(DiscoveryFault.Empty, $"'{file.Path}' names no server") : SourceList.Of(servers)) with
        {
            Notes = [.. unusable.Select(line => $"{file.Path}: '{line}' is not asked: an address without scope id is needed")],
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
