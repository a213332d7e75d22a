using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DnsGate.Core.Text;

namespace DnsGate.Core.Model;

/// <summary>Where a DNS server listens.</summary>
/// <param name="Address">IPv4 or IPv6; without a scope id, which <see cref="Zone"/> stands for.</param>
/// <param name="Port">1 to 65535; 53 unless discovery or the user says otherwise (OpenShift's CoreDNS pods listen on 5353).</param>
internal sealed record ServerAddress(IPAddress Address, int Port = ServerAddress.DefaultPort)
{
    /// <summary>The port of DNS (RFC 1035 §4.2).</summary>
    public const int DefaultPort = 53;

    // IFNAMSIZ of the kernel, less the NUL.
    private const int LongestZone = 15;

    /// <summary>
    /// The interface behind a link-local IPv6 address, by name or number (RFC 4007 §11): <c>eth0</c> of <c>fe80::53%eth0</c>. Null for all
    /// other addresses.
    /// </summary>
    public string? Zone { get; private init; }

    /// <summary>
    /// Whether the server is on this host or link: a node cache, which is one process and never a virtual IP over several.
    /// </summary>
    public bool IsOnThisNode => IPAddress.IsLoopback(Address) || Addresses.IsLinkLocal(Address);

    /// <summary>
    /// Reads <c>ADDR</c>, <c>ADDR:PORT</c>, <c>[v6]</c> or <c>[v6]:PORT</c>; a link-local v6 with its interface, <c>%eth0</c>.
    /// </summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="server">The address, when it could be read.</param>
    /// <param name="problem">What is wrong with it, otherwise.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ServerAddress? server, [NotNullWhen(false)] out string? problem)
    {
        server = null;
        if (!TrySplit(text, out var host, out var portText, out problem))
        {
            return false;
        }

        var port = DefaultPort;
        if (portText is not null && !TryParsePort(portText, out port, out problem))
        {
            return false;
        }

        var (plain, zone) = SplitZone(host);
        if (!Addresses.TryParse(plain, out var address, out problem))
        {
            return false;
        }

        if (zone is not null && !address.IsIPv6LinkLocal)
        {
            problem = $"'{host}': only a link-local IPv6 address has an interface; write {address}";
            return false;
        }

        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            problem = $"'{host}' is the unspecified address; no server has it";
            return false;
        }

        return TryCreate(address, zone, port, out server, out problem);
    }

    /// <summary>Takes the interface behind <c>%</c> from an address; null where there is no <c>%</c>.</summary>
    internal static (string Address, string? Zone) SplitZone(string text) =>
        text.IndexOf('%', StringComparison.Ordinal) is var at and >= 0 ? (text[..at], text[(at + 1)..]) : (text, null);

    /// <summary>Makes one of an address and the interface that stands behind it. Other addresses than link-local IPv6 need none.</summary>
    /// <param name="address">The address.</param>
    /// <param name="zone">The interface, null where none is given.</param>
    /// <param name="port">The port.</param>
    /// <param name="server">The server.</param>
    /// <param name="problem">What is wrong with the interface.</param>
    internal static bool TryCreate(
        IPAddress address, string? zone, int port, [NotNullWhen(true)] out ServerAddress? server, [NotNullWhen(false)] out string? problem)
    {
        problem = !address.IsIPv6LinkLocal ? null
            : zone is null ? $"'{address}' is link-local and needs its interface, as in {address}%eth0"
            : zone.Length is 0 or > LongestZone || !zone.All(IsOfZone) ? $"'{Printable.Escape(zone)}' is not the name of an interface"
            : null;
        server = problem is null ? new ServerAddress(address, port) { Zone = address.IsIPv6LinkLocal ? zone : null } : null;
        return problem is null;
    }

    /// <summary>The order of every list that people see: IPv4 before IPv6, by address, then by port.</summary>
    public static int Compare(ServerAddress left, ServerAddress right)
    {
        var order = Addresses.Compare(left.Address, right.Address);
        order = order != 0 ? order : string.CompareOrdinal(left.Zone, right.Zone);
        return order != 0 ? order : left.Port.CompareTo(right.Port);
    }

    /// <summary><c>10.244.0.5:53</c>, <c>[fd00::a]:53</c> or <c>[fe80::53%eth0]:53</c>, always with the port.</summary>
    public override string ToString() =>
        Address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"[{Address}{(Zone is null ? "" : $"%{Zone}")}]:{Port}"
            : $"{Address}:{Port}";

    internal static bool TryParsePort(string text, out int port, [NotNullWhen(false)] out string? problem)
    {
        var isPort = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
        problem = isPort ? null : $"port '{text}' is not a number from 1 to 65535";
        return isPort;
    }

    // The kernel allows more; what does not print would have to be escaped wherever a server is named.
    private static bool IsOfZone(char character) => character is > ' ' and <= '~' and not ('/' or ':' or '%' or '[' or ']');

    /// <summary>Takes an address, brackets of IPv6 aside, from its port, which is null where none is given.</summary>
    internal static bool TrySplit(string text, out string host, out string? port, [NotNullWhen(false)] out string? problem)
    {
        (host, port, problem) = (text, null, null);
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || (end + 1 < text.Length && text[end + 1] != ':'))
            {
                problem = $"'{text}' is not [IPv6]:PORT";
                return false;
            }

            host = text[1..end];
            port = end + 1 < text.Length ? text[(end + 2)..] : null;
            if (!host.Contains(':', StringComparison.Ordinal))
            {
                problem = $"'{text}': only an IPv6 address goes into brackets";
                return false;
            }

            return true;
        }

        // One colon separates a port; several make an IPv6 address without one.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && colon == text.LastIndexOf(':'))
        {
            (host, port) = (text[..colon], text[(colon + 1)..]);
        }

        return true;
    }
}
