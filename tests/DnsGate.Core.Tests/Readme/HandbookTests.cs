using System.Net;
using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Rules;
using DnsGate.Core.Tests.Gate;
using DnsGate.Core.Tests.Report;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Readme;

/// <summary>
/// The handbook has an entry for everything that a gate can say. What it prints there is held to the executable by a test of
/// its own; here are the texts that take longer than a test may, or a moment that does not last.
/// </summary>
public sealed class HandbookTests
{
    private const string Source = "kube:kube-system/kube-dns";

    private static readonly MarkdownDocument Handbook = MarkdownDocument.Read("docs/handbook.md");

    public static TheoryData<string, string> Names =>
    [
        .. Enum.GetValues<Reason>().Select(reason => ("Reasons", reason.Name())),
        .. Diagnosis.All.Select(diagnosis => ("Diagnoses", diagnosis)),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_reason_and_every_diagnosis_has_its_entry_with_what_it_prints_and_what_to_do(string part, string name)
    {
        var entry = EntriesOf(part).SingleOrDefault(section => section.Title == $"`{name}`");
        Assert.True(entry is not null, $"docs/handbook.md has no entry '### `{name}`' under {part}");
        var printed = Assert.Single(entry.Blocks("console").Concat(entry.Blocks("text")));
        Assert.Contains(name == "agrees" ? "open: " : name, printed, StringComparison.Ordinal);
        Assert.Contains("**Why.**", entry.Body, StringComparison.Ordinal);
        Assert.Contains("**Do.**", entry.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_no_other_reasons_and_diagnoses() =>
        Assert.Equal(
            Names.Select(row => row.Data.Item2), EntriesOf("Reasons").Concat(EntriesOf("Diagnoses")).Select(section => section.PlainTitle));

    [Fact]
    public void The_index_leads_to_every_entry()
    {
        var index = Handbook.Sections.Single(section => section.Title.StartsWith("Index", StringComparison.Ordinal)).Links.ToHashSet();
        Assert.Equal(
            [],
            Handbook.Sections.Where(section => section.Level == 3 && !index.Contains($"#{section.Anchor}"))
                .Select(section => section.Title));
    }

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
                .Select(address => new Server(new ServerAddress(IPAddress.Parse(address)), Source) { Namespace = "kube-system" })],
        }],
        Coverage.Complete)
    {
        Sources = [new SourceReport(Source, Serves: true, null) { Coverage = Coverage.Complete }],
    };

    private static void Holds(string entry, GateSnapshot snapshot)
    {
        var block = Assert.Single(Handbook.Sections.Single(section => section.PlainTitle == entry).Blocks("text"));
        Assert.True(TextReport.Render(snapshot) == block, $"under '{entry}' should stand:\n{TextReport.Render(snapshot)}");
    }

    /// <summary>The sections of a part of the handbook.</summary>
    private static IEnumerable<MarkdownSection> EntriesOf(string part) => Handbook.Sections
        .SkipWhile(section => section.Title != part)
        .Skip(1)
        .TakeWhile(section => section.Level == 3);
}
