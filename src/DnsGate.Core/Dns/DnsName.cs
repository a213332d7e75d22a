using System.Net;

namespace DnsGate.Core.Dns;

/// <summary>
/// A fully qualified domain name (RFC 1035 §2.3.4: labels of 1 to 63 octets, 255 octets on the wire in all).
/// Two names are equal when they differ only in ASCII case (RFC 4343); the case they were read in is kept for people.
/// </summary>
internal sealed partial class DnsName : IEquatable<DnsName>, IComparable<DnsName>
{
    /// <summary>Octets of the longest name on the wire, length octets and the root's included.</summary>
    public const int MaxWireLength = 255;

    /// <summary>Octets of the longest label.</summary>
    public const int MaxLabelLength = 63;

    private readonly byte[] wire;

    private DnsName(byte[] wire) => this.wire = wire;

    /// <summary>The root of the name space, written ".".</summary>
    public static DnsName Root { get; } = new([0]);

    /// <summary>The name uncompressed, length-prefixed labels, ending with the root's zero octet (RFC 1035 §3.1).</summary>
    public ReadOnlySpan<byte> Wire => wire;

    /// <summary>Whether this is the root.</summary>
    public bool IsRoot => wire.Length == 1;

    /// <summary>The number of labels, the root's empty one not counted.</summary>
    public int LabelCount
    {
        get
        {
            var count = 0;
            for (var at = 0; wire[at] != 0; at += 1 + wire[at])
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>The name that these octets spell.</summary>
    /// <param name="uncompressed">The whole name and nothing else, as in <see cref="Wire"/>.</param>
    /// <exception cref="ArgumentException">
    /// The octets are not one uncompressed name; what a peer sends goes through <see cref="MessageReader"/>.
    /// </exception>
    public static DnsName FromWire(ReadOnlySpan<byte> uncompressed)
    {
        var at = 0;
        while (at < uncompressed.Length && uncompressed[at] is > 0 and <= MaxLabelLength)
        {
            at += 1 + uncompressed[at];
        }

        var isOneName = at == uncompressed.Length - 1 && uncompressed[at] == 0 && uncompressed.Length <= MaxWireLength;
        return isOneName
            ? new DnsName(uncompressed.ToArray())
            : throw new ArgumentException("not one uncompressed domain name", nameof(uncompressed));
    }

    /// <summary>The name whose PTR records name this address: in in-addr.arpa (RFC 1035 §3.5) or ip6.arpa (RFC 3596 §2.5).</summary>
    /// <param name="address">IPv4 or IPv6; a scope id has no place in the DNS and is left out.</param>
    public static DnsName ReverseOf(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var size);
        Span<byte> wire = stackalloc byte[MaxWireLength];
        var length = 0;
        for (var i = size - 1; i >= 0; i--)
        {
            if (size == 4)
            {
                octets[i].TryFormat(wire[(length + 1)..], out var digits);
                wire[length] = (byte)digits;
                length += 1 + digits;
            }
            else
            {
                ReadOnlySpan<byte> nibbles = [1, HexDigit(octets[i] & 0xF), 1, HexDigit(octets[i] >> 4)];
                nibbles.CopyTo(wire[length..]);
                length += nibbles.Length;
            }
        }

        var zone = size == 4 ? "\u0007in-addr\u0004arpa\0"u8 : "\u0003ip6\u0004arpa\0"u8;
        zone.CopyTo(wire[length..]);
        return new DnsName(wire[..(length + zone.Length)].ToArray());
    }

    /// <summary>The name without its first label; null above the root.</summary>
    public DnsName? Parent() => IsRoot ? null : new DnsName(wire[(1 + wire[0])..]);

    /// <summary>Whether this name is <paramref name="domain"/> or lies below it (RFC 1034 §3.1).</summary>
    /// <param name="domain">The domain; every name is a subdomain of the root.</param>
    public bool IsSubdomainOf(DnsName domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var at = 0;
        while (wire.Length - at > domain.wire.Length)
        {
            at += 1 + wire[at];
        }

        return SameName(wire.AsSpan(at), domain.wire);
    }

    /// <summary>Whether the names differ at most in ASCII case (RFC 4343).</summary>
    /// <param name="other">The other name.</param>
    public bool Equals(DnsName? other) => other is not null && SameName(wire, other.wire);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DnsName);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // HashCode is seeded at random per process: a peer cannot prepare names that collide.
        HashCode hash = default;
        foreach (var octet in wire)
        {
            hash.Add(ToLower(octet));
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc cref="Equals(DnsName?)"/>
    /// <param name="left">One name.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(DnsName? left, DnsName? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether the names differ in more than ASCII case.</summary>
    /// <param name="left">One name.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(DnsName? left, DnsName? right) => !(left == right);

    /// <summary>Whether two uncompressed names differ at most in ASCII case.</summary>
    internal static bool SameName(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (var i = 0; i < left.Length; i++)
        {
            // Length octets are folded too: they are at most 63, below 'A', so that folding leaves them as they are.
            if (left[i] != right[i] && ToLower(left[i]) != ToLower(right[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static byte ToLower(byte octet) => octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;

    private static byte HexDigit(int value) => "0123456789abcdef"u8[value];

    private ReadOnlySpan<byte> LabelAt(int start) => wire.AsSpan(start + 1, wire[start]);
}
