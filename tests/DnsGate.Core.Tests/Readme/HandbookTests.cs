using DnsGate.Core.Model;
using DnsGate.Core.Report.Page;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Readme;

/// <summary>The handbook has an entry for everything that a gate can report, and its index leads to each of them.</summary>
public sealed class HandbookTests
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

    [Fact]
    public void No_file_is_too_long_to_read_at_night() =>
        Assert.All(
            HandbookDocument.Sections.GroupBy(row => row.File),
            file => Assert.InRange(file.Sum(row => row.Section.Body.Split('\n').Length), 1, 400));
}
