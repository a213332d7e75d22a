using System.Net;
using System.Net.Sockets;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>
/// The executable in a pod as the kubelet makes it, in a network and a mount namespace: its address, /etc/hosts, resolv.conf,
/// a service account, and the cluster's addresses as they usually are: three CoreDNS pods, kube-dns, the API server.
/// Nothing has to be said on the command line.
/// </summary>
internal sealed class WholePod : IAsyncDisposable
{
    public const string QueryTimeout = "DNSGATE_QUERY_TIMEOUT";
    public const string Vip = "10.96.0.10";
    public const string Stranger = "192.0.2.53";
    public const string NodeCache = "169.254.20.10";
    public const int DnsPort = 53;
    public const string OwnLine = $"{Pod.Ip}\t{Pod.Name}\tzk-0\n";

    private const string Api = "10.96.0.1";
    private const int ApiPort = 443;

    private const string Enter = """
        mount --bind "$0/hosts" /etc/hosts && mount --bind "$0/resolv.conf" /etc/resolv.conf && mount -t tmpfs none /dev/shm && mount -t tmpfs none /run \
          && mkdir -p /run/secrets/kubernetes.io/serviceaccount && mount --bind "$0/account" /run/secrets/kubernetes.io/serviceaccount && exec "$@"
        """;

    public static readonly string[] Endpoints = ["10.244.0.5", "10.244.0.8", "10.244.0.11"];

    private readonly TemporaryDirectory directory = new();
    private readonly Namespace network;
    private readonly Dictionary<string, LoopbackNameServer> servers = [];
    private readonly List<IDisposable> sockets = [];
    private readonly List<Child> children = [];

    private WholePod(Namespace network)
    {
        this.network = network;
        foreach (var address in Endpoints)
        {
            Run(address, Pod.Right);
        }

        // As CoreDNS answers for the address of its own Service.
        Run(Vip, Pod.Right.WithPtrFor(Vip, "kube-dns.kube-system.svc.cluster.local"));

        Kube = network.Make(() => new KubeApiServer(new IPEndPoint(IPAddress.Parse(Api), ApiPort)));
        Kube.Slices.Set(EndpointSliceSpec.ForDns("kube-dns-1", DnsPort, Endpoints));
        Account = KubeCredentials.For(Kube, directory.File("account"), "prod");
    }

    public KubeApiServer Kube { get; }

    public KubeCredentials Account { get; }

    public Dictionary<string, string> Environment { get; } = new()
    {
        ["KUBERNETES_SERVICE_HOST"] = Api,
        ["KUBERNETES_SERVICE_PORT"] = "443",
        ["POD_IPS"] = Pod.Ip,
        // Time enough for servers that do answer, on a machine that is busy with other tests. No text tells of it.
        ["DNSGATE_TIMEOUT"] = "20s",
        [QueryTimeout] = "5s",
        // Here alone: this network has no way out.
        [Child.InterceptionCheck] = "on",
    };

    /// <summary>Its /etc/hosts, until the first verb starts.</summary>
    public string Hosts { get; set; } = KubeletFiles.Hosts(OwnLine);

    /// <summary>Its /etc/resolv.conf, until the first verb starts.</summary>
    public string ResolvConf { get; set; } = KubeletFiles.ResolvConf(Vip);

    /// <summary>The name server at an address; the first CoreDNS pod has number 0.</summary>
    public LoopbackNameServer this[string address] => servers[address];

    public LoopbackNameServer this[int number] => servers[Endpoints[number]];

    public static Task<WholePod> StartAsync() => StartAsync([]);

    /// <summary>Starts a pod in whose network there are more addresses, and perhaps rules of nftables.</summary>
    public static async Task<WholePod> StartAsync(IEnumerable<string> more, string rules = "")
    {
        string[] addresses = [Pod.Ip, Pod.OldIp, Pod.Ip6, .. Endpoints, Vip, Api, Stranger, NodeCache, .. more];
        return new WholePod(await Namespace.StartAsync(addresses, rules));
    }

    /// <summary>What all the CoreDNS pods and kube-dns answer.</summary>
    public void All(Func<ReceivedQuery, Response?> behaviour)
    {
        foreach (var server in servers.Values)
        {
            server.Behaviour = behaviour;
        }
    }

    /// <summary>What all the CoreDNS pods answer.</summary>
    public void Endpoint(Func<ReceivedQuery, Response?> behaviour)
    {
        foreach (var address in Endpoints)
        {
            servers[address].Behaviour = behaviour;
        }
    }

    /// <summary>Starts one more name server.</summary>
    public void Run(string address, Func<ReceivedQuery, Response?> behaviour, int port = DnsPort) =>
        servers[address] = network.Make(() => new LoopbackNameServer(behaviour, new IPEndPoint(IPAddress.Parse(address), port)));

    /// <summary>Ends a name server: nobody listens there any more.</summary>
    public async Task EndAsync(int number)
    {
        servers.Remove(Endpoints[number], out var server);
        await server!.DisposeAsync();
    }

    /// <summary>Leaves one UDP port to the pod's sockets, and binds that.</summary>
    public async Task UseUpUdpPortsAsync()
    {
        var ended = await network.RunAsync("/bin/sh", "-c", "echo 40000 40000 > /proc/sys/net/ipv4/ip_local_port_range");
        Assert.True(ended.ExitCode == 0, ended.ToString());
        sockets.Add(network.Make(() =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Any, 40000));
            return socket;
        }));
    }

    /// <summary>Listens, as an application would.</summary>
    public void Listen(string address, int port) => sockets.Add(network.Listen(IPAddress.Parse(address), port));

    /// <summary>Starts a verb that goes on until the pod ends.</summary>
    public Child Start(params string[] arguments)
    {
        if (children.Count == 0)
        {
            // Not again: a child that has just started may be reading them.
            directory.Write("hosts", Hosts);
            directory.Write("resolv.conf", ResolvConf);
        }

        var variables = Environment.Select(variable => $"{variable.Key}={variable.Value}");
        var child = network.Start(
            "/usr/bin/env", [.. variables, "unshare", "-m", "/bin/sh", "-c", Enter, directory.Path, Executable.Path, .. arguments]);
        children.Add(child);
        return child;
    }

    public Task<ProcessResult> RunAsync(params string[] arguments) => Start(arguments).EndAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var child in children)
        {
            await child.DisposeAsync();
        }

        foreach (var socket in sockets)
        {
            socket.Dispose();
        }

        foreach (var server in servers.Values)
        {
            await server.DisposeAsync();
        }

        await Kube.DisposeAsync();
        await network.DisposeAsync();
        directory.Dispose();
    }
}
