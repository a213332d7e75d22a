using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Report;

/// <summary>What people look at: the table of <c>wait</c> and the page of <c>explain</c>.</summary>
public sealed class PageTests
{
    private const string Hosts = "127.0.0.1\tlocalhost\n10.244.1.7\tzk-0.zk-headless.prod.svc.cluster.local\tzk-0\n";

    private static readonly Identity Identity = new(
        Fixtures.Name, "/etc/hosts line 7", Fixtures.Ips($"{Fixtures.Own} {Fixtures.OwnIPv6}"), "POD_IPS");

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(1000)]
    [InlineData(10)]
    [InlineData(2)]
    public void No_line_of_the_table_is_longer_than_the_terminal(int width)
    {
        foreach (var snapshot in Snapshots())
        {
            var table = TableReport.Render(snapshot, paint: false, width, since: _ => TimeSpan.FromSeconds(4000));
            Assert.All(table.Split('\n'), line => Assert.InRange(line.Length, 0, width));
            Assert.All(table, character => Assert.True(character is '\n' or '…' or >= ' ' and <= '~'));
        }
    }

    [Fact]
    public void The_table_has_a_row_for_each_server_and_what_it_said()
    {
        var lines = TableReport.Render(SnapshotBuilder.By(Fixtures.Cluster(2), "right", "A 10.244.2.9"),
            paint: false, 200, since: _ => TimeSpan.FromSeconds(12.7)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("closed: ", lines[0], StringComparison.Ordinal);
        Assert.Equal(["SERVER", "VERDICT", "TTL", "SINCE"], lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(4));
        Assert.StartsWith("10.244.0.2:53", lines[2], StringComparison.Ordinal);
        Assert.Contains("10.244.2.9", lines[2], StringComparison.Ordinal);
        Assert.Contains("stale-address  30s  12s", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("10.244.0.1:53", lines[3], StringComparison.Ordinal);
        Assert.Contains("10.244.1.7", lines[3], StringComparison.Ordinal);
        Assert.Contains("agrees", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_that_are_wrong_come_first_then_silent_ones_then_those_that_do_not_count()
    {
        var view = Fixtures.Cluster(4);
        view = view with { Servers = view.Servers.SetItem(3, view.Servers[3] with { Condition = EndpointCondition.NotReady }) };
        var snapshot = SnapshotBuilder.By(view, "right", "all SILENCE", "A 10.244.2.9", "A 10.244.2.9");

        Assert.Equal(["10.244.0.3:53", "10.244.0.2:53", "10.244.0.4:53", "10.244.0.1:53"],
            snapshot.WrongFirst.Select(server => server.Server.Address.ToString()));
    }

    [Theory]
    [InlineData(0, null, null, "not confirming")]
    [InlineData(0, null, 600, "not confirming; --timeout in 9m50s")]
    [InlineData(1, 10, 600, "confirming: round 1 of 3, 5s left; --timeout in 9m50s")]
    [InlineData(2, 8, null, "confirming: round 2 of 3, 3s left")]
    [InlineData(7, 2, 10, "confirming: round 3 of 3, 0s left; --timeout in 0s")]
    public void A_gate_that_waits_counts_down(int rounds, int? since, int? timeout, string expected)
    {
        var snapshot = SnapshotBuilder.By(Fixtures.Cluster(1), "right") with
        {
            Status = GateStatus.Closed,
            Now = TimeSpan.FromSeconds(10),
            Rule = new SettleRule(3, TimeSpan.FromSeconds(5)),
            State = new SettleProgress(rounds, since is { } time ? TimeSpan.FromSeconds(time) : null, IsSettled: false),
        };

        Assert.Equal(expected, TableReport.Progress(snapshot, timeout is { } limit ? TimeSpan.FromSeconds(limit) : null));
        Assert.Null(TableReport.Progress(snapshot with { Status = GateStatus.Open }, null));
    }

    [Fact]
    public void Samples_that_differ_stand_in_the_same_order_whichever_came_first()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App(2));
        string[] tables = [.. new[] { 0, 1 }.Select(stale => TableReport.Render(
            SnapshotBuilder.By(listing, question =>
                FakeAnswers.By(question.Step.Stage == Stage.App && question.Sample == stale ? "A 10.244.2.9" : "right").To(question)),
            paint: false,
            200))];
        Assert.Contains("10.244.1.7 / 10.244.2.9", tables[0], StringComparison.Ordinal);
        Assert.Equal(tables[0], tables[1]);
    }

    [Fact]
    public void Colours_only_when_asked_for()
    {
        var snapshot = SnapshotBuilder.By(Fixtures.Cluster(3), "right", "A 10.244.2.9", "A 10.244.1.7 ttl 0");
        Assert.DoesNotContain('\u001b', TableReport.Render(snapshot, paint: false, 100));
        var painted = TableReport.Render(snapshot, paint: true, 100).Split('\n');
        Assert.Equal(
            ["\u001b[31m", "\u001b[33m", "\u001b[32m"], painted.Where(line => line.StartsWith('\u001b')).Select(line => line[..5]));
        Assert.All(painted.Where(line => line.StartsWith('\u001b')), line => Assert.EndsWith("\u001b[0m", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_servers_the_table_is_the_headline() =>
        Assert.Equal("undecidable: no DNS server was found\n",
            TableReport.Render(SnapshotBuilder.By(Fixtures.Cluster(0)), paint: false, 200));

    [Fact]
    public void No_line_of_the_page_is_longer_than_80_columns_but_for_words_that_cannot_be_broken()
    {
        foreach (var snapshot in Snapshots())
        {
            var page = Explain(snapshot);
            Assert.All(
                page.Split('\n'), line => Assert.True(line.Length <= 80 || !line.Trim().Contains(' ', StringComparison.Ordinal), line));
            Assert.All(page, character => Assert.True(character is '\n' or >= ' ' and <= '~'));
        }
    }

    [Fact]
    public void The_page_says_who_the_pod_is_what_is_expected_what_every_server_said_and_what_to_do()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(2), Fixtures.App(Server.SamplesOfVirtualAddress));
        var snapshot = SnapshotBuilder.By(
            listing, question => FakeAnswers.By(question.Server == Fixtures.S(2) ? "A 10.244.2.9 ttl 12" : "right").To(question));
        var page = Explain(snapshot);
        Assert.StartsWith("closed: 1 of 2 DNS servers disagrees: stale-address at 10.244.0.2:53\n", page, StringComparison.Ordinal);
        var flat = string.Join(' ', page.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.All(
            [
                "(from /etc/hosts line 7)", "addresses 10.244.1.7 fd00:244::7 (from POD_IPS)",
                "families auto", "reverse contains", "require all",
                "3 agreeing rounds in a row that span 5s", "cluster view", "coverage static", "What would make it open",
                "10.244.0.2:53 (cluster): exactly 10.244.1.7 for zk-0", "then 3 agreeing rounds in a row that span 5s",
                "spelling-not-shadowed: in this pod /etc/hosts answers zk-0.zk-headless.prod.svc.cluster.local and zk-0,",
                "zk-0.zk-headless, zk-0.zk-headless.prod, zk-0.zk-headless.prod.svc, and every other pod, ask the DNS servers",
                "the 48 draws of a window", "may all meet one server", "10.244.0.1:53",
                "10.244.0.2:53 stale-address", "A: 10.244.2.9, TTL 12", "privately",
                "A 10.244.2.9, expected 10.244.1.7", "10.96.0.10:53 not asked yet: an earlier view does not agree",
                "may be a virtual IP: 8 samples a round", "What to do", "stale-address: ",
            ],
            words => Assert.Contains(words, flat, StringComparison.Ordinal));
    }

    /// <summary>Row 28 of docs/scenarios.md: where near endpoints may be preferred, all samples may meet the node's own pod.</summary>
    [Theory]
    [InlineData("endpoints without hints are known", true, "")]
    [InlineData("an endpoint has hints", false, "hints")]
    [InlineData("a server is known by its address alone", false, "static")]
    [InlineData("nothing is known but the address", false, "none")]
    public void A_chance_is_stated_only_where_nothing_says_that_near_endpoints_are_preferred(string sentence, bool isStated, string what)
    {
        var view = Fixtures.Cluster(what == "none" ? 0 : 2);
        var listing = Fixtures.Listing(
            view with
            {
                Servers = [.. view.Servers.Select((server, number) => number == 0 && what == "static" ? server : server with
                {
                    Endpoint = new KubeEndpoint("coredns-a", "node-a", HasHints: number == 0 && what == "hints"),
                })],
            },
            Fixtures.App(Server.SamplesOfVirtualAddress));

        var text = ExplainReport.SamplingSentence(SnapshotBuilder.Spec(), listing);

        Assert.StartsWith("A sample is evidence, not proof: the 48 draws of a window", text, StringComparison.Ordinal);
        Assert.Equal((sentence, isStated), (sentence, text.Contains("all of 2 servers with 99.9 %", StringComparison.Ordinal)));
        Assert.Equal(isStated, text.Contains('%', StringComparison.Ordinal));
        Assert.Equal(!isStated, text.Contains("trafficDistribution", StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_of_a_gate_that_is_switched_off_says_so_and_still_asks()
    {
        var page = ExplainReport.Render(
            SnapshotBuilder.By(Fixtures.Cluster(1), "right"), Identity, SnapshotBuilder.Spec(), Hosts, "incident\u001b42");
        Assert.Contains(@"DNSGATE_DISABLED=incident\02742: check, wait, run and serve open", page, StringComparison.Ordinal);
        Assert.Contains("10.244.0.1:53", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_open_is_said_once_for_all_servers_of_a_view_and_never_of_silence_that_is_excused()
    {
        var wrong = Explain(SnapshotBuilder.By(Fixtures.Cluster(3), "A 10.244.2.9", "right", "A 10.244.2.10"));
        Assert.Contains("\n  10.244.0.1:53, 10.244.0.3:53 (cluster): exactly 10.244.1.7 for\n", wrong, StringComparison.Ordinal);

        var excused = Explain(
            SnapshotBuilder.By(Fixtures.Cluster(3) with { Quorum = Quorum.MoreThanHalf }, "A 10.244.2.9", "right", "all SILENCE"));
        Assert.Contains("10.244.0.1:53 (cluster): exactly", excused, StringComparison.Ordinal);
        Assert.DoesNotContain("10.244.0.3:53 (cluster)", excused, StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_page_whose_sources_could_not_all_be_listed_does_not_say_that_all_is_well()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(1)) with
        {
            Sources = [new SourceReport("kube:kube-system/kube-dns", Serves: false, new DiscoveryProblem(DiscoveryFault.Forbidden, "403"))],
        };
        var page = Explain(SnapshotBuilder.By(listing, FakeAnswers.By("right").To));
        Assert.Contains("\n  nothing more for the gate; ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing: ", page, StringComparison.Ordinal);
    }

    [Fact]
    public void An_IPv6_address_stands_for_its_reverse_name()
    {
        var page = Explain(SnapshotBuilder.By(Fixtures.Cluster(1, $"{Fixtures.Own} {Fixtures.OwnIPv6}"), $"AAAA {Fixtures.OwnIPv6}"));
        Assert.Contains($"PTR of {Fixtures.OwnIPv6}: ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("ip6.arpa", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_zones_own_servers_are_asked_without_recursion()
    {
        var page = Explain(SnapshotBuilder.By(
            Fixtures.Listing(Fixtures.Cluster(1), Fixtures.External() with { IsAuthoritative = true }),
            FakeAnswers.By("A 10.244.1.7 aa; AAAA NODATA aa").To));
        Assert.Contains("  (without recursion)\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_without_trouble_says_that_there_is_nothing_to_do()
    {
        var view = Fixtures.Cluster(2);
        Assert.Contains("nothing: all DNS servers agree",
            Explain(SnapshotBuilder.By(view, "right", "right")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostile_name_prints_as_DDD_in_table_and_page()
    {
        Assert.Contains(@"\027[2J", Explain(SnapshotBuilder.Hostile()), StringComparison.Ordinal);
        Assert.Contains(@"\027[2J", TableReport.Render(SnapshotBuilder.Hostile(), paint: false, 300), StringComparison.Ordinal);
    }

    private static string Explain(GateSnapshot snapshot) =>
        ExplainReport.Render(snapshot, Identity, SnapshotBuilder.Spec(), Hosts, disabledBecause: null);

    private static IEnumerable<GateSnapshot> Snapshots()
    {
        string[] told =
        [
            "right", "A 10.244.2.9 10.244.2.10 10.244.2.11 10.244.2.12 10.244.2.13 10.244.2.14 10.244.2.15 10.244.2.16 10.244.2.17",
            "all NXDOMAIN", "all SILENCE", "all GARBAGE",
            "PTR NXDOMAIN ra", "PTR a.example.com b.example.com c.example.com d.example.com e.example.com f.example.com g.example.com",
            "all UNREACHABLE", "A 10.244.1.7 ttl 0", "AAAA fd00:1111:2222:3333:4444:5555:6666:7777",
        ];
        foreach (var words in told)
        {
            yield return SnapshotBuilder.By(Fixtures.Cluster(3), "right", words, "right");
            yield return SnapshotBuilder.By(Fixtures.Listing(Fixtures.Cluster(2), Fixtures.App(Server.SamplesOfVirtualAddress)), question =>
                FakeAnswers.By(question.Step.Stage == Stage.App ? words : "right").To(question));
        }

        yield return SnapshotBuilder.Hostile();
        yield return SnapshotBuilder.By(Fixtures.Cluster(0));
    }
}
