using System.Net;

namespace DnsGate.TestKit;

/// <summary>The names under which addresses have their PTR records (RFC 1035 §3.5, RFC 3596 §2.5).</summary>
public static class ReverseName
{
    /// <summary>The reverse name of an address: <c>7.1.244.10.in-addr.arpa</c>, or 32 nibbles and <c>ip6.arpa</c>.</summary>
    public static string From(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        Array.Reverse(bytes);
        return bytes.Length == 4
            ? $"{string.Join('.', bytes)}.in-addr.arpa"
            : $"{string.Join('.', bytes.Select(b => $"{b & 15:x}.{b >> 4:x}"))}.ip6.arpa";
    }

    /// <inheritdoc cref="From(IPAddress)"/>
    public static string From(string address) => From(IPAddress.Parse(address));

    /// <summary>The zone that holds a reverse name, as CoreDNS is set up with it; null for a forward name.</summary>
    public static string? ZoneOf(string name) =>
        name.EndsWith(".in-addr.arpa", StringComparison.Ordinal) ? "in-addr.arpa"
        : name.EndsWith(".ip6.arpa", StringComparison.Ordinal) ? "ip6.arpa"
        : null;
}
