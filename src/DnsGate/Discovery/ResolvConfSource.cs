using System.Collections.Immutable;
using DnsGate.Core.Discovery;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Linux;

namespace DnsGate.Discovery;

/// <summary>The <c>nameserver</c> lines of a file. The file is read each time.</summary>
/// <param name="file">The file.</param>
/// <param name="time">The clock.</param>
internal sealed class ResolvConfSource(ServerSource.ResolvConf file, TimeProvider time) : Source(Coverage.Sampled, time)
{
    protected override string Name => file.ToString();

    /// <summary>The servers that a file names now.</summary>
    public static SourceResult Read(ServerSource.ResolvConf file)
    {
        if (!TextFile.TryRead(file.Path, out var text, out var problem))
        {
            return SourceResult.Failed(DiscoveryFault.Absent, problem);
        }

        // An address of resolv.conf may stand for many servers; a loopback or link-local one is a node cache, one process.
        ImmutableArray<Server> servers = [.. ResolvConfFile.Read(text, Interfaces.Exists, out var notAsked).Select(address =>
            new Server(address, file.ToString(), address.IsOnThisNode ? 1 : Server.SamplesOfVirtualAddress, MayForward: true))];
        return (servers.IsEmpty
            ? SourceResult.Failed(
                DiscoveryFault.Empty, $"'{file.Path}' names no server{(notAsked.IsEmpty ? "" : " that can be asked")}")
            : SourceResult.Listed(servers)) with
        {
            Notes = [.. notAsked.Select(note => $"{file.Path} {note}")],
        };
    }

    protected override Task<SourceResult> FetchAsync(bool forceRefresh, bool isFirst, CancellationToken stop) =>
        Task.FromResult(Read(file));
}
