using System.Text;
using System.Text.RegularExpressions;

namespace DnsGate.TestKit;

/// <summary>A document of the repository, cut into the pieces that tests hold to the program.</summary>
public sealed partial class MarkdownDocument
{
    private MarkdownDocument(IReadOnlyList<MarkdownSection> sections) => Sections = sections;

    /// <summary>Its sections, in order; what stands under a smaller heading is that section's alone.</summary>
    public IReadOnlyList<MarkdownSection> Sections { get; }

    /// <summary>Reads a file, by its path in the repository.</summary>
    public static MarkdownDocument Read(string path) => Parse(File.ReadAllText(Repository.File(path)));

    /// <summary>Cuts a text.</summary>
    public static MarkdownDocument Parse(string text)
    {
        List<MarkdownSection> sections = [];
        (int Level, string Title) heading = (0, "");
        StringBuilder body = new();
        var isCode = false;
        foreach (var line in text.Split('\n'))
        {
            isCode ^= line.StartsWith("```", StringComparison.Ordinal);
            var match = Heading().Match(line);
            if (isCode || !match.Success)
            {
                body.Append(line).Append('\n');
                continue;
            }

            sections.Add(new MarkdownSection(heading.Level, heading.Title, body.ToString()));
            heading = (match.Groups[1].Length, match.Groups[2].Value);
            body.Clear();
        }

        sections.Add(new MarkdownSection(heading.Level, heading.Title, body.ToString()));
        return new MarkdownDocument(sections);
    }

    [GeneratedRegex("^(#+) (.*)$")]
    private static partial Regex Heading();
}
