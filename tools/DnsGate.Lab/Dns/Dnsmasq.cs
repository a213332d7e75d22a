namespace DnsGate.Lab.Dns;

/// <summary>dnsmasq: a server of the pod's name, or a cache in front of another server.</summary>
internal sealed class Dnsmasq : RealServer
{
    private Dnsmasq(int port)
        : base(port: port)
    {
    }

    /// <summary>Starts it as a cache in front of another server: at the port of resolv.conf, or at any free port (0).</summary>
    public static async Task<Dnsmasq> StartAsync(RealServer authority, int port = DomainPort)
    {
        Machine.NeedsProgram("dnsmasq", "dnsmasq-base");
        if (port != 0)
        {
            Machine.NeedsRoot();
        }

        Dnsmasq dnsmasq = new(port);
        await dnsmasq.StartAsync("dnsmasq", [.. dnsmasq.Common(), $"--server={authority.Address}#{authority.Port}"]);
        return dnsmasq;
    }

    /// <summary>Starts it with the pod's name and an address of its own, forward and reverse.</summary>
    public static async Task<Dnsmasq> StartAsync(string address)
    {
        Machine.NeedsProgram("dnsmasq", "dnsmasq-base");
        Dnsmasq dnsmasq = new(port: 0);
        await dnsmasq.StartAsync("dnsmasq", [.. dnsmasq.Common(), "--local-ttl=30", $"--local=/{Zones.Domain}/",
            $"--local=/{Zones.ReverseDomain}/", $"--host-record={Pod.Name},{address}"]);
        return dnsmasq;
    }

    private string[] Common() =>
    [
        "--keep-in-foreground", "--conf-file=/dev/null", $"--port={Port}", $"--listen-address={Address}", "--bind-interfaces",
        "--no-resolv", "--no-hosts", "--pid-file", "--user=", "--log-facility=-",
    ];
}
