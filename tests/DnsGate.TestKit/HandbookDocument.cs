using System.Text.RegularExpressions;

namespace DnsGate.TestKit;

/// <summary>The handbook: the files of docs/handbook, their entries, and the blocks that show what the program prints.</summary>
public static class HandbookDocument
{
    /// <summary>Where its files are published.</summary>
    public const string Url = "https://github.com/dnsgate/dnsgate/blob/main/docs/handbook/";

    /// <summary>The name of the file with the index.</summary>
    public const string Index = "README.md";

    private const string Folder = "docs/handbook";

    // `make handbook` sets it.
    private static readonly bool IsWritten = Environment.GetEnvironmentVariable("DNSGATE_HANDBOOK") == "write";

    /// <summary>The sections of all files, each with the name of its file.</summary>
    public static IReadOnlyList<(string File, MarkdownSection Section)> Sections { get; } =
    [
        .. Directory.EnumerateFiles(Repository.File(Folder), "*.md")
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)
            .SelectMany(file => MarkdownDocument.Read($"{Folder}/{file}").Sections.Select(section => (file, section))),
    ];

    /// <summary>The entries: what the index leads to.</summary>
    public static IEnumerable<(string File, MarkdownSection Section)> Entries =>
        Sections.Where(row => row.File != Index && row.Section.Level > 1);

    /// <summary>Whether a published address leads to a heading of the handbook.</summary>
    public static bool HasAddress(string address) =>
        Sections.Any(row => address == $"{Url}{row.File}#{row.Section.Anchor}");

    /// <summary>The only section with a title, marks of code aside.</summary>
    /// <exception cref="InvalidOperationException">There is no such section, or several.</exception>
    public static (string File, MarkdownSection Section) Find(string title) => Sections.Single(row => row.Section.PlainTitle == title);

    /// <summary>
    /// Compares a block with what the program printed. With DNSGATE_HANDBOOK=write it writes the output into the block instead.
    /// In a block, a line with an ellipsis alone stands for any lines. Such a block is never written.
    /// </summary>
    /// <param name="title">The title of the section.</param>
    /// <param name="language">The language of the block.</param>
    /// <param name="index">The number of the block among those of this language.</param>
    /// <param name="printed">What the program printed.</param>
    /// <returns>Null if the block shows the output, otherwise the block that belongs there.</returns>
    public static string? Compare(string title, string language, int index, string printed)
    {
        var (file, section) = Find(title);
        var block = section.Blocks(language)[index];
        if (Regex.IsMatch(printed, $"^{Regex.Escape(block).Replace("…\\n", "(.*\n)*?", StringComparison.Ordinal)}\\z"))
        {
            return null;
        }

        if (!IsWritten || block.Contains("…\n", StringComparison.Ordinal))
        {
            return $"{Folder}/{file}, '{title}': the block should be\n{printed}";
        }

        Write(Repository.File($"{Folder}/{file}"), section, language, index, block, printed);
        return null;
    }

    private static void Write(string path, MarkdownSection section, string language, int index, string old, string block)
    {
        // Again from the file: other blocks may have been written before.
        var text = File.ReadAllText(path);
        var start = text.IndexOf($"\n{new string('#', section.Level)} {section.Title}\n", StringComparison.Ordinal);
        var fence = $"\n```{language}\n";
        for (var number = 0; number <= index; number++)
        {
            start = text.IndexOf(fence, start, StringComparison.Ordinal) + fence.Length;
        }

        File.WriteAllText(path, $"{text[..start]}{block}{text[(start + old.Length)..]}");
    }
}
