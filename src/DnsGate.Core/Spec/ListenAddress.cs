using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace DnsGate.Core.Spec;

/// <summary>Where <c>serve</c> listens, and where <c>probe</c> finds it.</summary>
/// <param name="Address">One address of the pod; null for all of them, IPv4 and IPv6.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record ListenAddress(IPAddress? Address, int Port)
{
    /// <summary>Every address: the kubelet dials the pod's, not loopback.</summary>
    public static readonly ListenAddress Default = new(null, 9553);

    /// <summary>Where a process of the same pod connects to; the next one when nobody listens at the first.</summary>
    public ImmutableArray<IPEndPoint> Reachable =>
        Address is null ? [new IPEndPoint(IPAddress.Loopback, Port), new IPEndPoint(IPAddress.IPv6Loopback, Port)]
        : Address.Equals(IPAddress.Any) ? [new IPEndPoint(IPAddress.Loopback, Port)]
        : Address.Equals(IPAddress.IPv6Any) ? [new IPEndPoint(IPAddress.IPv6Loopback, Port), new IPEndPoint(IPAddress.Loopback, Port)]
        : [new IPEndPoint(Address, Port)];

    /// <summary>Reads <c>:PORT</c>, <c>ADDR:PORT</c> or <c>[v6]:PORT</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenAddress? listen, [NotNullWhen(false)] out string? problem)
    {
        (listen, problem) = (null, null);
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon];
        var isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (colon < 0 || (host.Contains(':', StringComparison.Ordinal) && !isBracketed))
        {
            problem = $"'{text}' is not :PORT, ADDR:PORT or [v6]:PORT";
            return false;
        }

        // Port 0 would be any free one, which neither a probe nor the kubelet could find.
        if (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            problem = $"'{text}': port '{text[(colon + 1)..]}' is not a number from 1 to 65535";
            return false;
        }

        IPAddress? address = null;
        if (host.Length > 0 && !Addresses.TryParse(isBracketed ? host[1..^1] : host, out address, out problem))
        {
            return false;
        }

        if (address is not null && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && Addresses.IsUnspecifiedOrMulticast(address))
        {
            problem = $"'{text}': nobody can connect to {address}";
            return false;
        }

        if (isBracketed && address!.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
        {
            problem = $"'{text}': only an IPv6 address goes into brackets";
            return false;
        }

        listen = new ListenAddress(address, port);
        return true;
    }

    /// <summary>The way it is written on the command line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Address is null ? "" : Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Address}]" : Address.ToString())}:{Port}");
}
