using System.Text.Json;
using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Report;

/// <summary>Which source serves, why the earlier ones do not, and how much it covers: in every verdict, never a silent downgrade.</summary>
public sealed class ListingReportTests
{
    private static readonly DiscoveryProblem Denied = new(DiscoveryFault.Forbidden, "403 Forbidden")
    {
        Remedy = "apiVersion: v1\nkind: Role",
    };

    private static Listing FallenBack
    {
        get
        {
            var view = Fixtures.Cluster(2);
            return new Listing(
                [view with
                {
                    Servers = [view.Servers[0] with { Source = "headless:ns.x.svc" },
                        view.Servers[1] with { Source = "headless:ns.x.svc", Condition = EndpointCondition.Terminating }],
                }],
                Coverage.Complete)
            {
                Sources =
                [
                    new SourceReport("kube:kube-system/kube-dns", Serves: false, Denied) { Coverage = Coverage.Complete },
                    new SourceReport("headless:ns.x.svc", Serves: true, null) { Coverage = Coverage.Complete },
                ],
            };
        }
    }

    [Fact]
    public void A_verdict_says_which_source_serves_and_why_an_earlier_one_does_not()
    {
        var lines = TextReport.Render(SnapshotBuilder.By(FallenBack, FakeAnswers.By("right").To)).Split('\n');
        Assert.Equal(
            [
                "open: zk-0.zk-headless.prod.svc.cluster.local is 10.244.1.7 at the only DNS server",
                "  coverage: complete, from headless:ns.x.svc",
                "  kube:kube-system/kube-dns: 403 Forbidden; it gives no servers; apply this:",
                "    apiVersion: v1",
                "    kind: Role",
                "",
            ],
            lines);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("JSON")]
    [InlineData("table")]
    [InlineData("page")]
    [InlineData("explain")]
    public void A_line_of_resolv_conf_that_is_not_asked_stands_in_the_verdict_even_of_an_open_gate(string format)
    {
        const string Note = "/etc/resolv.conf line 3 is not asked: 'a\u001b#b' is not an IP address";
        var snapshot = SnapshotBuilder.By(FallenBack with { Notes = [Note] }, FakeAnswers.By("right").To);
        Assert.Equal(GateStatus.Open, snapshot.Status);
        var report = format switch
        {
            "text" => TextReport.Render(snapshot),
            "JSON" => Assert.Single(JsonDocument.Parse(JsonReport.Render(snapshot)).RootElement.GetProperty("notes").EnumerateArray())
                .GetString()!,
            "table" => TableReport.Render(snapshot, paint: false, width: 200),
            "page" => PageReport.Render(PageScenes.Replay(TimeSpan.FromSeconds(1), (1, snapshot)), PageScenes.Facts),
            _ => ExplainReport.Render(snapshot, PageScenes.Identity, SnapshotBuilder.Spec(), hosts: null, disabledBecause: null),
        };
        var text = string.Join(' ', report.Replace("&#39;", "'", StringComparison.Ordinal)
            .Replace("<b>", "", StringComparison.Ordinal)
            .Replace("</b>", "", StringComparison.Ordinal)
            .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("/etc/resolv.conf line 3 is not asked: 'a\\027#b' is not an IP address", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_verdict_in_the_log_leaves_out_the_lines_that_are_not_asked_which_have_an_entry_of_their_own()
    {
        var snapshot = SnapshotBuilder.By(FallenBack with { Notes = ["a note"] }, FakeAnswers.By("right").To);
        Assert.DoesNotContain("a note", TextReport.RenderInBrief(snapshot), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_says_so_too_and_keeps_the_YAML_for_the_page()
    {
        var lines = TableReport.Render(SnapshotBuilder.By(FallenBack, FakeAnswers.By("right").To), paint: false, 200)
            .TrimEnd('\n')
            .Split('\n');
        Assert.Equal(
            [
                "coverage: complete, from headless:ns.x.svc",
                "kube:kube-system/kube-dns: 403 Forbidden; it gives no servers; `dnsgate explain` prints the YAML to apply",
            ],
            lines[^2..]);
    }

    [Fact]
    public void A_brief_text_has_one_line_for_each_source_and_one_without_failures_none()
    {
        var snapshot = SnapshotBuilder.By(FallenBack, FakeAnswers.By("right").To);
        Assert.Equal(
            "  coverage: complete, from headless:ns.x.svc\n"
            + "  kube:kube-system/kube-dns: 403 Forbidden; it gives no servers; `dnsgate explain` prints the YAML to apply\n",
            TextReport.RenderInBrief(snapshot).Split('\n', 2)[1]);
        Assert.Equal("  coverage: complete, from headless:ns.x.svc\n", TextReport.RenderWithoutFailures(snapshot).Split('\n', 2)[1]);
    }

    [Fact]
    public void A_last_list_in_use_is_said()
    {
        var listing = FallenBack with
        {
            Sources = [new SourceReport(
                "headless:ns.x.svc", Serves: true, new DiscoveryProblem(DiscoveryFault.Unreachable, "no DNS server tells its addresses"))
            {
                Coverage = Coverage.Complete,
            }],
        };
        Assert.Contains("  headless:ns.x.svc: no DNS server tells its addresses; its last list stays in use\n",
            TextReport.Render(SnapshotBuilder.By(listing, FakeAnswers.By("right").To)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_endpoint_that_need_not_agree_is_shown_with_the_reason()
    {
        var text = TextReport.Render(SnapshotBuilder.By(
            FallenBack, question => FakeAnswers.By(question.Server == Fixtures.S(2) ? "A 10.244.2.9" : "right").To(question)));
        Assert.StartsWith("open: ", text, StringComparison.Ordinal);
        Assert.Contains("10.244.0.2:53   stale-address    A 10.244.2.9, expected 10.244.1.7 (not required: the endpoint is terminating)\n",
            text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_log_names_every_server_and_the_coverage() => Assert.Equal(
        "DNS servers: cluster 10.244.0.1:53 10.244.0.2:53 (terminating, not required); coverage complete, from headless:ns.x.svc",
        ListingReport.Summary(FallenBack));

    [Fact]
    public void JSON_has_every_source_with_its_problem()
    {
        using var document = JsonDocument.Parse(JsonReport.Render(SnapshotBuilder.By(FallenBack, FakeAnswers.By("right").To)));
        var sources = document.RootElement.GetProperty("sources");
        Assert.Equal("kube:kube-system/kube-dns false complete forbidden 403 Forbidden", Of(sources[0]));
        Assert.Equal("headless:ns.x.svc true complete", Of(sources[1]));
        Assert.Equal(
            ["serving", "terminating"],
            document.RootElement.GetProperty("servers").EnumerateArray().Select(server => server.GetProperty("standing").GetString()));

        static string Of(JsonElement source) => string.Join(' ', new[] { "source", "serves", "coverage", "fault", "problem" }
            .Where(name => source.TryGetProperty(name, out _)).Select(name => source.GetProperty(name)
                .ToString()
                .Replace("True", "true", StringComparison.Ordinal)
                .Replace("False", "false", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nothing_listed_says_so_in_the_first_line()
    {
        var listing = new Listing([Fixtures.Cluster(0)], Coverage.None)
        {
            IsIncomplete = true,
            Sources = [new SourceReport("kube:kube-system/kube-dns", Serves: false, Denied)],
        };
        var snapshot = SnapshotBuilder.By(listing, FakeAnswers.By("right").To);
        Assert.Equal((GateStatus.Undecidable, Reason.DiscoveryFailed), (snapshot.Status, snapshot.Reason));
        Assert.Equal(
            "undecidable: the DNS servers could not be listed: discovery-failed at kube:kube-system/kube-dns",
            TextReport.Headline(snapshot));
    }

    [Fact]
    public void Half_a_list_never_opens()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(1)) with
        {
            IsIncomplete = true,
            Sources = [new SourceReport("kube:a/b", Serves: false, Denied)],
        };
        var snapshot = SnapshotBuilder.By(listing, FakeAnswers.By("right").To);
        Assert.Equal((GateStatus.Closed, Reason.DiscoveryFailed), (snapshot.Status, snapshot.Reason));
        Assert.Equal("closed: not all DNS servers could be listed: discovery-failed at kube:a/b", TextReport.Headline(snapshot));
    }
}
