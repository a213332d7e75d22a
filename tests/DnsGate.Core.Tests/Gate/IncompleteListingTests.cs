using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Rules;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Gate;

/// <summary>A source that the user asked for and that gives nobody: the gate does not open without it, whatever the others say.</summary>
public sealed class IncompleteListingTests
{
    private const string Failing = "headless:name-servers.kube-system.svc.cluster.local";

    [Theory]
    [InlineData("all right", "right", "discovery-failed", VerdictKind.Disagrees)]
    [InlineData("all right with TTL 0", "A 10.244.1.7 ttl 0", "discovery-failed", VerdictKind.Disagrees)]
    [InlineData("stale: that says more", "A 10.244.2.9", "stale-address", VerdictKind.Disagrees)]
    [InlineData("silent", "all SILENCE", "timed-out", VerdictKind.Undecidable)]
    internal void Beside_servers_that_the_user_named_which_are(string sentence, string says, string reason, VerdictKind kind)
    {
        var verdict = Fixtures.Round(
            Incomplete(DiscoveryFault.Unreachable, Fixtures.Cluster(2)), question => FakeAnswers.By(says).To(question));
        Assert.Equal((sentence, reason, kind), (sentence, verdict.Reason.Name(), verdict.Kind));
    }

    [Theory]
    [InlineData(DiscoveryFault.Unreachable, "discovery-failed")]
    [InlineData(DiscoveryFault.NotFound, "discovery-failed")]
    [InlineData(DiscoveryFault.Absent, "discovery-failed")]
    [InlineData(DiscoveryFault.Forbidden, "discovery-failed")]
    [InlineData(DiscoveryFault.Unauthorized, "discovery-failed")]
    [InlineData(DiscoveryFault.Empty, "no-servers")]
    internal void Alone_it_leaves_nobody_to_ask_and_nothing_is_known(DiscoveryFault fault, string reason)
    {
        var verdict = Fixtures.Round(
            Incomplete(fault, Fixtures.Cluster(0)), question => throw new InvalidOperationException($"{question} is asked"));
        Assert.Equal((reason, VerdictKind.Undecidable), (verdict.Reason.Name(), verdict.Kind));
        Assert.Empty(verdict.Servers);
    }

    [Fact]
    public void Nobody_in_the_list_of_auto_is_no_servers_and_not_a_failure_of_any_one_source()
    {
        var listing = Incomplete(DiscoveryFault.Unreachable, Fixtures.Cluster(0)) with { IsIncomplete = false };
        Assert.Equal(
            (Reason.NoServers, VerdictKind.Undecidable),
            Fixtures.Round(listing, _ => throw new InvalidOperationException()) is var verdict ? (verdict.Reason, verdict.Kind) : default);
    }

    [Fact]
    public void An_external_view_whose_servers_were_not_found_closes_the_gate_and_the_other_views_are_asked_all_the_same()
    {
        var lost = Fixtures.External(0) with { Servers = [], IsAuthoritative = true };
        var verdict = Fixtures.Round(Incomplete(DiscoveryFault.Unreachable, Fixtures.Cluster(2), lost, Fixtures.External(1)), question =>
            FakeAnswers.By("right").To(question));
        Assert.Equal((Reason.DiscoveryFailed, VerdictKind.Disagrees), (verdict.Reason, verdict.Kind));
        Assert.Equal([ViewKind.Cluster, ViewKind.Cluster, ViewKind.External], verdict.Servers.Select(server => server.View.Kind));
    }

    [Fact]
    public void It_never_opens_however_long_the_others_agree_and_opens_once_it_is_listed()
    {
        var time = new ManualTime();
        var closed = new Replay(time, Incomplete(DiscoveryFault.NotFound, Fixtures.Cluster(3)), (question, _) =>
            FakeAnswers.By("right").To(question)).Until(600);
        Assert.Null(closed.OpenedAt);
        Assert.Equal("closed discovery-failed", closed.ToString());
        var open =
            new Replay(time, Fixtures.Listing(Fixtures.Cluster(3)), (question, _) => FakeAnswers.By("right").To(question)).Until(610);
        Assert.NotNull(open.OpenedAt);
    }

    [Fact]
    public void A_source_that_fails_and_serves_its_last_list_makes_no_list_incomplete()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(2)) with
        {
            Sources = [new SourceReport(Failing, Serves: true, new DiscoveryProblem(DiscoveryFault.Unreachable, "is silent"))],
            Age = TimeSpan.FromSeconds(59),
        };
        Assert.Equal(Reason.Agrees, Fixtures.Round(listing, question => FakeAnswers.By("right").To(question)).Reason);
    }

    [Theory]
    [InlineData("the same list, taken now", 0d, null)]
    [InlineData("the same list of a minute ago", 60d, null)]
    [InlineData("the same list of more than a minute ago", 60.1, Reason.DiscoveryFailed)]
    [InlineData("no usable list", null, Reason.DiscoveryFailed)]
    internal void A_list_too_old_does_not_open_the_gate(string sentence, double? age, Reason? objection)
    {
        var asked = Fixtures.Listing(Fixtures.Cluster(2));
        Assert.Equal(
            (sentence, objection),
            (sentence, OpeningRule.ObjectionTo(asked, asked with { Age = age is { } seconds ? TimeSpan.FromSeconds(seconds) : null })));
    }

    [Fact]
    public void One_server_more_than_were_asked_does_not_open_the_gate_however_the_list_was_found()
    {
        Assert.Equal(
            Reason.ServersChanged, OpeningRule.ObjectionTo(Fixtures.Listing(Fixtures.Cluster(2)), Fixtures.Listing(Fixtures.Cluster(3))));
        Assert.Equal(
            Reason.ServersChanged, OpeningRule.ObjectionTo(Fixtures.Listing(Fixtures.Cluster(3)), Fixtures.Listing(Fixtures.Cluster(2))));
        var found = Fixtures.Cluster(2) with
        {
            Servers = [.. Fixtures.Cluster(2).Servers.Select(server => server with { Source = Failing })],
        };
        Assert.Null(OpeningRule.ObjectionTo(Fixtures.Listing(Fixtures.Cluster(2)), Fixtures.Listing(found)));
    }

    [Theory]
    [InlineData(true, Reason.DiscoveryFailed)]
    [InlineData(false, null)]
    internal void A_provisional_list_opens_no_gate_that_has_one_round(bool isOneRound, Reason? objection)
    {
        var listing = Provisional(Fixtures.Cluster(2));
        Assert.Equal(objection, OpeningRule.ObjectionTo(listing, listing, isOneRound));
    }

    /// <summary>
    /// Row 26 of docs/scenarios.md: an API server that is slow leaves a sample, which <c>check</c> may show and never opens on.
    /// </summary>
    [Theory]
    [InlineData("right", GateStatus.Undecidable, Reason.DiscoveryFailed, 3)]
    [InlineData("A 10.244.2.9", GateStatus.Closed, Reason.StaleAddress, 1)]
    [InlineData("all SILENCE", GateStatus.Undecidable, Reason.TimedOut, 3)]
    internal void One_round_over_a_provisional_list_is_undecidable_where_all_agree(string says, GateStatus status, Reason reason, int code)
    {
        var replay = new Replay(new ManualTime(), Provisional(Fixtures.Cluster(1)), (question, _) => FakeAnswers.By(says).To(question))
        {
            Stop = StopRule.AfterOneRound,
            Rule = SettleRule.OneRound,
        }.Until(10);
        Assert.Equal((status, reason, code), (replay.Last!.Status, replay.Last.Reason, replay.Last.ExitCode));
    }

    [Fact]
    public void A_gate_that_waits_opens_on_a_provisional_list()
    {
        var replay = new Replay(new ManualTime(), Provisional(Fixtures.Cluster(1)), (question, _) => FakeAnswers.By("right").To(question))
            .Until(20);
        Assert.NotNull(replay.OpenedAt);
    }

    /// <summary>
    /// The source itself says that its servers are gone, as after NodeNotReady: the last list stays in use and nothing opens.
    /// </summary>
    [Fact]
    public void Nothing_opens_while_a_list_is_withdrawn_and_the_gate_opens_at_once_when_it_is_back()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(2));
        var replay = new Replay(
            new ManualTime(),
            now => now.TotalSeconds is > 2 and < 40 ? listing with { Age = null } : listing,
            (question, _) => FakeAnswers.By("right").To(question)).Until(60);
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, 40, 42);
        Assert.Contains(replay.Published, snapshot => snapshot is { Status: GateStatus.Closed, Reason: Reason.DiscoveryFailed });
    }

    [Theory]
    [InlineData(StopRule.WhenOpen)]
    [InlineData(StopRule.AfterOneRound)]
    internal void A_coverage_that_turns_out_to_be_less_than_required_during_the_round_does_not_open_the_gate(StopRule stop)
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(2));
        var lists = 0;
        var replay = new Replay(
            new ManualTime(),
            _ => lists++ == 0 ? listing : listing with { Coverage = Coverage.Intercepted, LacksCoverage = true },
            (question, _) => FakeAnswers.By("right").To(question))
        {
            Stop = stop,
            Rule = stop == StopRule.AfterOneRound ? SettleRule.OneRound : Replay.Defaults,
        }.Until(30);
        Assert.Null(replay.OpenedAt);
        Assert.Equal("closed discovery-failed", replay.ToString());
        Assert.Contains(replay.Last!.Diagnoses, diagnosis => diagnosis.Name == Diagnosis.DnsIntercepted);
    }

    [Fact]
    public void An_interception_that_is_found_during_the_only_round_is_told_in_its_verdict()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(2));
        var lists = 0;
        var replay = new Replay(
            new ManualTime(),
            _ => lists++ == 0 ? listing : listing with { Coverage = Coverage.Intercepted },
            (question, _) => FakeAnswers.By("A 10.244.2.9").To(question))
        {
            Stop = StopRule.AfterOneRound,
            Rule = SettleRule.OneRound,
        }.Until(10);
        Assert.Equal((GateStatus.Closed, Coverage.Intercepted), (replay.Last!.Status, replay.Last.Coverage));
        Assert.Contains(replay.Last.Diagnoses, diagnosis => diagnosis.Name == Diagnosis.DnsIntercepted);
    }

    private static Listing Provisional(params View[] views) => new([.. views], Coverage.Sampled)
    {
        Sources =
        [
            new SourceReport(Failing, Serves: false, new DiscoveryProblem(DiscoveryFault.Unreachable, "is slow")),
            new SourceReport("resolv.conf", Serves: true, null),
        ],
    };

    private static Listing Incomplete(DiscoveryFault fault, params View[] views) => new([.. views], Coverage.Static)
    {
        IsIncomplete = true,
        Sources = [new SourceReport(Failing, Serves: false, new DiscoveryProblem(fault, "cannot be listed"))],
    };
}
