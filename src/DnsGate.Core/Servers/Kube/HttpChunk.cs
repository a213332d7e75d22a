using System.Globalization;
using System.Text;

namespace DnsGate.Core.Servers.Kube;

/// <summary>The line before each chunk of an HTTP/1.1 body (RFC 9112 §7.1).</summary>
public static class HttpChunk
{
    /// <summary>Octets of such a line at most; extensions may follow the size, and nobody uses them.</summary>
    public const int MaxLine = 256;

    /// <summary>Reads the size: hexadecimal digits, perhaps extensions behind a semicolon. An empty chunk is the end.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="size">The octets that follow.</param>
    public static bool TryReadSize(ReadOnlySpan<byte> line, out int size)
    {
        var end = line.IndexOf((byte)';');
        var digits = (end < 0 ? line : line[..end]).Trim(" \t"u8);
        size = 0;
        // Seven digits: 256 MiB, and no overflow.
        return digits.Length is > 0 and <= 7
            && int.TryParse(Encoding.Latin1.GetString(digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out size);
    }
}
