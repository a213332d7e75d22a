using System.Diagnostics.CodeAnalysis;

namespace DnsGate.Core.Dns;

/// <content>The presentation format: names as people write and read them (RFC 1035 §5.1).</content>
internal sealed partial class DnsName
{
    private const string TooLong = "the name is longer than 255 octets";

    /// <summary>
    /// Reads a name as people write it: labels separated by dots, with or without the trailing dot, "\X" for a
    /// character that would mean something else and "\DDD" (decimal) for an octet that does not print (RFC 1035 §5.1).
    /// Always fully qualified: there is no search list.
    /// </summary>
    /// <param name="text">The text; "." is the root.</param>
    /// <param name="name">The name.</param>
    /// <param name="problem">What is wrong with the text, for people: "label 2 is longer than 63 octets".</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out DnsName? name, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == ".")
        {
            (name, problem) = (Root, null);
            return true;
        }

        Span<byte> wire = stackalloc byte[MaxWireLength];
        name = null;
        if (!TryParse(text, wire, out var length, out problem))
        {
            return false;
        }

        name = new DnsName(wire[..length].ToArray());
        return true;
    }

    /// <summary>The text before the first dot: of a pod's name its host name.</summary>
    public string FirstLabel => ToString().Split('.')[0];

    /// <summary>
    /// The presentation format, without the trailing dot (the root is "."). Octets that do not print appear as "\DDD", characters that mean
    /// something in a zone file as "\X" (RFC 1035 §5.1), so that no name a peer sends can forge a line of output, and
    /// <see cref="TryParse(string, out DnsName?, out string?)"/> reads the text back as the same name.
    /// </summary>
    public override string ToString()
    {
        if (IsRoot)
        {
            return ".";
        }

        Span<char> text = stackalloc char[MaxWireLength * 4];
        var length = 0;
        for (var at = 0; wire[at] != 0; at += 1 + wire[at])
        {
            if (at > 0)
            {
                text[length++] = '.';
            }

            foreach (var octet in LabelAt(at))
            {
                length += Write(octet, text[length..]);
            }
        }

        return text[..length].ToString();
    }

    private static bool TryParse(ReadOnlySpan<char> text, Span<byte> wire, out int length, [NotNullWhen(false)] out string? problem)
    {
        length = 0;
        problem = text.IsEmpty ? "the name is empty" : null;
        for (var label = 1; problem is null && !text.IsEmpty; label++)
        {
            // One octet stays free for the root's label.
            problem = TakeLabel(ref text, wire[length..^1], label, out var size);
            length += 1 + size;
        }

        if (problem is not null)
        {
            return false;
        }

        wire[length++] = 0;
        return true;
    }

    /// <summary>Takes one label and the dot behind it from the text; returns what is wrong, or null.</summary>
    private static string? TakeLabel(ref ReadOnlySpan<char> text, Span<byte> wire, int label, out int size)
    {
        size = 0;
        while (!text.IsEmpty && text[0] != '.')
        {
            var fault = TakeOctet(ref text, out var octet);
            if (fault is not null)
            {
                return $"label {label}: {fault}";
            }

            if (size == MaxLabelLength)
            {
                return $"label {label} is longer than {MaxLabelLength} octets";
            }

            if (1 + size >= wire.Length)
            {
                return TooLong;
            }

            wire[1 + size++] = octet;
        }

        if (size == 0)
        {
            return $"label {label} is empty";
        }

        wire[0] = (byte)size;
        text = text.IsEmpty ? text : text[1..];
        return null;
    }

    /// <summary>Takes one character or escape from the text, which is not empty; returns what is wrong, or null.</summary>
    private static string? TakeOctet(ref ReadOnlySpan<char> text, out byte octet)
    {
        octet = 0;
        var first = text[0];
        text = text[1..];
        if (first is < '!' or > '~')
        {
            return $"character U+{(int)first:X4} has to be written as \\DDD, or the name in its ASCII form";
        }

        if (first != '\\')
        {
            octet = (byte)first;
            return null;
        }

        if (!text.IsEmpty && char.IsAsciiDigit(text[0]))
        {
            var isNumber = text.Length >= 3 && char.IsAsciiDigit(text[1]) && char.IsAsciiDigit(text[2]);
            if (!isNumber || !byte.TryParse(text[..3], out octet))
            {
                return "\\ and a digit begin \\DDD: three digits, at most 255";
            }

            text = text[3..];
            return null;
        }

        if (text.IsEmpty || text[0] is < '!' or > '~')
        {
            return "nothing that prints follows \\";
        }

        octet = (byte)text[0];
        text = text[1..];
        return null;
    }

    private static int Write(byte octet, Span<char> text)
    {
        if (octet is < (byte)'!' or > (byte)'~')
        {
            text[0] = '\\';
            text[1] = (char)('0' + (octet / 100));
            text[2] = (char)('0' + (octet / 10 % 10));
            text[3] = (char)('0' + (octet % 10));
            return 4;
        }

        if (@".\"";@$()"u8.Contains(octet))
        {
            text[0] = '\\';
            text[1] = (char)octet;
            return 2;
        }

        text[0] = (char)octet;
        return 1;
    }
}
