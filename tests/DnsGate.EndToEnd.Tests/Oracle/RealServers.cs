using System.Net;

namespace DnsGate.EndToEnd.Tests.Oracle;

/// <summary>
/// The four name servers of the differential tests. knot and named have the same zones; unbound and dnsmasq are caches in front
/// of that knot. Each starts when the first test needs it, so a missing program skips only the tests that need it.
/// </summary>
public sealed class RealServers : IAsyncDisposable
{
    /// <summary>A domain that the servers are set up for and cannot load.</summary>
    public const string FailingDomain = "failing.example";

    /// <summary>The TTL of most records: no cache entry expires during a test.</summary>
    public const int Ttl = 3600;

    /// <summary>The addresses of the name with too many for a datagram.</summary>
    public static readonly IReadOnlyList<string> Many = [.. Enumerable.Range(1, 90).Select(i => $"10.244.9.{i}")];

    private static readonly ZoneFile[] Zones =
    [
        new(Lab.Dns.Zones.Domain, $"""
            {Lab.Dns.Zones.Head(Ttl)}
            one A 10.244.1.7
            three A 10.244.3.1
            three A 10.244.3.2
            three A 10.244.3.3
            two AAAA fd00:10:244::1
            two AAAA fd00:10:244::2
            text TXT "no address"
            hours 7200 A 10.244.1.10
            day 86400 A 10.244.1.9
            alias 7300 CNAME middle
            middle 7100 CNAME end
            end 7200 A 10.244.1.8
            dangling CNAME nowhere
            empty CNAME text
            {string.Join('\n', Many.Select(address => $"many A {address}"))}

            """),
        new(Lab.Dns.Zones.ReverseDomain, $"""
            {Lab.Dns.Zones.Head(Ttl)}
            7.1.244 PTR one.{Lab.Dns.Zones.Domain}.
            8.1.244 PTR end.{Lab.Dns.Zones.Domain}.
            8.1.244 PTR 10-244-1-8.other.{Lab.Dns.Zones.Domain}.
            8.1.244 PTR third.{Lab.Dns.Zones.Domain}.
            9.1.244 TXT "no name"

            """),
        new(FailingDomain, Text: null),
    ];

    private readonly Lazy<Task<RealServer>> knot;
    private readonly Dictionary<string, Lazy<Task<RealServer>>> servers;

    public RealServers()
    {
        knot = new(async () => await Knot.StartAsync(Zones));
        servers = new()
        {
            ["knot"] = knot,
            ["named"] = new(async () => await Named.StartAsync(Zones)),
            ["unbound"] = new(async () => await Unbound.StartAsync(await StubsAsync())),
            ["dnsmasq"] = new(async () => await Dnsmasq.StartAsync(await knot.Value, port: 0)),
        };
    }

    /// <summary>Where a server listens.</summary>
    /// <param name="name">knot, named, unbound or dnsmasq.</param>
    internal async Task<IPEndPoint> FindAsync(string name)
    {
        var server = await servers[name].Value;
        return new IPEndPoint(server.Address, server.Port);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers.Values.Where(server => server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }))
        {
            await (await server.Value).DisposeAsync();
        }
    }

    private async Task<IEnumerable<(string, RealServer)>> StubsAsync()
    {
        var knot = await this.knot.Value;
        return Zones.Select(zone => (zone.Domain, knot));
    }
}
