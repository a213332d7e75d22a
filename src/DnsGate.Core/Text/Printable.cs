using System.Globalization;
using System.Text;

namespace DnsGate.Core.Text;

/// <summary>Makes text from outside safe for a terminal, a log line and an event.</summary>
internal static class Printable
{
    /// <summary>
    /// Replaces what does not print: control characters (escape sequences among them) as
    /// <c>\DDD</c>, like names are written (RFC 1035 §5.1).
    /// </summary>
    public static string Escape(string text)
    {
        var printable = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (char.IsControl(character)
                || char.IsSurrogate(character)
                || CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.OtherNotAssigned)
            {
                printable.Append('\\').Append(((int)character).ToString("D3", CultureInfo.InvariantCulture));
            }
            else
            {
                printable.Append(character);
            }
        }

        return printable.ToString();
    }
}
