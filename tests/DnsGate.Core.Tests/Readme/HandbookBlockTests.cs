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
/// The blocks of the handbook that take longer than a test may, or that show a moment that does not last. The end-to-end tests
/// compare all others with the output of the executable. <c>make handbook</c> runs this class to write the blocks.
/// </summary>
public sealed class HandbookBlockTests
{
    private const string Source = "kube:kube-system/kube-dns";

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
        var difference = HandbookDocument.Compare(entry, "text", 0, TextReport.Render(snapshot));
        Assert.True(difference is null, difference);
    }
}
