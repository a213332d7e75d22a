using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DnsGate.TestKit;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Tests.Rules;
using FsCheck;
using FsCheck.Fluent;
using Outcome = DnsGate.Core.Dns.Outcome;

namespace DnsGate.Core.Tests.Report;

/// <summary>The page of the sidecar, as a document. How it looks, a browser tells: the end-to-end tests.</summary>
public sealed class PageReportTests
{
    private static readonly string[] Elements =
    [
        "a", "b", "body", "code", "dd", "div", "dl", "dt", "footer", "h1", "h2",
        "h3", "head", "header", "html", "li", "main", "meta", "nav", "ol", "p", "path", "pre",
        "rect", "section", "span", "style", "svg", "table", "tbody", "td", "th", "thead", "time", "title", "tr", "ul",
    ];

    private static readonly string[] Attributes =
    [
        "aria-hidden", "aria-label", "aria-labelledby", "charset", "class", "content", "d",
        "data-check", "datetime", "height", "href", "http-equiv", "id", "lang", "name",
        "preserveAspectRatio", "role", "scope", "tabindex", "viewBox", "width", "x", "y",
    ];

    public static TheoryData<string> Scenes => [.. PageScenes.All.Keys];

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Every_page_is_one_well_formed_document_that_fetches_nothing(string scene) =>
        Check(PageReport.Render(PageScenes.All[scene].Snapshot, PageScenes.All[scene].Facts));

    [Theory]
    [InlineData("starting", "undecidable", "2", "The first round has not ended. The application is held back.")]
    [InlineData("closed", "closed", "2", "The application is held back.")]
    [InlineData("undecidable", "undecidable", "2", "The application is held back.")]
    [InlineData("open", "open", "10", "The application may run.")]
    [InlineData("resumed", "open", "10", "The application may run.")]
    [InlineData("drifting", "open, but drifting", "10", "The application keeps running.")]
    [InlineData("disabled", "disabled", "10", "The application starts unchecked.")]
    public void State_and_sentence_come_first(string scene, string state, string refresh, string consequence)
    {
        var (snapshot, facts) = PageScenes.All[scene];
        var page = Parse(PageReport.Render(snapshot, facts));
        Assert.StartsWith($"{state} · ", One(page, "title"), StringComparison.Ordinal);
        Assert.Equal(state, One(page, "h1"));
        Assert.Equal(TextReport.Headline(snapshot), Texts(page, "verdict").Single());
        Assert.StartsWith(consequence, Texts(page, "then").Single(), StringComparison.Ordinal);
        Assert.Equal(
            refresh, page.Descendants("meta").Single(meta => meta.Attribute("http-equiv")?.Value == "refresh").Attribute("content")!.Value);
        Assert.Contains(Text(page.Descendants("footer").Single()), text => text.Contains("2026-11-22T12:03:07Z", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_silent_server_did_stands_once_for_each_question()
    {
        var page = PageReport.Render(SnapshotBuilder.By(Fixtures.Cluster(2), "all SILENCE", "right"), PageScenes.Facts);
        Assert.DoesNotContain("A timed out", page, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page, ">timed out "));
    }

    [Fact]
    public void Each_server_has_a_row_with_its_reason_since_when_and_what_it_answered_the_disagreeing_ones_first()
    {
        var rows = Rows(Render("closed"));
        Assert.Equal(["10.244.0.2:53", "10.244.0.1:53", "10.244.0.3:53"], rows.Select(row => row.Descendants("span").First().Value));
        Assert.Equal(["row-bad", "row-good", "row-good"], rows.Select(row => row.Attribute("class")!.Value));
        var cells = rows[0].Elements("td").Select(cell => string.Join('|', Text(cell))).ToArray();
        Assert.Equal(
            "stale-address|since|11:37:09Z|, 25m 58s|A 10.244.2.9, expected 10.244.1.7", cells[0]);
        Assert.Equal(["10.244.2.9|private, TTL\u00a012", "NODATA|private, TTL\u00a030", "not asked"], cells[1..]);
        Assert.Equal("own name|private, TTL\u00a030", string.Join('|', Text(rows[1].Elements("td").Last())));
    }

    [Fact]
    public void What_is_the_same_both_ways_is_said_once_and_samples_that_differ_are_counted()
    {
        var rows = Rows(Render("dual-stack"));
        Assert.Equal(["10.96.0.10:53", "app, may be a virtual IP: 8 samples a round"], Text(rows[0].Element("th")!));
        Assert.Equal(
            ["10.244.1.7", "application, 7 of 8, TTL\u00a030", "10.244.2.9", "application, 1 of 8, TTL\u00a030"],
            Text(rows[0].Elements("td").ElementAt(1)));
        Assert.Equal(["own name", "both, TTL\u00a030"], Text(rows[1].Elements("td").Last()));
        Assert.Equal(["10.244.0.18:53", "cluster", "not required: the endpoint is not ready"], Text(rows[^1].Element("th")!));
    }

    [Fact]
    public void A_server_that_the_round_did_not_reach_stands_there_as_not_asked()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App());
        var rows = Rows(Parse(Render(SnapshotBuilder.By(listing, FakeAnswers.By("A 10.244.2.9").To))));
        Assert.Equal(["10.244.0.1:53", "10.96.0.10:53"], rows.Select(row => row.Descendants("span").First().Value));
        Assert.Equal("not asked yet", Text(rows[1].Element("td")!)[0]);
    }

    [Fact]
    public void How_old_the_answers_are_is_told_and_that_servers_outside_the_cluster_are_not_asked_once_the_gate_is_open()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(1), Fixtures.External());
        var page = Parse(PageReport.Render(
            PageScenes.Replay(TimeSpan.FromHours(49), (1, SnapshotBuilder.By(listing, FakeAnswers.By("right").To))), PageScenes.Facts));
        var asked = page.Descendants("dt").Single(term => term.Value == "Last asked").ElementsAfterSelf("dd").First();
        Assert.Equal("2026-11-20 11:03:08Z, 2d 0h ago", asked.Value);
        Assert.Equal(
            ["192.0.2.1:53", "external zk-0.example.com", "not asked since the gate opened"], Text(Rows(page)[1].Element("th")!));

        var closed = Parse(Render(SnapshotBuilder.By(listing, FakeAnswers.By("A 10.244.2.9").To)));
        Assert.DoesNotContain(Text(closed), text => text.Contains("any more", StringComparison.Ordinal));
        Assert.DoesNotContain(Render("starting").Descendants("dt"), term => term.Value == "Last asked");
    }

    [Fact]
    public void After_a_restart_the_page_shows_when_the_gate_opened_and_when_the_sidecar_restarted()
    {
        var page = Render("resumed");
        Assert.Contains("open since 11:33:06Z, 30m 0s", page.Descendants("p").Select(paragraph => paragraph.Value));
        Assert.Equal(
            "the gate was open when the sidecar restarted at 12:03:06Z",
            page.Descendants("dt").Single(term => term.Value == "Resumed").ElementsAfterSelf("dd").First().Value);
        Assert.DoesNotContain(page.Descendants("dt"), term => term.Value == "Last asked");
        Assert.DoesNotContain(Render("open").Descendants("dt"), term => term.Value == "Resumed");
    }

    [Fact]
    public void A_right_answer_with_TTL_0_is_nothing_to_excuse_at_an_open_gate()
    {
        var unsettled = SnapshotBuilder.By(Fixtures.Cluster(2), "right", "A 10.244.1.7 ttl 0") with { Status = GateStatus.Open };
        Assert.Contains("Nothing: all DNS servers agree.", Text(Parse(Render(unsettled))));
    }

    [Fact]
    public void A_zones_own_servers_are_asked_without_recursion()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(1), Fixtures.External() with { IsAuthoritative = true });
        var rows = Rows(Parse(Render(SnapshotBuilder.By(listing, FakeAnswers.By("A 10.244.1.7 aa; AAAA NODATA aa").To, opens: false))));
        Assert.Equal(["192.0.2.1:53", "external zk-0.example.com"], Text(rows[1].Element("th")!));
        Assert.Equal(["10.244.1.7", "without recursion, TTL\u00a030"], Text(rows[1].Elements("td").ElementAt(1)));
    }

    [Fact]
    public void PTR_answers_of_two_addresses_are_told_apart()
    {
        var rows = Rows(
            Parse(Render(SnapshotBuilder.By(Fixtures.Listing(Fixtures.Cluster(1, $"{Fixtures.Own} {Fixtures.OwnIPv6}")), question =>
                FakeAnswers.By(question.Name.Equals(DnsName.ReverseOf(IPAddress.Parse(Fixtures.Own)))
                    ? "PTR other.example.com"
                    : $"AAAA {Fixtures.OwnIPv6}").To(question)))));
        Assert.Equal(
            ["other.example.com (PTR of 10.244.1.7)", "private, TTL\u00a030", "own name", "private, TTL\u00a030"],
            Text(rows[0].Elements("td").Last()));
    }

    [Fact]
    public void What_to_do_names_remedies_diagnoses_and_sources_with_the_YAML_to_paste()
    {
        var page = Render("unlisted");
        Assert.Equal("apiVersion: rbac.authorization.k8s.io/v1", page.Descendants("pre").Single().Value.Split('\n')[0]);
        Assert.Contains("    verbs: [get, list, watch]\n", page.Descendants("pre").Single().Value, StringComparison.Ordinal);
        Assert.Equal(
            ["discovery-failed", "kube:kube-system/kube-dns", "/etc/resolv.conf line 3 is not asked"],
            page.Descendants("li")
                .Where(item => item.Parent!.Attribute("class")?.Value == "advice")
                .Select(item => item.Element("b")!.Value));
        Assert.Contains("--servers", page.Descendants("code").Select(code => code.Value));
        Assert.Contains("Nothing: all DNS servers agree.", Text(Render("open")));
        Assert.Contains(
            "Wait: all DNS servers agree, and the gate confirms it.", Text(Render("settling")));
        Assert.DoesNotContain(Text(Render("starting")), text => text.Contains("no-servers", StringComparison.Ordinal));
    }

    [Fact]
    public void A_bar_for_the_gate_and_each_server_shows_the_last_hour()
    {
        var bars = Render("closed").Descendants("svg").Where(svg => svg.Attribute("class")?.Value == "bar").ToList();
        Assert.Equal(
            [
                "the gate: closed since 10:52:27Z; changes: 0",
                "10.244.0.2:53: stale-address since 11:17:07Z; changes: 1",
                "10.244.0.1:53: agrees since 11:37:10Z; changes: 5",
                "10.244.0.3:53: agrees since 11:37:09Z; changes: 3",
                "10.244.0.4:53: not listed since 11:37:07Z; changes: 2",
            ],
            bars.Select(bar => bar.Attribute("aria-label")!.Value));
        Assert.Equal(
            [
                "b-good agrees, 11:17:07Z to 11:37:07Z, 20m 0s",
                "b-gone not listed, 11:37:07Z to now, 26m 0s",
                "b-bad name-missing, 10:52:27Z to 11:17:07Z, 24m 40s",
            ],
            bars[4].Elements("rect").Select(part => $"{part.Attribute("class")!.Value} {part.Element("title")!.Value}"));
        Assert.Equal(
            ["x=233.3 y=13 w=333.3 h=7", "x=566.7 y=17 w=433.3 h=3", "x=0 y=0 w=233.3 h=20"], bars[4].Elements("rect").Select(part =>
                $"x={part.Attribute("x")!.Value} y={part.Attribute("y")!.Value} w={part.Attribute("width")!.Value} "
                + $"h={part.Attribute("height")!.Value}"));
        Assert.Equal(
            ["11:03", "11:18", "11:33", "11:48", "12:03"],
            Text(Render("closed").Descendants("div").Single(div => div.Attribute("class")?.Value == "scale")));
    }

    [Theory]
    [InlineData(12, "The last minute")]
    [InlineData(61, "The last 2 minutes")]
    [InlineData(121, "The last 5 minutes")]
    [InlineData(301, "The last 15 minutes")]
    [InlineData(1000, "The last 30 minutes")]
    [InlineData(1801, "The last hour")]
    [InlineData(400000, "The last hour")]
    public void A_young_loop_has_a_shorter_scale(double seconds, string heading) =>
        Assert.Contains(heading,
            Parse(PageReport.Render(PageScenes.Closed() with { Now = TimeSpan.FromSeconds(seconds) }, PageScenes.Facts))
                .Descendants("h2")
                .Select(title => title.Value));

    [Fact]
    public void Changes_are_listed_newest_first_each_once()
    {
        var changes = Render("closed").Descendants("ol").Single().Elements("li").Select(item => string.Join(' ', Text(item))).ToArray();
        Assert.Equal("11:37:10Z 10.244.0.1:53 (cluster): server-failure → agrees", changes[0]);
        Assert.Equal("11:37:09Z 10.244.0.1:53 (cluster): agrees → server-failure A SERVFAIL", changes[1]);
        Assert.Equal("11:37:09Z 10.244.0.2:53 (cluster): still stale-address A 10.244.2.9, expected 10.244.1.7", changes[2]);
        Assert.Contains("11:37:07Z 10.244.0.4:53 (cluster): agrees → not listed", changes);
        Assert.Equal(13, changes.Length);
        var first = Render("undecidable").Descendants("ol").Single().Elements("li").Select(item => string.Join(' ', Text(item))).ToArray();
        Assert.Equal(
            ["12:02:28Z the gate: not known yet → undecidable", "12:02:28Z 10.244.0.1:53 (cluster): not known yet → timed-out A timed out"],
            first[..2]);
        Assert.Contains("None within the hour.", Text(Render("open")));
    }

    [Fact]
    public void A_wall_clock_at_the_beginning_of_time_is_no_reason_to_fail() =>
        Check(PageReport.Render(PageScenes.Closed() with { Time = DateTimeOffset.MinValue }, PageScenes.Facts));

    [Fact]
    public void A_variable_that_is_as_long_as_it_can_be_does_not_fill_the_page()
    {
        var page = PageReport.Render(GateSnapshot.Disabled(new string('<', 100_000)) with { Time = PageScenes.Time }, PageScenes.Facts);
        Assert.InRange(page.Length, 0, 20_000);
        Check(page);
    }

    [Fact]
    public void Markup_from_outside_is_text()
    {
        var (snapshot, facts) = PageScenes.All["hostile"];
        var text = string.Concat(Parse(PageReport.Render(snapshot, facts)).DescendantNodes().OfType<XText>().Select(node => node.Value));
        Assert.Contains(
            "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">", text, StringComparison.Ordinal);
        Assert.Contains(@"\027[2J\000\8238\55296\65535", text, StringComparison.Ordinal);
        Assert.Contains("<b>&'\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_in_any_field_becomes_markup()
    {
        var pieces = Gen.Elements("<", ">", "&", "\"", "'", "`", "\n", "\r", "\t", "\0", "\u001b",
            "\u0085", "\u2028", "\u202e", "\uD83D", "\uDE00", "\uFFFE", "\uFDD0", "é", "]]>", "<!--", "--",
            "<![CDATA[", "<?x", "&#0;", "&nbsp;", "</style>", "</pre>", ": ", " on=x", "http://", "a");
        var texts = pieces.ArrayOf().Select(string.Concat).ToArbitrary();
        Prop.ForAll(texts, texts, (outer, inner) =>
            Check(PageReport.Render(Everywhere(outer, inner), PageScenes.Facts with { Version = inner }))).QuickCheckThrowOnFailure();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_thousand_servers_that_flap_and_say_a_thousand_things_are_a_page_of_less_than_a_mebibyte()
    {
        var moment = Flood(1000);
        var begun = Stopwatch.GetTimestamp();
        var page = PageReport.Render(moment, PageScenes.Facts);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Encoding.UTF8.GetByteCount(page)} bytes in {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:f0} ms");
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 100_000, 1024 * 1024);
        Check(page);
        var document = Parse(page);
        Assert.Equal(100, Rows(document).Count);
        Assert.Equal(50, document.Descendants("ol").Single().Elements("li").Count());
        Assert.Equal(25, document.Descendants("svg").Count(svg => svg.Attribute("class")?.Value == "bar"));
        Assert.All(document.Descendants("svg"), bar => Assert.InRange(bar.Elements("rect").Count(), 0, History.MaxIntervals));
        Assert.Contains(Texts(document, "more"), text => text == "… and 900 more, in /status");
    }

    /// <summary>Servers of which every round changes what each says: the longest names, full of what has to be escaped.</summary>
    private static GateSnapshot Flood(int servers)
    {
        var cluster = Fixtures.Cluster(0) with
        {
            Servers = [.. Enumerable.Range(0, servers).Select(number =>
                new Server(new ServerAddress(IPAddress.Parse($"10.{number / 250}.7.{number % 250}")), new string('<', 5000)))],
        };
        var name = DnsName.FromWire(
            [.. Enumerable.Repeat(Enumerable.Repeat((byte)'&', 49).Prepend((byte)49), 5).SelectMany(label => label), 0]);
        var pointers = new Outcome.Responded(
            new Answer.Records([.. Enumerable.Repeat<RecordData>(new RecordData.Pointer(name), 1000)], 30), false);
        var listing = Fixtures.Listing(cluster);
        GateSnapshot[] snapshots =
        [
            SnapshotBuilder.By(listing, question => question.Type == RecordType.PTR ? pointers : FakeAnswers.By("right").To(question)) with
            {
                Diagnoses = [.. Enumerable.Repeat(new Diagnosis(new string('&', 5000), new string('<', 5000), new string('"', 5000)), 100)],
            },
            SnapshotBuilder.By(listing, FakeAnswers.By("A 10.244.2.9").To),
        ];
        return PageScenes.Replay(
            TimeSpan.FromSeconds(151), [.. Enumerable.Range(0, 151).Select(second => ((double)second, snapshots[second % 2]))]);
    }

    private static GateSnapshot Everywhere(string outer, string inner)
    {
        var cluster = Fixtures.Cluster(3);
        var listing = new Listing(
            [cluster with { Servers = [.. cluster.Servers.Select(server => server with { Source = outer })] }], Coverage.Complete)
        {
            Sources =
            [
                new SourceReport(
                    outer, Serves: true, new DiscoveryProblem(DiscoveryFault.Unreachable, inner) { Remedy = $"{inner}\n{outer}" }),
                new SourceReport(outer, Serves: true, null) { Coverage = Coverage.Complete },
            ],
            Notes = [inner],
        };
        var label = Encoding.UTF8.GetBytes(inner + "x");
        var target = DnsName.FromWire([(byte)Math.Min(63, label.Length), .. label.AsSpan(0, Math.Min(63, label.Length)), 0]);
        var snapshot = SnapshotBuilder.By(listing, question =>
            question.Server == Fixtures.S(1) ? new Outcome.Malformed(outer)
            : question.Server == Fixtures.S(2) ? new Outcome.Unreachable(inner)
            : question.Type == RecordType.PTR ? new Outcome.Responded(new Answer.Records([new RecordData.Pointer(target)], 30), false)
            : FakeAnswers.By("right").To(question));
        snapshot = snapshot with { Name = target, Diagnoses = [new Diagnosis(outer, inner, outer)], DisabledBecause = outer };
        return PageScenes.Replay(TimeSpan.FromMinutes(1), (1, snapshot),
            (2, snapshot with { Status = outer.Length % 2 == 0 ? GateStatus.Disabled : GateStatus.Closed }));
    }

    private static bool Check(string page)
    {
        var document = Parse(page);
        Assert.All(document.DescendantsAndSelf(), element => Assert.Contains(element.Name.LocalName, Elements));
        Assert.All(document.DescendantsAndSelf().Attributes(), attribute => Assert.Contains(attribute.Name.LocalName, Attributes));
        Assert.All(document.DescendantsAndSelf().Attributes("href"), link =>
            Assert.True(
                link.Value is "/status" or "/metrics" or "/readyz" or "/livez" || HandbookDocument.HasAddress(link.Value),
                link.Value));
        Assert.DoesNotContain(document.DescendantNodes(), node => node is XComment or XProcessingInstruction or XCData);
        var style = document.Descendants("style").Single().Value;
        Assert.DoesNotMatch("url|import|expression|http", style);
        Assert.All(page, character => Assert.True(character is '\n' || !char.IsControl(character)));
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            [.. document.Descendants().Attributes("id").Select(id => id.Value).Distinct()],
            document.Descendants().Attributes("id").Select(id => id.Value));
        Assert.All(document.Descendants("section"), section =>
            Assert.Equal(section.Attribute("aria-labelledby")!.Value, section.Element("h2")!.Attribute("id")!.Value));
        Assert.All(document.Descendants("table").Descendants("th"), header =>
            Assert.Contains(header.Attribute("scope")!.Value, (string[])["col", "row"]));
        return true;
    }

    private static string Render(GateSnapshot snapshot) =>
        PageReport.Render(PageScenes.Replay(TimeSpan.FromSeconds(9), (1, snapshot)), PageScenes.Facts);

    private static XElement Render(string scene) => Parse(PageReport.Render(PageScenes.All[scene].Snapshot, PageScenes.All[scene].Facts));

    private static XElement Parse(string page)
    {
        Assert.StartsWith("<!DOCTYPE html>\n", page, StringComparison.Ordinal);
        return XDocument.Parse(page, LoadOptions.PreserveWhitespace).Root!;
    }

    private static string One(XElement page, string element) => page.Descendants(element).First().Value;

    private static List<XElement> Rows(XElement page) => [.. page.Descendants("tbody").Single().Elements("tr")];

    private static ImmutableArray<string> Texts(XElement page, string classes) =>
        [.. page.Descendants().Where(element => element.Attribute("class")?.Value == classes).Select(element => element.Value)];

    private static ImmutableArray<string> Text(XElement element) =>
        [.. element.DescendantNodes().OfType<XText>().Select(text => text.Value.Trim('\n', ' ')).Where(text => text.Length > 0)];
}
