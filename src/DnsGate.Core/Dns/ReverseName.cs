using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace DnsGate.Core.Dns;

/// <summary>
/// From <c>7.1.244.10.in-addr.arpa</c> back to <c>10.244.1.7</c>: the address reads better than 72 characters of nibbles.
/// </summary>
internal static class ReverseName
{
    private const string IPv4Zone = ".in-addr.arpa";
    private const string IPv6Zone = ".ip6.arpa";

    /// <summary>Reads the address out of a whole reverse name; false for every other name.</summary>
    public static bool TryReadAddress(DnsName name, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        var text = name.ToString();
        if (text.EndsWith(IPv4Zone, StringComparison.OrdinalIgnoreCase))
        {
            var octets = Enumerable.Reverse(text[..^IPv4Zone.Length].Split('.'));
            return Text.Addresses.TryParse(string.Join('.', octets), out address, out _);
        }

        if (!text.EndsWith(IPv6Zone, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var nibbles = text[..^IPv6Zone.Length].Split('.');
        Span<byte> bytes = stackalloc byte[16];
        for (var index = 0; index < bytes.Length; index++)
        {
            if (nibbles.Length != 32
                || !byte.TryParse(nibbles[31 - (2 * index)] + nibbles[30 - (2 * index)],
                    NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[index]))
            {
                return false;
            }
        }

        address = new IPAddress(bytes);
        return true;
    }
}
