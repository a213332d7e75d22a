using System.Text;

namespace DnsGate.Core.Text;

/// <summary>Text broken into lines for a terminal.</summary>
internal static class Wrapped
{
    /// <summary>
    /// Breaks at blanks; continuation lines are indented two further. A word longer than the line stays whole: names are copied.
    /// </summary>
    public static IEnumerable<string> Lines(string indent, string text, int width)
    {
        var line = new StringBuilder(indent);
        var hasWord = false;
        foreach (var word in text.Split(' '))
        {
            if (hasWord && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString().TrimEnd();
                line.Clear().Append(' ', indent.Length + 2);
                hasWord = false;
            }

            line.Append(hasWord ? " " : "").Append(word);
            hasWord = true;
        }

        yield return line.ToString();
    }
}
