using System.Net;
using System.Net.Sockets;
using DnsGate.TestKit;

namespace DnsGate.Bench.Processes;

/// <summary>The other side of <see cref="ServerFarm"/>: the process that the servers live in.</summary>
internal static class FarmProcess
{
    private const int Attempts = 20;
    private const string OldAddress = "10.244.2.9";

    /// <summary>Serves until stdin ends; says the port and the addresses on stdout, when all of them listen.</summary>
    public static async Task<int> ServeAsync(int count, TimeSpan delay, int stale)
    {
        List<LoopbackNameServer> servers = await StartAsync(count, delay, stale);
        Console.WriteLine($"{servers[0].Endpoint.Port} {string.Join(' ', servers.Select(server => server.Endpoint.Address))}");
        await Console.In.ReadToEndAsync();
        foreach (LoopbackNameServer server in servers)
            await server.DisposeAsync();
        return 0;
    }

    private static async Task<List<LoopbackNameServer>> StartAsync(int count, TimeSpan delay, int stale)
    {
        PodZone right = PodZone.For(ServerFarm.PodName, ServerFarm.PodAddress);
        PodZone old = right.WithAddress(OldAddress);
        for (int attempt = 1; ; attempt++)
        {
            List<LoopbackNameServer> servers = [];
            try
            {
                while (servers.Count < count)
                {
                    Func<ReceivedQuery, Response?> zone = servers.Count < count - stale ? right : old;
                    int port = servers.Count == 0 ? 0 : servers[0].Endpoint.Port;
                    servers.Add(new LoopbackNameServer(delay > TimeSpan.Zero ? Misbehaving.Late(delay, zone) : zone, AddressOf(servers.Count, port)) { KeepsLog = false });
                }
                return servers;
            }
            catch (SocketException) when (attempt < Attempts)
            {
                // The port that the first one got is taken at another address.
                foreach (LoopbackNameServer server in servers)
                    await server.DisposeAsync();
            }
        }
    }

    private static IPEndPoint AddressOf(int index, int port) => new(new IPAddress([127, 0, (byte)(100 + index / 250), (byte)(1 + index % 250)]), port);
}
