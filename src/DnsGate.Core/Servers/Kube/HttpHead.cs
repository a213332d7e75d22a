using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace DnsGate.Core.Servers.Kube;

/// <summary>The head of an HTTP/1.1 answer, as far as one GET on a connection of its own needs it (RFC 9112).</summary>
/// <param name="Status">The status code.</param>
/// <param name="IsChunked">Whether the body comes in chunks, and ends with an empty one.</param>
/// <param name="Length">The octets of the body; null when it is chunked, or ends with the connection.</param>
public sealed record HttpHead(int Status, bool IsChunked, long? Length)
{
    /// <summary>Octets of a head at most. API servers write some hundreds; a peer may write without end.</summary>
    public const int MaxLength = 1 << 15;

    /// <summary>Where a head ends: the number of octets up to behind its empty line; 0 while that is still to come.</summary>
    public static int EndIn(ReadOnlySpan<byte> octets)
    {
        var end = octets.IndexOf("\r\n\r\n"u8);
        return end < 0 ? 0 : end + 4;
    }

    /// <summary>Reads a head, up to and with its empty line. Whatever leaves open where the body ends is no head.</summary>
    public static bool TryRead(ReadOnlySpan<byte> octets, [NotNullWhen(true)] out HttpHead? head)
    {
        head = null;
        var text = Encoding.Latin1.GetString(octets).AsSpan();
        var end = text.IndexOf("\r\n", StringComparison.Ordinal);
        if (end < 0 || !TryReadStatus(text[..end], out var status))
        {
            return false;
        }

        var (isChunked, length) = (false, (long?)null);
        foreach (var range in text[(end + 2)..].Split("\r\n"))
        {
            var line = text[(end + 2)..][range];
            if (line.IsEmpty)
            {
                continue;
            }

            // A line that begins with a blank goes on where the last one ended; nobody may send that any more (§5.2).
            var colon = line.IndexOf(':');
            if (colon <= 0 || line[..colon].ContainsAny(" \t"))
            {
                return false;
            }

            var value = line[(colon + 1)..].Trim(" \t");
            if (line[..colon].Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                // No other coding was asked for (§6.1).
                if (isChunked || !value.Equals("chunked", StringComparison.OrdinalIgnoreCase))
                {
                    return false;
                }

                isChunked = true;
            }
            else if (line[..colon].Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var octetsOfBody) || (length ?? octetsOfBody) != octetsOfBody)
                {
                    return false;
                }

                length = octetsOfBody;
            }
        }

        head = (isChunked && length is not null) ? null : new HttpHead(status, isChunked, length);
        return head is not null;
    }

    // HTTP/1.1 200 OK; the words may be missing (§4).
    private static bool TryReadStatus(ReadOnlySpan<char> line, out int status)
    {
        const int Version = 9;
        status = 0;
        return line.Length >= Version + 3
            && (line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || line.StartsWith("HTTP/1.0 ", StringComparison.Ordinal))
            && (line.Length == Version + 3 || line[Version + 3] == ' ')
            && int.TryParse(line.Slice(Version, 3), NumberStyles.None, CultureInfo.InvariantCulture, out status)
            && status is >= 100 and <= 599;
    }
}
