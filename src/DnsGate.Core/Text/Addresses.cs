using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DnsGate.Core.Text;

/// <summary>IP addresses as Kubernetes writes them: strict dotted quads and IPv6, without scope ids.</summary>
internal static class Addresses
{
    /// <summary>
    /// Reads one address, stricter than <see cref="IPAddress.TryParse(string, out IPAddress)"/>, which takes
    /// <c>10.1</c>, <c>0x7f.1</c> and <c>1</c>.
    /// </summary>
    /// <param name="text">The address.</param>
    /// <param name="address">What was read.</param>
    /// <param name="problem">What is wrong, for people.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPAddress? address, [NotNullWhen(false)] out string? problem)
    {
        (address, problem) = (null, null);
        if (text.Contains('%', StringComparison.Ordinal))
        {
            problem = $"'{text}' has a scope id (the part from % on), which does not belong here";
            return false;
        }

        if (text.Contains(':', StringComparison.Ordinal))
        {
            if (text.Contains('[', StringComparison.Ordinal)
                || !IPAddress.TryParse(text, out address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                problem = $"'{text}' is not an IPv4 or IPv6 address";
                return false;
            }

            if (address.IsIPv4MappedToIPv6)
            {
                problem = $"'{text}' is an IPv4 address in IPv6 clothes; write {address.MapToIPv4()}";
                return false;
            }

            return true;
        }

        if (!TryParseDottedQuad(text, out address))
        {
            problem = $"'{text}' is not an IPv4 or IPv6 address";
            return false;
        }

        return true;
    }

    /// <summary>Whether an address reaches no further than its link (RFC 3927, RFC 4291 §2.5.6).</summary>
    public static bool IsLinkLocal(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6LinkLocal;
        }

        Span<byte> octets = stackalloc byte[4];
        return address.TryWriteBytes(octets, out _) && octets[0] == 169 && octets[1] == 254;
    }

    /// <summary>Whether a pod can be reached at the address: neither loopback, link-local, multicast nor unspecified.</summary>
    public static bool CanBeAPods(IPAddress address) =>
        !IPAddress.IsLoopback(address) && !IsLinkLocal(address) && !IsUnspecifiedOrMulticast(address);

    /// <summary>Whether the address belongs to no single host.</summary>
    public static bool IsUnspecifiedOrMulticast(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any);
        }

        Span<byte> octets = stackalloc byte[4];
        return address.TryWriteBytes(octets, out _) && (octets[0] is 0 or >= 224);
    }

    /// <summary>IPv4 before IPv6, each by value: the order of every list that people see.</summary>
    public static int Compare(IPAddress left, IPAddress right)
    {
        Span<byte> a = stackalloc byte[16];
        Span<byte> b = stackalloc byte[16];
        left.TryWriteBytes(a, out var lengthA);
        right.TryWriteBytes(b, out var lengthB);
        return lengthA != lengthB ? lengthA.CompareTo(lengthB) : a[..lengthA].SequenceCompareTo(b[..lengthB]);
    }

    private static bool TryParseDottedQuad(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        Span<byte> octets = stackalloc byte[4];
        var index = 0;
        foreach (var part in text.AsSpan().Split('.'))
        {
            var digits = text.AsSpan(part);
            // A leading zero is octal to some programs and decimal to others: refused, as the Kubernetes API does.
            if (index == 4
                || digits.Length is 0 or > 3
                || (digits.Length > 1 && digits[0] == '0')
                || !byte.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out octets[index]))
            {
                return false;
            }

            index++;
        }

        address = index == 4 ? new IPAddress(octets) : null;
        return address is not null;
    }
}
