using System.Globalization;
using System.Net;
using DnsGate.TestKit;

namespace DnsGate.Lab.Dns;

/// <summary>One zone file.</summary>
/// <param name="Domain">The zone.</param>
/// <param name="Text">The file; null if it is missing. The server then answers SERVFAIL.</param>
internal sealed record ZoneFile(string Domain, string? Text);

/// <summary>Zone files (RFC 1035 §5) with what a server is to know of the pod.</summary>
/// <param name="Addresses">The addresses of the pod's name; none = the name has a TXT record only.</param>
/// <param name="Target">What the PTR of the pod's own address names.</param>
/// <param name="Ttl">The TTL of all records, and of negative answers.</param>
internal sealed record Zones(string[] Addresses, string Target = Pod.Name, int Ttl = 30)
{
    public const string Domain = "cluster.local";
    public const string ReverseDomain = "10.in-addr.arpa";

    /// <summary>A domain that every server here refuses.</summary>
    public const string ForeignDomain = "example.org";

    /// <summary>The headless Service over the DNS servers, by the name that <c>auto</c> looks for.</summary>
    public const string Service = $"dnsgate-name-servers.kube-system.svc.{Domain}";

    private static int serial;

    public static Zones Right { get; } = new([Pod.Ip]);

    public static Zones Stale { get; } = new([Pod.OldIp]);

    /// <summary>The DNS servers that the headless Service lists; none = there is no such Service.</summary>
    public IPAddress[] NameServers { get; init; } = [];

    public IReadOnlyList<ZoneFile> Files => [new ZoneFile(Domain, Forward), new ZoneFile(ReverseDomain, Reverse)];

    public string Forward => Head(Ttl)
        + Headless(NameServers)
        + string.Concat(Addresses.Select(address => $"{Pod.Name}. A {address}\n"))
        + $"{Pod.Name}. TXT \"a pod\"\n";

    public string Reverse => $"{Head(Ttl)}{ReverseName.From(Pod.Ip)}. PTR {Target}.\n";

    /// <summary>
    /// The first line of every zone file. The serial rises with every file, so that a server takes the new one for newer.
    /// </summary>
    public static string Begin(int ttl) => string.Create(
        CultureInfo.InvariantCulture, $"$TTL {ttl}\n@ SOA ns hostmaster {Interlocked.Increment(ref serial)} 7200 1800 86400 {ttl}\n");

    /// <summary>How the zone file of a DNS server in the cluster begins.</summary>
    public static string Head(int ttl) => $"{Begin(ttl)}@ NS ns\nns A 127.0.0.1\n";

    /// <summary>The records of the headless Service over the DNS servers.</summary>
    public static string Headless(IReadOnlyList<IPAddress> nameServers) =>
        nameServers.Count == 0
            ? ""
            : $"_dns._udp.{Service}. SRV 0 100 53 a.{Service}.\n" + string.Concat(nameServers.Select(server => $"{Service}. A {server}\n"));
}
