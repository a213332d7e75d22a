using System.Net;
using System.Net.Sockets;
using DnsGate.TestKit;

namespace DnsGate.Bench.Processes;

/// <summary>The other side of <see cref="ServerFarm"/>: the process that the servers live in.</summary>
internal static class FarmProcess
{
    private const int Attempts = 20;
    private const string OldAddress = "10.244.2.9";

    /// <summary>
    /// Serves until stdin ends; says the ports and the addresses on stdout, when all of them listen, and at each line of stdin when the
    /// rounds since the line before came in: at the first server, in milliseconds of some clock.
    /// </summary>
    /// <param name="count">How many DNS servers.</param>
    /// <param name="delay">Between a query and its reply.</param>
    /// <param name="stale">How many of them give an old address.</param>
    /// <param name="account">Where the service account for the API server goes.</param>
    public static async Task<int> ServeAsync(int count, TimeSpan delay, int stale, string account)
    {
        var servers = await StartAsync(count, delay, stale);
        var rounds = ReceivedRounds.At(servers[0]);
        var port = servers[0].Endpoint.Port;
        await using KubeApiServer api = new();
        KubeCredentials.For(api, account);
        // As an API server does it, a hundred endpoints to a slice.
        foreach (var slice in servers.Chunk(100))
        {
            api.Slices.Set(EndpointSliceSpec.ForDns(
                $"kube-dns-{slice[0].Endpoint.Address}", port, [.. slice.Select(server => server.Endpoint.Address.ToString())]));
        }

        Console.WriteLine($"{port} {api.Port} {string.Join(' ', servers.Select(server => server.Endpoint.Address))}");
        while (await Console.In.ReadLineAsync() is not null)
        {
            Console.WriteLine(string.Join(' ', rounds.TakeAll().Select(at => $"{at.TotalMilliseconds:f1}")));
        }

        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }

        return 0;
    }

    private static async Task<List<LoopbackNameServer>> StartAsync(int count, TimeSpan delay, int stale)
    {
        for (var attempt = 1; ; attempt++)
        {
            List<LoopbackNameServer> servers = [];
            try
            {
                while (servers.Count < count)
                {
                    var port = servers.Count == 0 ? 0 : servers[0].Endpoint.Port;
                    servers.Add(new LoopbackNameServer(_ => null, AddressOf(servers.Count, port)) { KeepsLog = false });
                }
                Teach(servers, delay, stale);
                return servers;
            }
            catch (SocketException) when (attempt < Attempts)
            {
                // The port that the first one got is taken at another address.
                foreach (var server in servers)
                {
                    await server.DisposeAsync();
                }
            }
        }
    }

    private static void Teach(List<LoopbackNameServer> servers, TimeSpan delay, int stale)
    {
        // A headless Service over all of them; not over a thousand, whose list would not fit into a datagram.
        Rr[] service = servers.Count > 50 ? [] :
        [
            Rr.Srv($"_dns._udp.{ServerFarm.Service}", $"a.{ServerFarm.Service}", (ushort)servers[0].Endpoint.Port),
            .. servers.Select(server => Rr.Address(ServerFarm.Service, server.Endpoint.Address)),
        ];
        var right = PodZone.For(ServerFarm.PodName, ServerFarm.PodAddress).WithRecord(service);
        var old = right.WithAddress(OldAddress);
        for (var index = 0; index < servers.Count; index++)
        {
            Func<ReceivedQuery, Response?> zone = index < servers.Count - stale ? right : old;
            servers[index].Behaviour = delay > TimeSpan.Zero ? Misbehaving.Late(delay, zone) : zone;
        }
    }

    private static IPEndPoint AddressOf(int index, int port) =>
        new(new IPAddress([127, 0, (byte)(100 + index / 250), (byte)(1 + index % 250)]), port);
}
