using System.Net;
using DnsClient;
using DnsGate.Lab.Dns;
using DnsGate.TestKit;

namespace DnsGate.Lab.Cluster;

/// <summary>
/// Stands for one CoreDNS pod: knot, which changes when it is told to, alone (like CoreDNS without the cache plugin) or behind
/// an unbound that keeps what it was asked for the life of the record.
/// </summary>
internal sealed class CoreDns : IAsyncDisposable
{
    private const int AuthorityPort = 5300;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly NodeNetwork network;
    private readonly Knot authority;
    private readonly Unbound? cache;
    private readonly SemaphoreSlim changing = new(1);
    private ClusterZone zone;

    private CoreDns(NodeNetwork network, IPAddress address, ClusterZone zone, Knot authority, Unbound? cache) =>
        (this.network, Address, this.zone, this.authority, this.cache) = (network, address, zone, authority, cache);

    public IPAddress Address { get; }

    public bool IsCached => cache is not null;

    public static async Task<CoreDns> StartAsync(NodeNetwork network, IPAddress address, ClusterZone zone, bool isCached)
    {
        var authority = await Knot.StartAsync(zone.Files, address, isCached ? AuthorityPort : RealServer.DomainPort, network.Inside);
        if (!isCached)
        {
            return new CoreDns(network, address, zone, authority, null);
        }

        try
        {
            var cache = await Unbound.StartAsync(
                [(Zones.Domain, authority), (Zones.ReverseDomain, authority)], address, RealServer.DomainPort, network.Inside);
            return new CoreDns(network, address, zone, authority, cache);
        }
        catch
        {
            await authority.DisposeAsync();
            throw;
        }
    }

    /// <summary>Other records of one pod from now on. A cache goes on giving the old address for the whole life of the record.</summary>
    public async Task LearnAsync(PodRecords records)
    {
        await changing.WaitAsync();
        try
        {
            await RememberAsync(records.Name);
            zone = zone.With(records);
            await authority.ChangeAsync(zone.Files);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Sends a signal to the server that is asked: SIGSTOP hangs it.</summary>
    public void Signal(int signal)
    {
        if (cache is null)
        {
            authority.Signal(signal);
        }
        else
        {
            cache.Signal(signal);
        }
    }

    /// <summary>Whether it gives a name this address alone, and the address this name, to an application that asks now.</summary>
    public async Task<bool> IsRightAsync(string name, string address) =>
        await AskAsync(name, QueryType.A) is [string only] && only == address
        && (await AskAsync(ReverseName.From(address), QueryType.PTR)).Contains(name);

    /// <summary>The records that an application is given now; none also when it does not answer.</summary>
    public async Task<IReadOnlyList<string>> AskAsync(string name, QueryType type)
    {
        var application = StubResolver.For(new IPEndPoint(Address, RealServer.DomainPort), Patience);
        try
        {
            // Not QueryAsync: the socket has to be made on the thread that is inside the node.
            var response = await Task.Run(() => network.Inside.Make(() => application.Query(name, type)));
            return StubResolver.DataOf(response, type);
        }
        catch (InvalidOperationException e) when (e.InnerException is DnsResponseException)
        {
            return [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (cache is not null)
        {
            await cache.DisposeAsync();
        }

        await authority.DisposeAsync();
        changing.Dispose();
    }

    // Somebody asked a moment before. Not for what the cache has already: the more a pod asks, the older that is, and a gate
    // would meet a server that is stale for a shorter time than others do.
    private async Task RememberAsync(string name)
    {
        if (cache is null)
        {
            return;
        }

        await cache.ForgetAsync(name);
        await AskAsync(name, QueryType.A);
    }
}
