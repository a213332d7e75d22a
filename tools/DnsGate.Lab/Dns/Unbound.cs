using System.Net;

namespace DnsGate.Lab.Dns;

/// <summary>unbound, a cache in front of an authoritative server. It counts TTLs down to 0.</summary>
internal sealed class Unbound : RealServer
{
    private Unbound(IPAddress? address, int port)
        : base(address, port)
    {
    }

    /// <summary>Starts it in front of one server of the cluster domain and the reverse zone.</summary>
    public static Task<Unbound> StartAsync(RealServer authority, int port = 0) =>
        StartAsync([(Zones.Domain, authority), (Zones.ReverseDomain, authority)], port);

    /// <summary>Starts it in front of servers of zones; it asks those that the zone's NS records name.</summary>
    public static Task<Unbound> StartAsync(IEnumerable<(string Domain, RealServer Authority)> stubs, int port = 0) =>
        StartAsync(stubs, null, port, null);

    /// <summary>Starts it where others expect it: at an address and a port, or in a network namespace.</summary>
    public static async Task<Unbound> StartAsync(
        IEnumerable<(string Domain, RealServer Authority)> stubs, IPAddress? address, int port, Namespace? within)
    {
        Machine.NeedsProgram("unbound", "unbound");
        if (port != 0)
        {
            Machine.NeedsRoot();
        }

        Unbound unbound = new(address, port) { Within = within };
        var directory = unbound.Directory.Path;
        var configuration = unbound.Directory.Write("unbound.conf", $"""
            server:
              directory: "{directory}"
              chroot: ""
              username: ""
              pidfile: ""
              use-syslog: no
              do-daemonize: no
              num-threads: 1
              interface: {unbound.Address}@{unbound.Port}
              access-control: 127.0.0.0/8 allow
              access-control: 10.0.0.0/8 allow
              do-ip6: no
              do-not-query-localhost: no
              module-config: "iterator"
              local-zone: "{Zones.ReverseDomain}." nodefault
              local-zone: "{Zones.ForeignDomain}." refuse
            remote-control:
              control-enable: yes
              control-interface: "{directory}/control"
              control-use-cert: no
            {string.Concat(stubs.Select(stub => $"stub-zone:\n  name: \"{stub.Domain}.\"\n  stub-addr: {stub.Authority.Address}@{stub.Authority.Port}\n"))}
            """);
        await unbound.StartAsync("unbound", "-d", "-c", configuration);
        return unbound;
    }

    /// <summary>Forgets what it has of a name.</summary>
    public async Task ForgetAsync(string name)
    {
        var ended = await Child.RunAsync("unbound-control", ["-c", Directory.File("unbound.conf"), "flush", name]);
        Assert.True(ended.ExitCode == 0, ended.ToString());
    }
}
