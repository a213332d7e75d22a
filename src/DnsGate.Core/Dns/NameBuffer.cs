using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace DnsGate.Core.Dns;

/// <summary>
/// Room on the stack for one uncompressed name of a message, so that the names which are only compared cost no allocation.
/// The default value holds no name, which equals none.
/// </summary>
internal struct NameBuffer
{
    private Octets octets;
    private byte length;

    /// <summary>The name, as <see cref="DnsName.Wire"/>; empty when none was read.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Wire => ((ReadOnlySpan<byte>)octets)[..length];

    /// <summary>Whether the names differ at most in ASCII case (RFC 4343).</summary>
    /// <param name="wire">An uncompressed name.</param>
    public readonly bool IsSameAs(ReadOnlySpan<byte> wire) => DnsName.SameName(Wire, wire);

    /// <summary>The name as a value that may be kept.</summary>
    /// <exception cref="ArgumentException">No name was read.</exception>
    public readonly DnsName ToName() => DnsName.FromWire(Wire);

    internal void Clear() => length = 0;

    internal bool TryAppend(scoped ReadOnlySpan<byte> label)
    {
        if (label.Length > DnsName.MaxWireLength - length)
        {
            return false;
        }

        label.CopyTo(((Span<byte>)octets)[length..]);
        length += (byte)label.Length;
        return true;
    }

    [InlineArray(DnsName.MaxWireLength)]
    private struct Octets
    {
        private byte first;
    }
}
