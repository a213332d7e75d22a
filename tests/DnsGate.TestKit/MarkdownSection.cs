using System.Text.RegularExpressions;

namespace DnsGate.TestKit;

/// <summary>A heading, and what stands under it.</summary>
/// <param name="Level">1 for the title of the document, 2 for its parts, and so on; 0 for what stands above the title.</param>
/// <param name="Title">The heading's text.</param>
/// <param name="Body">What stands between it and the next heading of any level.</param>
public sealed partial record MarkdownSection(int Level, string Title, string Body)
{
    /// <summary>The title without the marks of code.</summary>
    public string PlainTitle => Title.Replace("`", "", StringComparison.Ordinal);

    /// <summary>
    /// What a link to it says after <c>#</c>: lower case, blanks as hyphens, without what is neither letter, digit, hyphen nor underscore.
    /// </summary>
    public string Anchor => string.Concat(PlainTitle.ToLowerInvariant()
        .Select(character => character == ' ' ? '-' : character)
        .Where(character => char.IsLetterOrDigit(character) || character is '-' or '_'));

    /// <summary>The code blocks of a language, without their fences.</summary>
    public IReadOnlyList<string> Blocks(string language) =>
        [.. Fenced().Matches(Body).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value)];

    /// <summary>Where its links lead, those in code aside; pictures are links too.</summary>
    public IEnumerable<string> Links => Link().Matches(Fenced().Replace(Body, "")).Select(match => match.Groups[1].Value);

    [GeneratedRegex("^```(.*)\n((?:.*\n)*?)```$", RegexOptions.Multiline)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
