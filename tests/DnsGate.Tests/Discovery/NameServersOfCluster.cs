using System.Net;
using DnsGate.Core.Model;
using DnsGate.TestKit;

namespace DnsGate.Tests.Discovery;

/// <summary>
/// Name servers of a cluster on loopback, 127.84.NUMBER.1, .2 …, all on one port, and the headless Service over them: each
/// answers for it with the list that a test gives it.
/// </summary>
internal sealed class NameServersOfCluster : IAsyncDisposable
{
    public const string Service = "dnsgate-name-servers.kube-system.svc.cluster.local";

    private readonly byte number;
    private readonly List<LoopbackNameServer> servers = [];

    /// <summary>Starts so many servers, all of which know all of them.</summary>
    /// <param name="number">Of the test, so that tests have addresses of their own.</param>
    /// <param name="count">How many.</param>
    public NameServersOfCluster(byte number, int count)
    {
        this.number = number;
        for (var i = 1; i <= count; i++)
        {
            servers.Add(new LoopbackNameServer(_ => null, new IPEndPoint(Address(i), servers.Count == 0 ? 0 : Port)));
        }

        for (var i = 1; i <= count; i++)
        {
            Tell(i, [.. Enumerable.Range(1, count)]);
        }
    }

    public int Port => servers[0].Endpoint.Port;

    /// <summary>The n-th server, from 1.</summary>
    public LoopbackNameServer this[int server] => servers[server - 1];

    /// <summary>The n-th server, from 1, as discovery finds it.</summary>
    public Server Seed(int server, int samples = 1) => new(new ServerAddress(Address(server), Port), "static", samples);

    /// <summary>The addresses of these servers, as lists are compared.</summary>
    public string List(params int[] servers) => string.Join(' ', servers.Select(server => $"{Address(server)}:{Port}"));

    /// <summary>From now on the server gives this list; an empty one is NXDOMAIN.</summary>
    public void Tell(int server, params int[] list) => this[server].Behaviour = list.Length == 0
        ? Questions.Right
        : Questions.Right.WithRecord(
            [Rr.Srv($"_dns._udp.{Service}", $"a.{Service}", (ushort)Port), .. list.Select(other => Rr.Address(Service, Address(other)))]);

    /// <summary>The questions that a server got for the Service.</summary>
    public IEnumerable<ReceivedQuery> QueriesAt(int server) =>
        this[server].Queries.Where(query => query.Name.EndsWith(Service, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }

    private IPAddress Address(int server) => new([127, 84, number, (byte)server]);
}
