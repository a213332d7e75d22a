using System.Net;
using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Report.Page;
using DnsGate.Core.Rules;
using DnsGate.Core.Tests.Gate;
using DnsGate.Core.Tests.Report;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Readme;

/// <summary>
/// The handbook has an entry for everything that a gate can report. The end-to-end tests compare most of its blocks with the output
/// of the executable. Here are the texts that take longer than a test may, or that show a moment that does not last.
/// <c>make handbook</c> runs this class to write them.
/// </summary>
public sealed class HandbookTests
{
    private const string Source = "kube:kube-system/kube-dns";

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

    [Theory]
    [InlineData("name-not-published", "all NXDOMAIN")]
    [InlineData("published-wrong", "A 10.244.2.9")]
    [InlineData("reverse-not-served", "PTR NXDOMAIN")]
    public void What_is_said_of_all_servers_after_half_a_minute(string entry, string told)
    {
        var snapshot = SnapshotBuilder.By(Listing, FakeAnswers.By(told).To);
        Holds(entry, snapshot with
        {
            Diagnoses = Diagnoses.Find(Fixtures.Round(Listing, FakeAnswers.By(told).To), new Evidence(Diagnoses.ForLong)),
        });
    }

    [Fact]
    public void What_is_said_of_one_server_that_keeps_its_old_answer()
    {
        var replay = new Replay(new ManualTime(), Listing, (question, _) => FakeAnswers
            .By(question.Server == Listing.Views[0].Servers[2].Address ? "A 10.244.2.9" : "right").To(question)).Until(60);
        Holds("frozen-server", replay.Last!);
    }

    [Fact]
    public void What_is_said_of_a_list_that_changed() =>
        Holds(
            "servers-changed",
            SnapshotBuilder.By(Listing, FakeAnswers.By("right").To) with { Status = GateStatus.Closed, Reason = Reason.ServersChanged });

    /// <summary>Not from the executable: how soon a proxy answers is a matter of milliseconds.</summary>
    [Fact]
    public void What_is_said_of_an_interception() =>
        Holds("dns-intercepted", SnapshotBuilder.By(Listing with { Coverage = Coverage.Intercepted }, FakeAnswers.By("right").To));

    /// <summary>The three CoreDNS pods of the handbook.</summary>
    private static Listing Listing => new(
        [Fixtures.Cluster(0) with
        {
            Servers = [.. new[] { "10.244.0.5", "10.244.0.8", "10.244.0.11" }
                .Select(address => new Server(new ServerAddress(IPAddress.Parse(address)), Source))],
        }],
        Coverage.Complete)
    {
        Sources = [new SourceReport(Source, Serves: true, null) { Coverage = Coverage.Complete }],
    };

    private static void Holds(string entry, GateSnapshot snapshot)
    {
        var difference = HandbookDocument.Compare(entry, "text", 0, TextReport.Render(snapshot));
        Assert.True(difference is null, difference);
    }
}
