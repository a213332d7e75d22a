using System.Globalization;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests.Interop;

/// <summary>Zone files (RFC 1035 §5) with what a server is to know of the pod.</summary>
/// <param name="Addresses">The addresses of the pod's name; none = the name has a TXT record only.</param>
/// <param name="Target">What the PTR of the pod's own address names.</param>
/// <param name="Ttl">The TTL of all records, and of negative answers.</param>
internal sealed record Zones(string[] Addresses, string Target = Pod.Name, int Ttl = 30)
{
    public const string Domain = "cluster.local";
    public const string ReverseDomain = "10.in-addr.arpa";

    private static int _serial;

    public static Zones Right { get; } = new([Pod.Ip]);

    public static Zones Stale { get; } = new([Pod.OldIp]);

    public string Forward => Head() + string.Concat(Addresses.Select(address => $"{Pod.Name}. A {address}\n")) + $"{Pod.Name}. TXT \"a pod\"\n";

    public string Reverse => $"{Head()}{ReverseName.Of(Pod.Ip)}. PTR {Target}.\n";

    // The serial rises with every file, so that a server takes the new one for newer.
    private string Head() => string.Create(CultureInfo.InvariantCulture, $"$TTL {Ttl}\n@ SOA ns hostmaster {Interlocked.Increment(ref _serial)} 7200 1800 86400 {Ttl}\n@ NS ns\nns A 127.0.0.1\n");
}
