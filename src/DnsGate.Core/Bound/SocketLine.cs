using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace DnsGate.Core.Bound;

/// <summary>
/// One line of /proc/net/tcp or /proc/net/tcp6 (proc_net_tcp of the kernel's documentation): fields between blanks, the
/// second the local address and port, the fourth the state, the tenth the inode.
/// <code>
///    0: 0701F40A:0F30 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 638 1 …
/// </code>
/// </summary>
internal static class SocketLine
{
    private const byte Listening = 0x0A; // TCP_LISTEN
    private const int RemoteAddress = 2;
    private const int State = 3;
    private const int Inode = 9;
    private const int AddressDigits4 = 8;
    private const int AddressDigits6 = 32;
    private const int PortDigits = 4;

    /// <summary>Reads a line. Anything else than a socket that listens is false: other states, other text.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, [NotNullWhen(true)] out Listener? listener)
    {
        listener = null;
        TakeField(ref line); // sl: its number
        var local = TakeField(ref line);
        for (var skipped = RemoteAddress; skipped < State; skipped++)
        {
            TakeField(ref line);
        }

        // First of all: on a busy pod nearly every line is of a connection.
        if (!TryReadHex(TakeField(ref line), 2, out var state) || state != Listening)
        {
            return false;
        }

        for (var skipped = State + 1; skipped < Inode; skipped++)
        {
            TakeField(ref line);
        }

        var inode = TakeField(ref line);
        if (!Utf8Parser.TryParse(inode, out ulong number, out var read)
            || read != inode.Length
            || !TryReadEndpoint(local, out var address, out var port))
        {
            return false;
        }

        listener = new Listener(address, port, number);
        return true;
    }

    private static ReadOnlySpan<byte> TakeField(ref ReadOnlySpan<byte> line)
    {
        line = line.TrimStart((byte)' ');
        var end = line.IndexOf((byte)' ');
        var field = end < 0 ? line : line[..end];
        line = line[field.Length..];
        return field;
    }

    private static bool TryReadEndpoint(ReadOnlySpan<byte> text, [NotNullWhen(true)] out IPAddress? address, out int port)
    {
        (address, port) = (null, 0);
        var digits = text.IndexOf((byte)':');
        if (digits is not (AddressDigits4 or AddressDigits6) || !TryReadHex(text[(digits + 1)..], PortDigits, out var number))
        {
            return false;
        }

        // Words of 32 bits, each printed as the number that it is to this machine, and the octets are in network order: on
        // the little-endian machines that this program is built for they come out backwards.
        const int WordDigits = 8;
        Span<byte> octets = stackalloc byte[16];
        for (var word = 0; word < digits / WordDigits; word++)
        {
            if (!TryReadHex(text.Slice(word * WordDigits, WordDigits), WordDigits, out var value))
            {
                return false;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(octets[(word * 4)..], value);
        }

        address = new IPAddress(octets[..(digits / 2)]);
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        port = (int)number;
        return true;
    }

    private static bool TryReadHex(ReadOnlySpan<byte> text, int digits, out uint value) =>
        Utf8Parser.TryParse(text, out value, out var read, 'X') && read == digits && text.Length == digits;
}
