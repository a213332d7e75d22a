using System.Net;

namespace DnsGate.Lab.Dns;

/// <summary>The zone example.com outside the cluster, with the pod's other name.</summary>
/// <param name="NameServers">Its name servers, ns1, ns2, …</param>
internal sealed record ExternalZone(params IPAddress[] NameServers)
{
    public const string Domain = "example.com";

    /// <summary>What <c>{pod}.example.com</c> is for the pod of the tests.</summary>
    public const string PodName = $"zk-0.{Domain}";

    /// <summary>The pod's address there; none = the name does not exist.</summary>
    public string? Address { get; init; } = Pod.Ip;

    public int Ttl { get; init; } = 30;

    /// <summary>The zone as its own servers have it.</summary>
    public IReadOnlyList<ZoneFile> Files =>
        [new ZoneFile(Domain, Zones.Begin(Ttl) + Delegation("") + (Address is null ? "" : $"zk-0 A {Address}\n"))];

    /// <summary>The zone com, which knows only who serves example.com: asked for the pod's name, its server refers to them.</summary>
    public IReadOnlyList<ZoneFile> ParentFiles =>
        [new ZoneFile("com", $"{Zones.Begin(Ttl)}@ NS ns\nns A 127.0.0.1\n{Delegation(".example")}")];

    private string Delegation(string below) => string.Concat(
        NameServers.Select((server, i) => $"{(below.Length == 0 ? "@" : "example")} NS ns{i + 1}{below}\nns{i + 1}{below} A {server}\n"));
}
