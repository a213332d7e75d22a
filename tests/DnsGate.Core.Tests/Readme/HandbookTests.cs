using System.Text.RegularExpressions;
using DnsGate.Core.Model;
using DnsGate.Core.Report.Page;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Readme;

/// <summary>The handbook has an entry for everything that a gate can report, and its index leads to each of them.</summary>
public sealed partial class HandbookTests
{
    public static TheoryData<string> Names =>
    [
        .. Enum.GetValues<Reason>().Select(reason => reason.Name()),
        .. Diagnosis.All,
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_reason_and_every_diagnosis_has_its_entry_with_what_it_prints_and_what_to_do(string name)
    {
        var (file, entry) = HandbookDocument.Find(name);
        Assert.Equal($"`{name}`", entry.Title);
        Assert.Equal($"{HandbookDocument.Url}{file}#{name}", HandbookLink.To(name));
        var printed = Assert.Single(entry.Blocks("console").Concat(entry.Blocks("text")));
        Assert.Contains(name == "agrees" ? "open: " : name, printed, StringComparison.Ordinal);
        Assert.Contains("**Why.**", entry.Body, StringComparison.Ordinal);
        Assert.Contains("**Do.**", entry.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_no_other_reasons_and_diagnoses() =>
        Assert.Equal(
            Names.Select(row => row.Data).Order(StringComparer.Ordinal),
            HandbookDocument.Entries.Where(row => row.Section.Title.StartsWith('`')).Select(row => row.Section.PlainTitle)
                .Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("no-such-reason")]
    [InlineData("")]
    [InlineData("kube:kube-system/kube-dns")]
    public void Another_name_has_no_link_to_the_handbook(string name) => Assert.Null(HandbookLink.To(name));

    [Fact]
    public void The_index_leads_to_every_entry()
    {
        var links = HandbookDocument.Sections
            .Where(row => row.File == HandbookDocument.Index)
            .SelectMany(row => row.Section.Links)
            .ToHashSet();
        Assert.Equal(
            [],
            HandbookDocument.Entries.Select(row => $"{row.File}#{row.Section.Anchor}").Where(link => !links.Contains(link)));
    }

    public static TheoryData<string, string> FirstLines =>
    [
        .. HandbookDocument.Entries.SelectMany(row => row.Section.Blocks("console").Select(block => block.Split('\n')[1])
            .Concat(row.Section.Blocks("text").Select(block => block.Split('\n')[0]))
            .Where(line => line != "…")
            .Select(line => (row.Section.PlainTitle, line))),
    ];

    /// <summary>A person on call has the first line that the program prints, and starts at the index.</summary>
    [Theory]
    [MemberData(nameof(FirstLines))]
    public void The_index_has_the_first_line_of_every_block(string entry, string line) =>
        Assert.True(IsInIndex(line), $"the index has no row for the first line of '{entry}': {line}");

    [Theory]
    [InlineData("closed: 12 of 20 DNS servers disagree: stale-address at 10.244.0.11:53", true)]
    [InlineData("closed: some DNS servers disagree: stale-address at 10.244.0.11:53", false)]
    [InlineData("closed: for a new reason", false)]
    public void The_index_has_forms_of_lines_and_not_any_line(string line, bool isInIndex) => Assert.Equal(isInIndex, IsInIndex(line));

    // In the first column of a row, capitals and an ellipsis stand for what differs from line to line.
    private static bool IsInIndex(string line) => HandbookDocument.Sections
        .Where(row => row.File == HandbookDocument.Index)
        .SelectMany(row => Row().Matches(row.Section.Body))
        .SelectMany(row => Code().Matches(row.Groups[1].Value))
        .Select(code => Number().Replace(Regex.Escape(code.Groups[1].Value), @"\d+")
            .Replace("REASON", "[a-z-]+", StringComparison.Ordinal)
            .Replace("SERVER", ".+", StringComparison.Ordinal)
            .Replace("…", ".*", StringComparison.Ordinal))
        .Any(form => Regex.IsMatch(line, form));

    [Fact]
    public void No_file_is_too_long_to_read_at_night() =>
        Assert.All(
            HandbookDocument.Sections.GroupBy(row => row.File),
            file => Assert.InRange(file.Sum(row => row.Section.Body.Split('\n').Length), 1, 400));

    [GeneratedRegex(@"^\| (.*?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\b[NM]\b")]
    private static partial Regex Number();
}
