using System.Net;
using System.Net.Sockets;

namespace DnsGate.TestKit;

/// <summary>A resource record in presentation form. Names have no trailing dot; <c>\DDD</c> and <c>\.</c> escape (RFC 1035 §5.1).</summary>
/// <param name="Name">The owner.</param>
/// <param name="Type">The type.</param>
/// <param name="Ttl">The time to live, in seconds.</param>
/// <param name="Value">The data: an address, a name, <c>priority weight port target</c>, or the seven fields of an SOA.</param>
public sealed record Rr(string Name, RrType Type, uint Ttl, string Value)
{
    /// <summary>The data as bytes, written instead of <see cref="Value"/> whatever the type: for wrong lengths and unknown types.</summary>
    public byte[]? RawData { get; init; }

    /// <summary>An A or AAAA record, as the family of the address asks.</summary>
    public static Rr Address(string name, IPAddress address, uint ttl = 30) =>
        new(name, TypeOf(address), ttl, address.ToString());

    /// <inheritdoc cref="Address(string, IPAddress, uint)"/>
    public static Rr Address(string name, string address, uint ttl = 30) => Address(name, IPAddress.Parse(address), ttl);

    /// <summary>A PTR record.</summary>
    public static Rr Ptr(string reverseName, string target, uint ttl = 30) => new(reverseName, RrType.Ptr, ttl, target);

    /// <summary>A CNAME record.</summary>
    public static Rr Cname(string alias, string target, uint ttl = 30) => new(alias, RrType.Cname, ttl, target);

    /// <summary>An NS record.</summary>
    public static Rr Ns(string zone, string server, uint ttl = 30) => new(zone, RrType.Ns, ttl, server);

    /// <summary>An SRV record with priority 0 and weight 100, as CoreDNS writes it.</summary>
    public static Rr Srv(string name, string target, ushort port, uint ttl = 30) => new(name, RrType.Srv, ttl, $"0 100 {port} {target}");

    /// <summary>An SOA record with the names and times of CoreDNS; <paramref name="minimum"/> is the ttl unless given.</summary>
    public static Rr Soa(string zone, uint ttl = 30, uint serial = 1_700_000_000, uint? minimum = null) =>
        new(zone, RrType.Soa, ttl, $"ns.dns.{zone} hostmaster.{zone} {serial} 7200 1800 86400 {minimum ?? ttl}");

    /// <summary>A record of any type with any data.</summary>
    public static Rr Raw(string name, RrType type, uint ttl, byte[] data) => new(name, type, ttl, "") { RawData = data };

    /// <summary>The type that carries addresses of this family.</summary>
    public static RrType TypeOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? RrType.Aaaa : RrType.A;
}
