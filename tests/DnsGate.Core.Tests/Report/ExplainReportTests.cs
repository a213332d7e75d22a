using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Report;

/// <summary>What <c>explain</c> says beyond what the handbook shows.</summary>
public sealed class ExplainReportTests
{
    [Theory]
    [InlineData("all NXDOMAIN ttl 17",
        "! A NXDOMAIN, AAAA NXDOMAIN, asked privately; if a cache holds this answer, it expires within 17s, "
            + "in the CD partition of the cache, which only gates read")]
    [InlineData("PTR NXDOMAIN ttl 9", "it expires within 9s, in the CD partition of the cache, which only gates read")]
    [InlineData("all NXDOMAIN ttl 0", "! A NXDOMAIN, AAAA NXDOMAIN, asked privately DNS servers")]
    public void A_wrong_answer_is_shown_with_its_partition_and_when_it_expires(string told, string words) =>
        Assert.Contains(words, Render(SnapshotBuilder.By(Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App()), FakeAnswers.By(told).To)),
            StringComparison.Ordinal);

    [Fact]
    public void A_wrong_answer_that_applications_get_is_not_said_to_be_private() =>
        Assert.Contains(
            "! A 10.244.2.9, expected 10.244.1.7, from the cache that applications read; if a cache holds this "
            + "answer, it expires within 17s",
            Render(SnapshotBuilder.By(Fixtures.Listing(Fixtures.Cluster(1)), question =>
                FakeAnswers.By(question.Step.IsPrivate ? "right" : "A 10.244.2.9 ttl 17; AAAA NODATA ttl 17").To(question))),
            StringComparison.Ordinal);

    [Fact]
    public void Where_no_listed_server_is_ready_one_that_becomes_ready_would_open_it()
    {
        var view = Fixtures.Cluster(1);
        view = view with { Servers = [view.Servers[0] with { Condition = EndpointCondition.NotReady }] };
        Assert.Contains(
            "What would make it open one of the listed DNS servers to become ready",
            Render(SnapshotBuilder.By(Fixtures.Listing(view), FakeAnswers.By("right").To)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_contradicts_the_identity_is_shown_with_it_even_while_open() =>
        Assert.Contains(
            "! hosts-overrides-name: seen; remove it",
            Render(SnapshotBuilder.By(Fixtures.Cluster(1), "right"), new Diagnosis(Diagnosis.HostsOverridesName, "seen", "remove it")),
            StringComparison.Ordinal);

    /// <summary>The page with its lines joined.</summary>
    private static string Render(GateSnapshot snapshot, params Diagnosis[] diagnoses) => string.Join(' ', ExplainReport.Render(
        snapshot,
        new Identity(Fixtures.Name, "--name", Fixtures.Ips(Fixtures.Own), "--ip") { Diagnoses = [.. diagnoses] },
        SnapshotBuilder.Spec(),
        hosts: null,
        disabledBecause: null).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
