using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests.Interop;

/// <summary>unbound, a cache in front of an authoritative server. It counts TTLs down to 0.</summary>
internal sealed class Unbound : RealServer
{
    public static async Task<Unbound> StartAsync(RealServer authority)
    {
        Machine.NeedsProgram("unbound", "unbound");
        Unbound unbound = new();
        string directory = unbound.Directory.Path;
        string configuration = unbound.Directory.Write("unbound.conf", $"""
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
              do-ip6: no
              do-not-query-localhost: no
              module-config: "iterator"
              local-zone: "{Zones.ReverseDomain}." nodefault
            remote-control:
              control-enable: no
            stub-zone:
              name: "{Zones.Domain}."
              stub-addr: {authority.Address}@{authority.Port}
            stub-zone:
              name: "{Zones.ReverseDomain}."
              stub-addr: {authority.Address}@{authority.Port}

            """);
        await unbound.StartAsync("unbound", "-d", "-c", configuration);
        return unbound;
    }
}
