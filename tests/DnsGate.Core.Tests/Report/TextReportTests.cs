using System.Net;
using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Tests.Rules;
using DnsGate.Core.Text;

namespace DnsGate.Core.Tests.Report;

public sealed class TextReportTests
{
    [Fact]
    public void The_example_of_the_contract()
    {
        var view = Fixtures.Cluster(3);
        view = view with
        {
            Servers = [view.Servers[0], new Server(new ServerAddress(IPAddress.Parse("10.244.0.5")), "static"),
                new Server(new ServerAddress(IPAddress.Parse("10.244.0.10")), "static")],
        };
        var lines = TextReport.Render(SnapshotBuilder.By(view, "right", "A 10.244.2.9 ttl 12", "right")).Split('\n');
        Assert.Equal("closed: 1 of 3 DNS servers disagrees: stale-address at 10.244.0.5:53", lines[0]);
        Assert.Equal("  10.244.0.5:53   stale-address    A 10.244.2.9, expected 10.244.1.7", lines[1]);
        Assert.Equal("  expected: zk-0.zk-headless.prod.svc.cluster.local = 10.244.1.7", lines[2]);
        Assert.StartsWith(
            "  stale-address: the server returns none of the expected addresses, usually an old one; ", lines[3], StringComparison.Ordinal);
        Assert.Equal([""], lines[4..]);
    }

    [Theory]
    [InlineData("right | right | right", "open: zk-0.zk-headless.prod.svc.cluster.local is 10.244.1.7 at all 3 DNS servers")]
    [InlineData("A 10.244.2.9 | all NXDOMAIN | right",
        "closed: 2 of 3 DNS servers disagree: name-missing at 10.244.0.2:53")]
    [InlineData("all NXDOMAIN | all NXDOMAIN | all NXDOMAIN",
        "closed: 3 of 3 DNS servers disagree: name-missing at 10.244.0.1:53")]
    [InlineData("all SILENCE | all SILENCE | all UNREACHABLE",
        "undecidable: none of 3 DNS servers answers: timed-out at 10.244.0.1:53")]
    [InlineData("right", "open: zk-0.zk-headless.prod.svc.cluster.local is 10.244.1.7 at the only DNS server")]
    [InlineData("all REFUSED", "closed: the only DNS server disagrees: refused at 10.244.0.1:53")]
    [InlineData("all SILENCE",
        "undecidable: the only DNS server does not answer: timed-out at 10.244.0.1:53")]
    [InlineData("A 10.244.2.9 | all SILENCE | right",
        "closed: 1 of 3 DNS servers disagrees, 1 does not answer: stale-address at 10.244.0.1:53")]
    [InlineData("A 10.244.2.9 | all UNREACHABLE | all SILENCE",
        "closed: 1 of 3 DNS servers disagrees, 2 do not answer: stale-address at 10.244.0.1:53")]
    [InlineData("A 10.244.2.9 | A 10.244.1.7 ttl 0 | right",
        "closed: 1 of 3 DNS servers disagrees: stale-address at 10.244.0.1:53")]
    [InlineData("PTR SILENCE | PTR SILENCE | right",
        "closed: 2 of 3 DNS servers do not answer every question: timed-out at 10.244.0.1:53")]
    [InlineData("PTR CUTOFF | right | right", "closed: --timeout ended the round before all DNS servers had answered: "
        + "cut-off at 10.244.0.1:53")]
    [InlineData("all CUTOFF | all CUTOFF", "undecidable: --timeout ended the round before all DNS servers had "
        + "answered: cut-off at 10.244.0.1:53")]
    [InlineData("all NOTSENT | all NOTSENT",
        "undecidable: this pod could not send its queries: not-sent at 10.244.0.1:53")]
    [InlineData("", "undecidable: no DNS server was found")]
    public void The_first_line_is_the_verdict(string told, string headline)
    {
        var servers = told.Split('|', StringSplitOptions.RemoveEmptyEntries);
        var snapshot = SnapshotBuilder.By(Fixtures.Cluster(servers.Length), servers);
        Assert.Equal(headline, TextReport.Render(snapshot).Split('\n')[0]);
        Assert.Equal(headline, TextReport.Headline(snapshot));
    }

    [Fact]
    public void The_first_line_is_cut_at_200_characters()
    {
        var name = Fixtures.NameOf($"{new string('a', 63)}.{new string('b', 63)}.{new string('c', 63)}.svc.cluster.local");
        var open = TextReport.Headline(SnapshotBuilder.By(Fixtures.Cluster(1), "right") with { Name = name });
        Assert.Equal(TextReport.MaxHeadline, open.Length);
        Assert.Equal($"open: {name}"[..199] + "…", open);

        var addresses = string.Join(' ', Enumerable.Range(1, 100).Select(number => $"10.244.1.{number}"));
        var many = Fixtures.Cluster(2, addresses);
        var confirming = SnapshotBuilder.By(
            Fixtures.Listing(many), Fixtures.AnswersOf(many, $"A {addresses}", $"A {addresses}"), opens: false);
        Assert.Equal($"closed: all 2 DNS servers agree on {addresses}"[..199] + "…", TextReport.Headline(confirming));

        // What is wrong has room whatever the name and the addresses are.
        Assert.Equal(
            "closed: 2 of 2 DNS servers disagree: stale-address at 10.244.0.1:53",
            TextReport.Headline(SnapshotBuilder.By(many, "A 10.244.2.9", "A 10.244.2.9")));
    }

    [Fact]
    public void The_first_line_of_one_agreeing_server_of_several_is_singular()
    {
        var view = Fixtures.Cluster(3) with { Quorum = Quorum.One };
        var snapshot = SnapshotBuilder.By(
            Fixtures.Listing(view), Fixtures.AnswersOf(view, "right", "all SILENCE", "all SILENCE"), opens: false);
        Assert.Equal("closed: 1 of 3 DNS servers agrees on 10.244.1.7; confirming (3 rounds, 5s)", TextReport.Headline(snapshot));
    }

    [Theory]
    [InlineData("169.254.20.10", "169.254.20.10:53 (node cache)")]
    [InlineData("10.96.0.10", "10.96.0.10:53 (app)")]
    public void The_first_line_names_the_view_of_a_server_of_the_application(string address, string server)
    {
        var app = Fixtures.App();
        app = app with { Servers = [new Server(new ServerAddress(IPAddress.Parse(address)), "resolv.conf")] };
        var snapshot = SnapshotBuilder.By(Fixtures.Listing(Fixtures.Cluster(2), app), question =>
            FakeAnswers.By(question.Server == app.Servers[0].Address ? "A 10.244.2.9" : "right").To(question));
        Assert.Equal($"closed: 1 of 3 DNS servers disagrees: stale-address at {server}", TextReport.Headline(snapshot));
        Assert.StartsWith($"  {server}   stale-address ", TextReport.Render(snapshot).Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_line_names_a_server_outside_the_cluster_as_external()
    {
        var snapshot = SnapshotBuilder.By(Fixtures.Listing(Fixtures.Cluster(1), Fixtures.External()), question =>
            FakeAnswers.By(question.Step.Stage == Stage.External ? "A 10.9.9.9" : "right").To(question));
        Assert.Equal("closed: 1 of 2 DNS servers disagrees: stale-address at 192.0.2.1:53 (external)", TextReport.Headline(snapshot));
    }

    [Fact]
    public void A_drifting_gate_names_what_it_expects()
    {
        var drifting = SnapshotBuilder.By(Fixtures.Cluster(2), "right", "A 10.244.2.9") with { Status = GateStatus.Drifting };
        Assert.Contains($"\n  expected: {Fixtures.Name} = {Fixtures.Own}\n", TextReport.Render(drifting), StringComparison.Ordinal);
        Assert.DoesNotContain("expected: ", TextReport.Render(SnapshotBuilder.By(Fixtures.Cluster(1), "right")), StringComparison.Ordinal);
    }

    [Fact]
    public void Agreement_that_has_not_lasted_long_enough_is_closed_and_says_so()
    {
        var view = Fixtures.Cluster(2);
        var snapshot = SnapshotBuilder.By(Fixtures.Listing(view), Fixtures.AnswersOf(view, "right", "right"), opens: false);
        Assert.Equal(
            "closed: all 2 DNS servers agree on 10.244.1.7; confirming (3 rounds, 5s)\n"
            + "  expected: zk-0.zk-headless.prod.svc.cluster.local = 10.244.1.7\n",
            TextReport.Render(snapshot));
    }

    [Fact]
    public void Excused_silence_is_said_and_shown_although_open()
    {
        var text = TextReport.Render(
            SnapshotBuilder.By(Fixtures.Cluster(3) with { Quorum = Quorum.MoreThanHalf }, "right", "right", "all SILENCE")).Split('\n');
        Assert.Equal(
            "open: zk-0.zk-headless.prod.svc.cluster.local is 10.244.1.7 at 2 of 3 DNS servers; the others are silent, "
            + "which --require majority excuses",
            text[0]);
        Assert.Equal("  10.244.0.3:53   timed-out        A timed out", text[1]);
    }

    [Theory]
    [InlineData("A 10.244.2.9 | right | right", "1 of 3 DNS servers no longer agrees: stale-address at 10.244.0.1:53")]
    [InlineData("A 10.244.2.9 | all NXDOMAIN | right", "2 of 3 DNS servers no longer agree: name-missing at 10.244.0.2:53")]
    [InlineData("A 10.244.2.9 | all SILENCE | right",
        "1 of 3 DNS servers no longer agrees, 1 does not answer: stale-address at 10.244.0.1:53")]
    [InlineData("A 10.244.2.9 | right | A 10.244.1.7 ttl 0", "1 of 3 DNS servers no longer agrees: stale-address at 10.244.0.1:53")]
    [InlineData("all SILENCE | right | right", "1 of 3 DNS servers no longer answers: timed-out at 10.244.0.1:53")]
    [InlineData("all SILENCE | all UNREACHABLE | all SILENCE", "3 of 3 DNS servers no longer answer: timed-out at 10.244.0.1:53")]
    [InlineData("all NOTSENT | all NOTSENT", "this pod could not send its queries: not-sent at 10.244.0.1:53")]
    [InlineData("A 10.244.2.9", "the only DNS server no longer agrees: stale-address at 10.244.0.1:53")]
    [InlineData("all SILENCE", "the only DNS server no longer answers: timed-out at 10.244.0.1:53")]
    [InlineData("", "no DNS server was found")]
    public void Drift_is_told_of_the_servers_that_are_against_the_gate(string told, string because)
    {
        var servers = told.Split('|', StringSplitOptions.RemoveEmptyEntries);
        var drifting = SnapshotBuilder.By(Fixtures.Cluster(servers.Length), servers) with { Status = GateStatus.Drifting };
        Assert.Equal($"drifting: {because}", TextReport.Headline(drifting));
    }

    /// <summary>An address that stands for several servers is not counted as one of them.</summary>
    [Theory]
    [InlineData("right", "right", true, "open: … at all 2 DNS servers and 1 sampled address")]
    [InlineData("A 10.244.2.9", "right", true, "closed: 1 of 2 DNS servers disagrees: stale-address at 10.244.0.1:53")]
    [InlineData("right", "A 10.244.2.9", true, "closed: the sampled address disagrees: stale-address at 10.96.0.10:53 (app)")]
    [InlineData("right", "all SILENCE", true, "closed: the sampled address does not answer: timed-out at 10.96.0.10:53 (app)")]
    [InlineData("right", "right", false, "open: … at the only address (sampled)")]
    [InlineData("right", "all SILENCE", false, "undecidable: the only address (sampled) does not answer: timed-out at 10.96.0.10:53")]
    public void A_sampled_address_is_named_as_such(string first, string sampled, bool hasServers, string headline)
    {
        var app = Fixtures.App(Server.SamplesOfVirtualAddress);
        var listing = hasServers
            ? Fixtures.Listing(Fixtures.Cluster(2), app)
            : Fixtures.Listing(Fixtures.Cluster(0) with { Servers = app.Servers });
        var snapshot = SnapshotBuilder.By(listing, question => FakeAnswers.By(
            question.Server == Fixtures.Vip ? sampled : question.Server == Fixtures.S(1) ? first : "right").To(question));
        Assert.Equal(headline.Replace("…", $"{Fixtures.Name} is {Fixtures.Own}", StringComparison.Ordinal), TextReport.Headline(snapshot));
    }

    [Fact]
    public void Samples_that_differ_are_one_line_for_the_address()
    {
        var snapshot = SnapshotBuilder.By(Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App(Server.SamplesOfVirtualAddress)), question =>
            FakeAnswers.By(question.Server != Fixtures.Vip ? "right" : question.Sample % 2 == 0 ? "all SILENCE" : "all UNREACHABLE")
                .To(question));
        Assert.Equal(
            "  10.96.0.10:53 (app)   timed-out        A timed out (sampled)",
            Assert.Single(TextReport.Render(snapshot).Split('\n'), line => line.StartsWith("  10.96.0.10", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1, "undecidable: 1 DNS server is listed and is not ready")]
    [InlineData(2, "undecidable: 2 DNS servers are listed and none is ready")]
    public void Servers_that_are_listed_and_not_ready_are_counted_and_shown(int servers, string because)
    {
        var view = Fixtures.Cluster(servers);
        view = view with { Servers = [.. view.Servers.Select(server => server with { Condition = EndpointCondition.NotReady })] };
        var snapshot = SnapshotBuilder.By(Fixtures.Listing(view), FakeAnswers.By("right").To);
        Assert.Equal(because, TextReport.Headline(snapshot));
        Assert.Equal(
            servers,
            TextReport.Render(snapshot)
                .Split('\n')
                .Count(line => line.EndsWith("(not required: the endpoint is not ready)", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true, " at all 2 DNS servers; 1 not required differs")]
    [InlineData(false, "closed: all 2 DNS servers agree on 10.244.1.7; 1 not required differs; confirming (3 rounds, 5s)")]
    public void A_server_that_is_not_required_and_differs_is_told_apart(bool opens, string because)
    {
        var view = Fixtures.Cluster(3);
        view = view with { Servers = view.Servers.SetItem(2, view.Servers[2] with { Condition = EndpointCondition.NotReady }) };
        var snapshot = SnapshotBuilder.By(
            Fixtures.Listing(view), Fixtures.AnswersOf(view, "right", "right", "all NXDOMAIN"), opens);
        Assert.EndsWith(because, TextReport.Headline(snapshot), StringComparison.Ordinal);
    }

    /// <summary>An entry of the log that stands alone says what is wrong, and where first.</summary>
    [Theory]
    [InlineData("right | A 10.244.2.9 | all SILENCE", ": stale-address at 10.244.0.2:53")]
    [InlineData("all SILENCE | right | all NXDOMAIN", ": name-missing at 10.244.0.3:53")]
    [InlineData("all SILENCE | all SILENCE | all SILENCE", ": timed-out at 10.244.0.1:53")]
    [InlineData("", "undecidable: no DNS server was found")]
    public void A_line_alone_names_the_reason_and_the_first_server_that_has_it(string told, string end)
    {
        var servers = told.Split('|', StringSplitOptions.RemoveEmptyEntries);
        var snapshot = SnapshotBuilder.By(Fixtures.Cluster(servers.Length), servers);
        Assert.EndsWith(end, TextReport.Headline(snapshot), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_alone_names_the_source_that_could_not_be_listed_and_nothing_while_all_agree()
    {
        var view = Fixtures.Cluster(2);
        var confirming = SnapshotBuilder.By(Fixtures.Listing(view), Fixtures.AnswersOf(view, "right", "right"), opens: false);
        Assert.DoesNotContain(" at ", TextReport.Headline(confirming), StringComparison.Ordinal);
        var failed = confirming with
        {
            Reason = Reason.DiscoveryFailed,
            Listing = confirming.Listing! with
            {
                Sources = [new SourceReport(
                    "kube:kube-system/kube-dns", Serves: false, new DiscoveryProblem(DiscoveryFault.Forbidden, "403"))],
            },
        };
        Assert.EndsWith(": discovery-failed at kube:kube-system/kube-dns", TextReport.Headline(failed), StringComparison.Ordinal);
    }

    [Fact]
    public void What_helps_against_a_wrong_server_is_not_said_where_the_identity_is_wrong()
    {
        var snapshot = SnapshotBuilder.By(Fixtures.Cluster(1), "A 10.244.2.9");
        Assert.Contains("stale-address: ", TextReport.Render(snapshot), StringComparison.Ordinal);
        Assert.Contains("; wait", TextReport.Render(snapshot), StringComparison.Ordinal);
        var doubted = snapshot with
        {
            Diagnoses = [new Diagnosis(Diagnosis.NameOfAnotherPod, "it is", "correct it") { IsAboutIdentity = true }],
        };
        Assert.DoesNotContain("; wait", TextReport.Render(doubted), StringComparison.Ordinal);
        Assert.Contains("name-of-another-pod: it is; correct it", TextReport.Render(doubted), StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_list_of_servers_is_said()
    {
        var snapshot = SnapshotBuilder.By(Fixtures.Cluster(2), "right", "right") with
        {
            Status = GateStatus.Closed,
            Reason = Reason.ServersChanged,
        };
        Assert.Equal(
            "closed: the list of DNS servers has just changed",
            TextReport.Headline(snapshot));
        Assert.Contains("servers-changed: ", TextReport.Render(snapshot), StringComparison.Ordinal);
    }

    [Fact]
    public void The_kill_switch_is_said_with_its_reason_made_printable()
    {
        var snapshot = GateSnapshot.Disabled("incident 42\u001b[2J\n");
        Assert.Equal(
            @"disabled: DNSGATE_DISABLED=incident 42\027[2J\010; the gate is open and no DNS server is asked" + "\n",
            TextReport.Render(snapshot));
        Assert.Equal(0, snapshot.ExitCode);
    }

    [Theory]
    [InlineData("right", 0)]
    [InlineData("A 10.244.2.9", 1)]
    [InlineData("all SERVFAIL", 1)]
    [InlineData("A 10.244.1.7 ttl 0", 1)]
    [InlineData("all SILENCE", 3)]
    public void The_exit_code_says_the_same(string told, int code) =>
        Assert.Equal(code, SnapshotBuilder.By(Fixtures.Cluster(1), told).ExitCode);

    [Fact]
    public void Addresses_of_both_families_are_named()
    {
        var snapshot = SnapshotBuilder.By(Fixtures.Cluster(1, $"{Fixtures.Own} {Fixtures.OwnIPv6}"), "A 10.244.2.9; AAAA fd00:244::99");
        var lines = TextReport.Render(snapshot).Split('\n');
        Assert.Contains("  expected: zk-0.zk-headless.prod.svc.cluster.local = 10.244.1.7 fd00:244::7", lines);
        Assert.Equal("  10.244.0.1:53   stale-address    A 10.244.2.9, AAAA fd00:244::99, expected 10.244.1.7 fd00:244::7", lines[1]);
    }

    [Theory]
    [InlineData("all NXDOMAIN", "  10.244.0.1:53   name-missing     A NXDOMAIN, AAAA NXDOMAIN")]
    [InlineData("AAAA NXDOMAIN", "  10.244.0.1:53   name-missing     A 10.244.1.7, AAAA NXDOMAIN")]
    [InlineData("A NODATA", "  10.244.0.1:53   no-address       A NODATA, AAAA NODATA, expected 10.244.1.7")]
    [InlineData("A 10.244.2.9 10.244.1.7", "  10.244.0.1:53   extra-address    A 10.244.1.7 10.244.2.9, expected 10.244.1.7")]
    [InlineData("PTR NXDOMAIN",
        "  10.244.0.1:53   reverse-missing  PTR of 10.244.1.7 NXDOMAIN, expected zk-0.zk-headless.prod.svc.cluster.local")]
    [InlineData("PTR zk-1.x.example",
        "  10.244.0.1:53   reverse-mismatch PTR of 10.244.1.7 zk-1.x.example, expected zk-0.zk-headless.prod.svc.cluster.local")]
    [InlineData("all RCODE9", "  10.244.0.1:53   server-failure   A RCODE9")]
    [InlineData("all REFUSED", "  10.244.0.1:53   refused          A REFUSED")]
    [InlineData("all UNREACHABLE", "  10.244.0.1:53   unreachable      A unreachable (connection refused)")]
    public void The_line_of_a_server_says_what_it_said(string told, string line) =>
        Assert.StartsWith(line, TextReport.Render(SnapshotBuilder.By(Fixtures.Cluster(1), told)).Split('\n')[1], StringComparison.Ordinal);

    [Fact]
    public void The_text_is_the_same_while_nothing_but_TTLs_round_trips_and_orders_change()
    {
        var view = Fixtures.Cluster(3);
        string Render(string first, string second, double milliseconds)
        {
            var snapshot = SnapshotBuilder.By(view, first, second, "PTR b.example a.example");
            return TextReport.Render(snapshot with
            {
                Servers = [.. snapshot.Servers.Select(server => server with
                {
                    Observations = [.. server.Observations.Select(observation =>
                        observation with { RoundTrip = TimeSpan.FromMilliseconds(milliseconds) })],
                })],
            });
        }

        Assert.Equal(
            Render("A 10.244.2.9 10.244.2.10 ttl 12", "all NXDOMAIN ttl 30", 0.3),
            Render("A 10.244.2.10 10.244.2.9 ttl 3", "all NXDOMAIN ttl 7", 17));
    }

    [Fact]
    public void The_text_of_a_gate_that_is_filling_its_window_does_not_count_aloud()
    {
        var view = Fixtures.Cluster(2);
        var snapshot = SnapshotBuilder.By(Fixtures.Listing(view), Fixtures.AnswersOf(view, "right", "right"), opens: false);
        Assert.Equal(
            TextReport.Render(snapshot),
            TextReport.Render(snapshot with { State = new SettleProgress(17, TimeSpan.FromSeconds(3), false) }));
    }

    [Fact]
    public void A_gate_that_opens_while_a_server_answers_with_TTL_0_counts_that_server_as_heard()
    {
        var snapshot = SnapshotBuilder.By(Fixtures.Cluster(3), "right", "right", "A 10.244.1.7 ttl 0") with
        {
            Status = GateStatus.Open,
            Reason = Reason.Agrees,
        };
        Assert.EndsWith(" at all 3 DNS servers", TextReport.Headline(snapshot), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_outside_the_cluster_speaks_of_the_name_there()
    {
        var text = TextReport.Render(SnapshotBuilder.By(Fixtures.Listing(Fixtures.Cluster(1), Fixtures.External()), question =>
            FakeAnswers.By(question.Step.Stage == Stage.External ? "A 10.9.9.9" : "right").To(question)));
        Assert.Contains(
            "192.0.2.1:53 (external)   stale-address    A 10.9.9.9, expected 10.244.1.7, for zk-0.example.com\n",
            text, StringComparison.Ordinal);
    }

    [Fact]
    public void Hundreds_of_records_are_shortened()
    {
        var many = string.Join(' ', Enumerable.Range(1, 200).Select(number => $"10.9.0.{number}"));
        Assert.Contains("10.9.0.8 and 192 more, expected",
            TextReport.Render(SnapshotBuilder.By(Fixtures.Cluster(1), $"A {many}")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_gate_gives_no_advice_and_a_closed_one_each_reason_once()
    {
        Assert.Empty(TextReport.Advice(SnapshotBuilder.By(Fixtures.Cluster(2), "right", "right")));
        var advice = TextReport.Advice(SnapshotBuilder.By(Fixtures.Cluster(3), "A 10.244.2.9", "all NXDOMAIN", "A 10.244.2.9")).ToList();
        Assert.Equal(["name-missing", "stale-address"], advice.Select(line => line.Split(':')[0]));
    }

    [Fact]
    public void A_hostile_name_prints_as_DDD()
    {
        var text = TextReport.Render(SnapshotBuilder.Hostile());
        Assert.Contains(@"\027[2J\""'\010\013\000\127\255<\032\..com", text, StringComparison.Ordinal);
        Assert.All(text, character => Assert.True(character is '\n' or >= ' ' and <= '~'));
    }

    [Theory]
    [InlineData("abc é", "abc é")]
    [InlineData("\u001b]0;x\u0007", @"\027]0;x\007")]
    [InlineData("a\r\nb\tc\0", @"a\013\010b\009c\000")]
    [InlineData("\u200Eleft\u202E", @"\8206left\8238")]
    [InlineData("\u2028", @"\8232")]
    public void What_does_not_print_is_replaced(string text, string printable) => Assert.Equal(printable, Printable.Escape(text));

    /// <summary>What agreement does not prove stands in the first line.</summary>
    [Theory]
    [InlineData(Coverage.Complete, true, " at the only DNS server")]
    [InlineData(Coverage.Static, true, " at the only DNS server")]
    [InlineData(Coverage.Sampled, true, " at 1 DNS server (sampled: may have missed a server)")]
    [InlineData(Coverage.NodeService, true, " at 1 DNS server (node-service: other nodes' servers cannot be asked)")]
    [InlineData(Coverage.Intercepted, true, " at 1 DNS server (intercepted: one proxy answers for every server)")]
    [InlineData(Coverage.Sampled, false, "closed: 1 DNS server agrees on 10.244.1.7 (sampled: may have missed a server); "
        + "confirming (3 rounds, 5s)")]
    internal void The_first_line_of_an_agreement_says_what_it_does_not_prove(Coverage coverage, bool opens, string words)
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(1)) with { Coverage = coverage };
        Assert.EndsWith(
            words, TextReport.Headline(SnapshotBuilder.By(listing, FakeAnswers.By("right").To, opens)), StringComparison.Ordinal);
        // What is wrong is wrong at any coverage.
        Assert.EndsWith(
            " DNS server disagrees: stale-address at 10.244.0.1:53",
            TextReport.Headline(SnapshotBuilder.By(listing, FakeAnswers.By("A 10.244.2.9").To)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("right", true)]
    [InlineData("all SILENCE", false)]
    public void A_Service_without_endpoints_is_explained_where_its_address_answers(string says, bool isExplained)
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(1)) with
        {
            Coverage = Coverage.NodeService,
            Sources = [new SourceReport("resolv.conf", Serves: true, null) { Coverage = Coverage.Sampled }],
        };
        var text = TextReport.Render(SnapshotBuilder.By(listing, FakeAnswers.By(says).To));
        Assert.Contains("\n  coverage: node-service, from resolv.conf", text, StringComparison.Ordinal);
        Assert.Equal(
            isExplained,
            text.Contains(
                "; the cluster's DNS runs on the node or in the cloud; only this node's server can be asked\n", StringComparison.Ordinal));
    }

    [Fact]
    public void An_interception_is_told_of_an_open_gate_too()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(2)) with { Coverage = Coverage.Intercepted };
        var text = TextReport.Render(SnapshotBuilder.By(listing, FakeAnswers.By("right").To));
        Assert.StartsWith("open: ", text, StringComparison.Ordinal);
        Assert.Contains("\n  dns-intercepted: ", text, StringComparison.Ordinal);
        Assert.Contains("ambient.istio.io/dns-capture: \"false\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("agrees: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_coverage_that_is_required_and_missing_is_named()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(1)) with { Coverage = Coverage.Sampled, LacksCoverage = true };
        var snapshot = SnapshotBuilder.By(listing, FakeAnswers.By("right").To);
        Assert.Equal((GateStatus.Closed, Reason.DiscoveryFailed), (snapshot.Status, snapshot.Reason));
        Assert.Equal("closed: the coverage is sampled, and --coverage complete is set", TextReport.Headline(snapshot));
    }

    [Fact]
    public void A_server_of_the_API_is_shown_with_its_pod_and_node()
    {
        var view = Fixtures.Cluster(2);
        var endpoint = new KubeEndpoint("coredns-7c65d-abcde", "node-3", HasHints: false);
        view = view with { Servers = [view.Servers[0] with { Endpoint = endpoint }, view.Servers[1]] };
        var snapshot = SnapshotBuilder.By(view, "A 10.244.2.9", "A 10.244.2.9");
        Assert.Contains(
            "\n  coredns-7c65d-abcde on node-3 (10.244.0.1:53)   stale-address", TextReport.Render(snapshot), StringComparison.Ordinal);
        Assert.Contains(
            "cluster coredns-7c65d-abcde on node-3 (10.244.0.1:53) 10.244.0.2:53",
            ListingReport.Summary(snapshot.Listing!), StringComparison.Ordinal);
        // Last in a table: the verdict is not cut off by a narrow terminal.
        var rows = TableReport.Render(snapshot, paint: false, 200).Split('\n');
        Assert.EndsWith("  POD", rows.Single(row => row.StartsWith("SERVER ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.EndsWith(
            "  coredns-7c65d-abcde on node-3",
            rows.Single(row => row.StartsWith("10.244.0.1:53 ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(
            "<p class=\"soft\">coredns-7c65d-abcde on node-3</p>",
            PageReport.Render(snapshot, new PageFacts("dnsgate 0", IsStopping: false)), StringComparison.Ordinal);
        Assert.Equal("coredns-a (10.244.0.1:53)", (view.Servers[0] with { Endpoint = new("coredns-a", null, false) }).DisplayName);
    }
}
