using System.Net;
using DnsGate.Lab.Dns;
using DnsGate.TestKit;

namespace DnsGate.Lab.Cluster;

/// <summary>What one DNS server of the cluster knows of the pods, and of the headless Service over the DNS servers. A value.</summary>
internal sealed record ClusterZone(IReadOnlyList<IPAddress> NameServers, IReadOnlyList<PodRecords> Pods)
{
    /// <summary>CoreDNS's own default, in seconds.</summary>
    public const int Ttl = 5;

    public IReadOnlyList<ZoneFile> Files => [new ZoneFile(Zones.Domain, Forward), new ZoneFile(Zones.ReverseDomain, Reverse)];

    private string Forward =>
        Zones.Head(Ttl)
        + Zones.Headless(NameServers)
        + string.Concat(Pods.SelectMany(pod => pod.Addresses.Select(address => $"{pod.Name}. A {address}\n")));

    private string Reverse => Zones.Head(Ttl)
        + string.Concat(Pods.SelectMany(pod => pod.Reverse.Select(address => $"{ReverseName.From(address)}. PTR {pod.Name}.\n")));

    /// <summary>The same, with other records of one pod.</summary>
    public ClusterZone With(PodRecords records) => this with { Pods = [.. Pods.Where(pod => pod.Name != records.Name), records] };
}
