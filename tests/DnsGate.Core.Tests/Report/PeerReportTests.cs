using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Report;

/// <summary>What the outputs say of the members of <c>--peers</c>.</summary>
public sealed class PeerReportTests
{
    [Fact]
    public void The_text_says_how_many_members_exist_and_names_those_that_are_missing()
    {
        var text = TextReport.Render(Closed(Summary(5, needed: 3, missing: [2, 3, 4])));
        Assert.StartsWith(
            "closed: all 2 DNS servers agree on 10.244.1.7, but only 2 of 5 peers exist (3 required)\n"
            + "  expected: zk-0.zk-headless.prod.svc.cluster.local = 10.244.1.7\n"
            + "  peer zk-2   missing   NXDOMAIN\n"
            + "  peer zk-3   missing   NXDOMAIN, at 10.244.0.1:53 10.244.0.2:53\n  peer zk-4   missing   ",
            text, StringComparison.Ordinal);
        Assert.Contains("\n  peer-missing: the DNS servers agree about this pod,", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_gate_names_the_members_that_were_missing_and_says_when_the_time_was_up()
    {
        var peers = Summary(3, needed: 2, missing: [1, 2]) with { HasTimedOut = true };
        var text = TextReport.Render(SnapshotBuilder.By(Fixtures.Cluster(2), "right", "right") with { Peers = peers });
        Assert.StartsWith(
            "open: zk-0.zk-headless.prod.svc.cluster.local is 10.244.1.7 at all 2 DNS servers; only 1 of 3 peers exists (2 required) "
            + "after --peers-timeout\n  peer zk-1   missing   NXDOMAIN\n",
            text, StringComparison.Ordinal);
        Assert.DoesNotContain("peer-missing", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gate_without_members_says_nothing_of_them()
    {
        var snapshot = SnapshotBuilder.By(Fixtures.Cluster(2), "right", "right");
        Assert.DoesNotContain("peer", TextReport.Render(snapshot), StringComparison.Ordinal);
        Assert.DoesNotContain("peers", JsonReport.Render(snapshot), StringComparison.Ordinal);
        Assert.DoesNotContain("Members", PageReport.Render(snapshot, PageScenes.Facts), StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_missing_members_are_ten_lines_and_their_number()
    {
        var text = TextReport.Render(Closed(Summary(1000, needed: 501, missing: [.. Enumerable.Range(1, 999)])));
        Assert.Equal(10, text.Split("  peer zk-").Length - 1);
        Assert.Contains("\n  and 989 more peers are missing\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_has_every_member_with_its_state()
    {
        using var json = JsonDocument.Parse(JsonReport.Render(Closed(Summary(4, needed: 3, missing: [2, 3]))));
        var peers = json.RootElement.GetProperty("peers");
        Assert.Equal((3, 2, false), (peers.GetProperty("required").GetInt32(), peers.GetProperty("found").GetInt32(),
            peers.GetProperty("timedOut").GetBoolean()));
        Assert.Equal(
            ["zk-0 self", "zk-1 found", "zk-2 missing NXDOMAIN", "zk-3 missing NXDOMAIN 10.244.0.1:53 10.244.0.2:53"],
            peers.GetProperty("members").EnumerateArray().Select(member => string.Join(' ', member.EnumerateObject()
                .SelectMany(field => field.Value.ValueKind == JsonValueKind.Array
                    ? field.Value.EnumerateArray().Select(value => value.GetString())
                    : [field.Value.GetString()]))));
    }

    [Fact]
    public void The_table_names_missing_members_below_the_servers_and_waits_for_them()
    {
        var snapshot = Closed(Summary(3, needed: 3, missing: [2]));
        var table = TableReport.Render(snapshot, paint: false, 160, TableReport.Progress(snapshot, TimeSpan.FromMinutes(10)));
        Assert.Contains("\nwaiting for peers; --timeout in 10m0s\n", table, StringComparison.Ordinal);
        Assert.Contains("\npeer zk-2   missing   NXDOMAIN\n", table, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(1000, 999)]
    public void The_page_lists_the_members_and_stays_well_formed(int members, int missing)
    {
        var snapshot = Closed(Summary(members, members, [.. Enumerable.Range(members - missing, missing)]));
        var page = PageReport.Render(snapshot, PageScenes.Facts);
        Assert.True(page.Length < 1 << 20);
        var section = XDocument.Parse(page).Descendants("section")
            .Single(section => section.Attribute("aria-labelledby")!.Value == "peers");
        var items = section.Descendants("li").ToList();
        Assert.Equal(Math.Min(members, 100), items.Count);
        Assert.Contains("missing", items[0].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_other_name_stands_in_every_output()
    {
        var also = new Peer("zk-headless", [Fixtures.NameOf("zk-headless.prod.svc.cluster.local")], IsSelf: false);
        var snapshot = Closed(new PeerSummary([], Needed: 0, HasTimedOut: false)
        {
            Also = [new PeerVerdict(also, PeerState.Missing, "A 10.244.3.4, expected 10.244.1.7", [Fixtures.S(2)])],
        }) with
        { Reason = Reason.AlsoWrong };
        Assert.StartsWith(
            "closed: all 2 DNS servers agree on 10.244.1.7, but 1 of 1 names of --also do not contain its addresses yet\n"
            + "  expected: zk-0.zk-headless.prod.svc.cluster.local = 10.244.1.7\n"
            + "  also zk-headless   wrong   A 10.244.3.4, expected 10.244.1.7, at 10.244.0.2:53\n",
            TextReport.Render(snapshot), StringComparison.Ordinal);
        Assert.Contains(
            "\"also\":[{\"name\":\"zk-headless\",\"state\":\"missing\",", JsonReport.Render(snapshot), StringComparison.Ordinal);
        Assert.DoesNotContain("\"peers\":", JsonReport.Render(snapshot), StringComparison.Ordinal);
        var page = XDocument.Parse(PageReport.Render(snapshot, PageScenes.Facts));
        Assert.Contains("expected 10.244.1.7", page.Descendants("section")
            .Single(section => section.Attribute("aria-labelledby")!.Value == "also").Value, StringComparison.Ordinal);
    }

    private static GateSnapshot Closed(PeerSummary peers) => SnapshotBuilder.By(Fixtures.Cluster(2), "right", "right") with
    {
        Status = GateStatus.Closed,
        Reason = Reason.PeerMissing,
        Peers = peers,
    };

    /// <summary>zk-0 is this pod; of the missing ones every other is missing at two servers only.</summary>
    private static PeerSummary Summary(int members, int needed, int[] missing) => new(
        [.. Enumerable.Range(0, members).Select(ordinal =>
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"zk-{ordinal}");
            var peer = new Peer(text, [Fixtures.NameOf($"{text}.zk-headless.prod.svc.cluster.local")], IsSelf: ordinal == 0);
            ImmutableArray<ServerAddress> at = ordinal % 2 == 1 && ordinal > 1 ? [Fixtures.S(1), Fixtures.S(2)] : [];
            return ordinal == 0 ? new PeerVerdict(peer, PeerState.Self, "", [])
                : missing.Contains(ordinal) ? new PeerVerdict(peer, PeerState.Missing, "NXDOMAIN", at)
                : new PeerVerdict(peer, PeerState.Found, "", []);
        })],
        needed,
        HasTimedOut: false);
}
