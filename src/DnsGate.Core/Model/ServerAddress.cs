using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DnsGate.Core.Text;

namespace DnsGate.Core.Model;

/// <summary>Where a name server listens: an address without scope id, and a port.</summary>
/// <param name="Address">IPv4 or IPv6.</param>
/// <param name="Port">1 to 65535; 53 unless discovery or the user says otherwise (OpenShift's CoreDNS pods listen on 5353).</param>
internal sealed record ServerAddress(IPAddress Address, int Port = ServerAddress.DefaultPort)
{
    /// <summary>The port of DNS (RFC 1035 §4.2).</summary>
    public const int DefaultPort = 53;

    /// <summary>
    /// Whether the server is on this host or link: a node cache, which is one process and never a virtual IP over several.
    /// </summary>
    public bool IsOnThisNode => IPAddress.IsLoopback(Address) || Addresses.IsLinkLocal(Address);

    /// <summary>Reads <c>ADDR</c>, <c>ADDR:PORT</c>, <c>[v6]</c> or <c>[v6]:PORT</c>.</summary>
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

        if (!Addresses.TryParse(host, out var address, out problem))
        {
            return false;
        }

        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            problem = $"'{host}' is the unspecified address: nobody can be asked there";
            return false;
        }

        server = new ServerAddress(address, port);
        return true;
    }

    /// <summary>The order of every list that people see: IPv4 before IPv6, by address, then by port.</summary>
    public static int Compare(ServerAddress left, ServerAddress right)
    {
        var order = Addresses.Compare(left.Address, right.Address);
        return order != 0 ? order : left.Port.CompareTo(right.Port);
    }

    /// <summary><c>10.244.0.5:53</c> or <c>[fd00::a]:53</c>, always with the port.</summary>
    public override string ToString() =>
        Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{Address}]:{Port}" : $"{Address}:{Port}";

    internal static bool TryParsePort(string text, out int port, [NotNullWhen(false)] out string? problem)
    {
        var isPort = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
        problem = isPort ? null : $"port '{text}' is not a number from 1 to 65535";
        return isPort;
    }

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
