using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Options;

/// <summary>Where <c>serve</c> listens, and where <c>probe</c> finds it.</summary>
/// <param name="Address">One address of the pod; null for all of them, IPv4 and IPv6.</param>
/// <param name="Port">1 to 65535.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port)
{
    /// <summary>Every address: the kubelet dials the pod's, not loopback.</summary>
    public static readonly ListenAddress Default = new(null, 9553);

    /// <summary>Where a process of the same pod connects to; the next one when nothing listens at the first.</summary>
    public ImmutableArray<IPEndPoint> Reachable =>
        Address is null ? [new IPEndPoint(IPAddress.Loopback, Port), new IPEndPoint(IPAddress.IPv6Loopback, Port)]
        : Address.Equals(IPAddress.Any) ? [new IPEndPoint(IPAddress.Loopback, Port)]
        : Address.Equals(IPAddress.IPv6Any) ? [new IPEndPoint(IPAddress.IPv6Loopback, Port), new IPEndPoint(IPAddress.Loopback, Port)]
        : [new IPEndPoint(Address, Port)];

    /// <summary>Reads <c>:PORT</c>, <c>ADDR:PORT</c> or <c>[v6]:PORT</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenAddress? listen, [NotNullWhen(false)] out string? problem)
    {
        listen = null;
        if (!ServerAddress.TrySplit(text, out var host, out var portText, out problem))
        {
            return false;
        }

        if (portText is null)
        {
            problem = $"'{text}' is not :PORT, ADDR:PORT or [v6]:PORT";
            return false;
        }

        // Port 0 would be any free one, which neither a probe nor the kubelet could find.
        if (!ServerAddress.TryParsePort(portText, out var port, out problem))
        {
            problem = $"'{text}': {problem}";
            return false;
        }

        IPAddress? address = null;
        if (host.Length > 0 && !Addresses.TryParse(host, out address, out problem))
        {
            return false;
        }

        if (address is not null
            && !address.Equals(IPAddress.Any)
            && !address.Equals(IPAddress.IPv6Any)
            && Addresses.IsUnspecifiedOrMulticast(address))
        {
            problem = $"'{text}': no client can connect to {address}";
            return false;
        }

        listen = new ListenAddress(address, port);
        return true;
    }

    /// <summary>The way it is written on the command line.</summary>
    public override string ToString() => Address is null
        ? string.Create(CultureInfo.InvariantCulture, $":{Port}")
        : new ServerAddress(Address, Port).ToString();
}
