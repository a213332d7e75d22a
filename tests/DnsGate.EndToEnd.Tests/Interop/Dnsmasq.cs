using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests.Interop;

/// <summary>dnsmasq with the pod's name and address, forward and reverse.</summary>
internal sealed class Dnsmasq : RealServer
{
    public static async Task<Dnsmasq> StartAsync(string address)
    {
        Machine.NeedsProgram("dnsmasq", "dnsmasq-base");
        Dnsmasq dnsmasq = new();
        await dnsmasq.StartAsync(
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", $"--port={dnsmasq.Port}", $"--listen-address={dnsmasq.Address}", "--bind-interfaces",
            "--no-resolv", "--no-hosts", "--pid-file", "--user=", "--log-facility=-", "--local-ttl=30",
            $"--local=/{Zones.Domain}/", $"--local=/{Zones.ReverseDomain}/", $"--host-record={Pod.Name},{address}");
        return dnsmasq;
    }
}
