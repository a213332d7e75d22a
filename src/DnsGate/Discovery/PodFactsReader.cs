using DnsGate.Core.Options;
using DnsGate.Core.Text;
using DnsGate.Linux;

namespace DnsGate.Discovery;

/// <summary>Reads what the pod tells about itself: variables, /etc/hosts, interfaces.</summary>
internal static class PodFactsReader
{
    public static PodFacts Read() => new(
        Environment.GetEnvironmentVariable("POD_IPS"),
        Environment.GetEnvironmentVariable("POD_IP"),
        TextFile.TryRead(HostsFile.Path, out var hosts, out _) ? hosts : null,
        [.. Interfaces.Addresses().Where(Addresses.CanBeAPods)]);
}
