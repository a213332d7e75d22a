using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsGate.TestKit;

namespace DnsGate.Demo;

/// <summary>
/// Three CoreDNS instances on loopback and a pod that has just been recreated under a new address. A peer asked the third
/// one a moment before, so that its cache has the old address for the life of the record.
/// </summary>
internal sealed class Scene : IAsyncDisposable
{
    public const string PodName = "zk-0.zk-headless.prod.svc.cluster.local";
    public const string PodAddress = "10.244.1.7";
    public const string OldAddress = "10.244.2.9";

    /// <summary>How long the third server stays stale. Clusters set up by kubeadm have 30 s; nobody wants to wait for that here.</summary>
    public const uint RecordTtl = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ClusterData cluster = new(TimeProvider.System);

    public Scene()
    {
        var options = CoreDnsOptions.Classic with { RecordTtl = RecordTtl };
        SimulatedCoreDns[] instances = [new(cluster, options), new(cluster, options), new(cluster, options)];
        Servers = Listen(instances);
        cluster.SetLongAgo(PodName, OldAddress);
        instances[^1].Answer(ReceivedQuery.Create(PodName, RrType.A));
        cluster.Set(PodName, PodAddress);
    }

    /// <summary>The servers; the last one is stale.</summary>
    public LoopbackNameServer[] Servers { get; }

    /// <summary>The time since the pod was recreated.</summary>
    public TimeSpan Now => cluster.Now;

    /// <summary>What one server answers to an application's question for the pod's address, and how long it may be kept.</summary>
    public static async Task<(string Address, uint Ttl)> AskAsync(LoopbackNameServer server)
    {
        var answer = (await StubResolver.For(server.Endpoint, Patience).QueryAsync(PodName, QueryType.A)).Answers.ARecords().Single();
        return (answer.Address.ToString(), (uint)answer.InitialTimeToLive);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers)
        {
            await server.DisposeAsync();
        }
    }

    private static LoopbackNameServer[] Listen(SimulatedCoreDns[] instances)
    {
        // Addresses of their own and one port make them look like the servers they stand for; the port may be taken.
        try
        {
            return ListenAt(instances, port: 5300);
        }
        catch (SocketException)
        {
            return ListenAt(instances, port: 0);
        }
    }

    private static LoopbackNameServer[] ListenAt(SimulatedCoreDns[] instances, int port)
    {
        List<LoopbackNameServer> servers = [];
        try
        {
            foreach (var instance in instances)
            {
                servers.Add(new LoopbackNameServer(instance, new IPEndPoint(IPAddress.Parse($"127.0.53.{servers.Count + 1}"), port)));
            }

            return [.. servers];
        }
        catch
        {
            foreach (var server in servers)
            {
                server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }

            throw;
        }
    }
}
