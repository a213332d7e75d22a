using System.Net;

namespace DnsGate.Lab.Dns;

/// <summary>named, authoritative for the cluster domain and the reverse zone, or for other zones.</summary>
internal sealed class Named : RealServer
{
    // It listens only on addresses that an interface has; of 127.0.0.0/8 that is this one.
    private Named()
        : base(IPAddress.Loopback)
    {
    }

    public static Task<Named> StartAsync(Zones zones) => StartAsync(zones.Files);

    public static async Task<Named> StartAsync(IReadOnlyList<ZoneFile> zones)
    {
        Machine.NeedsProgram("named", "bind9");
        Named named = new();
        var directory = named.Directory.Path;
        var configuration = named.Directory.Write("named.conf", $$"""
            options {
              directory "{{directory}}";
              listen-on port {{named.Port}} { {{named.Address}}; };
              listen-on-v6 { none; };
              pid-file none;
              session-keyfile "{{directory}}/session.key";
              recursion no;
              dnssec-validation no;
              notify no;
            };
            controls { };
            {{string.Concat(zones.Select(zone => $"zone \"{zone.Domain}\" {{ type primary; file \"{zone.Domain}.zone\"; }};\n"))}}
            """);
        named.Write(zones);
        await named.StartAsync("named", "-g", "-n", "1", "-c", configuration);
        return named;
    }
}
