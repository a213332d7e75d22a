using System.Diagnostics.CodeAnalysis;

namespace DnsGate.Core.Dns;

/// <summary>Reads names out of messages and undoes their compression (RFC 1035 §4.1.4).</summary>
internal static class NameReader
{
    /// <summary>
    /// Pointers within one name. No name has more than 127 labels, so an honest one needs no more than this even if it is cut before each
    /// of them; a peer could otherwise make each of thousands of records walk through thousands of pointers.
    /// </summary>
    private const int MaxPointers = 126;

    private const int NoPointer = -1;

    /// <summary>Reads one name.</summary>
    /// <param name="message">The message, or its beginning up to where the name has to end.</param>
    /// <param name="position">Where the name begins; then, where what follows it begins.</param>
    /// <param name="name">The name, uncompressed.</param>
    /// <param name="fault">What is wrong with it, for people.</param>
    internal static bool TryRead(
        ReadOnlySpan<byte> message, scoped ref int position, scoped ref NameBuffer name, [NotNullWhen(false)] out string? fault)
    {
        name.Clear();
        var window = message;
        var start = position;
        var pointers = 0;
        while (TryReadPiece(window, start, ref name, out var end, out var target, out fault))
        {
            position = pointers == 0 ? end : position;
            if (target == NoPointer)
            {
                return true;
            }

            if (++pointers > MaxPointers)
            {
                fault = "name has too many compression pointers";
                return false;
            }

            // From here on nothing at or behind this piece can be read: each pointer leads to a smaller window, so that no name can loop.
            window = window[..start];
            start = target;
        }

        return false;
    }

    /// <summary>Reads the labels from <paramref name="start"/> up to the root's or a pointer.</summary>
    private static bool TryReadPiece(
        ReadOnlySpan<byte> window, int start, scoped ref NameBuffer name,
        out int end, out int target, [NotNullWhen(false)] out string? fault)
    {
        target = NoPointer;
        for (end = start; end < window.Length;)
        {
            int first = window[end];
            if (first > DnsName.MaxLabelLength)
            {
                fault = FindTarget(window, start, end, out target);
                end += 2;
                return fault is null;
            }

            if (first >= window.Length - end)
            {
                break;
            }

            if (!name.TryAppend(window.Slice(end, 1 + first)))
            {
                fault = "name is longer than 255 octets";
                return false;
            }

            end += 1 + first;
            if (first == 0)
            {
                fault = null;
                return true;
            }
        }

        fault = "name is cut off";
        return false;
    }

    private static string? FindTarget(ReadOnlySpan<byte> window, int start, int at, out int target)
    {
        target = NoPointer;
        int first = window[at];
        if (first < 0xC0)
        {
            // 0x40 was for extended labels, given up by RFC 6891 §5; 0x80 was never anything.
            return "name has a label of a reserved type";
        }

        if (at + 1 >= window.Length)
        {
            return "name is cut off";
        }

        target = ((first & 0x3F) << 8) | window[at + 1];

        // RFC 1035 says "prior occurrence": before the piece that holds the pointer, and the header is no name.
        return target < start && target >= MessageHeader.Length ? null : "compression pointer does not lead back to an earlier name";
    }
}
