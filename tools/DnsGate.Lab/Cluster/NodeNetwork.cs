using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DnsGate.Lab.Cluster;

/// <summary>
/// The network of a node: a bridge that pods are plugged into, the addresses of the DNS servers, and the virtual address of
/// their Service, behind which each new source port meets one of them by chance, as kube-proxy has it.
/// </summary>
internal sealed class NodeNetwork : IAsyncDisposable
{
    /// <summary>The address of the Service kube-dns.</summary>
    public const string VirtualAddress = "10.96.0.10";

    private const string Gateway = "10.244.0.1";

    private int plugged;

    private NodeNetwork(Namespace inside) => Inside = inside;

    /// <summary>The node itself: the DNS servers run here.</summary>
    public Namespace Inside { get; }

    public static async Task<NodeNetwork> StartAsync(IReadOnlyList<IPAddress> nameServers)
    {
        var inside = await Namespace.StartAsync(nameServers.Select(server => server.ToString()), Rules(nameServers));
        NodeNetwork network = new(inside);
        try
        {
            var bridge = await inside.RunAsync("ip", "link", "add", "br0", "type", "bridge");
            Assert.SkipWhen(bridge.ExitCode != 0, $"needs a kernel with network bridges: {bridge.Stderr.Trim()}");
            await network.ShellAsync($"ip address add {Gateway}/16 dev br0 && ip link set br0 up");
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts these behind the virtual address from now on: kube-proxy leaves out a server that is not ready.</summary>
    public Task BalanceAsync(IReadOnlyList<IPAddress> nameServers) =>
        ShellAsync("printf %s \"$0\" | nft -f -", $"flush ruleset\n{Rules(nameServers)}");

    /// <summary>Gives the network of a process an interface, eth0, with this address.</summary>
    public async Task PlugAsync(int processId, string address)
    {
        // Names of interfaces have at most 15 characters; these need not be known outside of this namespace.
        var port = string.Create(CultureInfo.InvariantCulture, $"pod{Interlocked.Increment(ref plugged)}");
        await ShellAsync($"ip link add {port} type veth peer name eth0 netns {processId} && ip link set {port} master br0 up");
        var ended = await Child.RunAsync(
            "nsenter",
            [
                $"--net=/proc/{processId}/ns/net", "/bin/sh", "-c",
                $"ip address add {address}/16 dev eth0 && ip link set lo up && ip link set eth0 up && ip route add default via {Gateway}",
            ]);
        Assert.True(ended.ExitCode == 0, ended.ToString());
    }

    /// <summary>A socket on the node.</summary>
    public Socket Socket(SocketType type, ProtocolType protocol) =>
        Inside.Make(() => new Socket(AddressFamily.InterNetwork, type, protocol));

    public ValueTask DisposeAsync() => Inside.DisposeAsync();

    private static string Rules(IReadOnlyList<IPAddress> nameServers)
    {
        var servers = string.Join(", ", nameServers.Select((server, index) => $"{index} : {server}"));
        var rule = $"dport 53 dnat to numgen random mod {nameServers.Count} map {{ {servers} }}";
        return $$"""
            table ip services {
              chain prerouting {
                type nat hook prerouting priority -100;
                ip daddr {{VirtualAddress}} udp {{rule}}
                ip daddr {{VirtualAddress}} tcp {{rule}}
              }
            }

            """;
    }

    private async Task ShellAsync(string script, params string[] arguments)
    {
        var ended = await Inside.RunAsync("/bin/sh", ["-c", script, .. arguments]);
        Assert.True(ended.ExitCode == 0, ended.ToString());
    }
}
