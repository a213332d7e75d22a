using DnsGate.Core.Discovery;
using DnsGate.Core.Options;
using DnsGate.Core.Text;
using DnsGate.Linux;

namespace DnsGate.Discovery;

/// <summary>Reads what the pod tells about itself: variables, /etc/hosts, interfaces, the search list.</summary>
internal static class PodFactsReader
{
    public static PodFacts Read() => new(
        Environment.GetEnvironmentVariable("POD_IPS"),
        Environment.GetEnvironmentVariable("POD_IP"),
        TextFile.TryRead(HostsFile.Path, out var hosts, out _) ? hosts : null,
        [.. Interfaces.Addresses().Where(Addresses.CanBeAPods)])
    {
        SearchDomain = TextFile.TryRead(ServerSource.DefaultResolvConf, out var resolvConf, out _)
            ? ClusterDomain.FromSearchList(resolvConf)
            : null,
    };
}
