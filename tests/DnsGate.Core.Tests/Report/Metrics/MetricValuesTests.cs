using DnsGate.Core.Model;
using DnsGate.Core.Report.Metrics;
using DnsGate.Core.Tests.Rules;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGate.Core.Tests.Report.Metrics;

public sealed class MetricValuesTests
{
    [Theory]
    [InlineData("all servers right", "all", "agrees agrees", true)]
    [InlineData("one is wrong", "all", "agrees stale-address", false)]
    [InlineData("one is wrong, whatever is required", "1", "agrees refused", false)]
    [InlineData("one is silent", "all", "agrees timed-out", false)]
    [InlineData("one is silent and excused", "1", "agrees timed-out", true)]
    [InlineData("one is right with TTL 0", "all", "agrees ttl-zero", true)]
    [InlineData("one that is not required is wrong", "all", "agrees stale-address*", true)]
    [InlineData("none is required", "all", "agrees*", false)]
    [InlineData("none is listed", "all", "", false)]
    public void A_view_agrees_as_the_round_decides(string sentence, string quorum, string reasons, bool agrees) =>
        Assert.Equal(
            (sentence, agrees), (sentence, MetricValues.Agrees(Snapshot(View(ViewKind.Cluster, 0, quorum, reasons)), ViewKind.Cluster)));

    [Fact]
    public void Nothing_agrees_before_the_first_round_or_where_it_did_not_come()
    {
        Assert.False(MetricValues.Agrees(GateSnapshot.Disabled("test"), ViewKind.Cluster));
        var (cluster, app) = (View(ViewKind.Cluster, 0, "all", "stale-address"), View(ViewKind.App, 0, "1", "agrees"));
        var seen = Snapshot(cluster, app) with { Servers = [.. cluster.Servers] };

        Assert.False(MetricValues.Agrees(seen, ViewKind.App));
        Assert.Equal("0 1 0 0 0 0", string.Join(' ', MetricValues.Servers(seen, ViewKind.Cluster)));
        Assert.Equal("0 0 0 0 0 1", string.Join(' ', MetricValues.Servers(seen, ViewKind.App)));
    }

    [Theory]
    [InlineData("agrees", true)]
    [InlineData("stale-address", false)]
    public void An_app_view_that_is_not_in_the_list_is_as_the_cluster_view(string reasons, bool agrees) =>
        Assert.Equal(agrees, MetricValues.Agrees(Snapshot(View(ViewKind.Cluster, 0, "all", reasons)), ViewKind.App));

    [Fact]
    public void A_source_that_gave_nothing_is_against_the_cluster_view_unless_another_view_is_empty_for_it()
    {
        var (cluster, external) = (View(ViewKind.Cluster, 0, "all", "agrees"), View(ViewKind.External, 0, "1", ""));
        var lone = Snapshot(cluster);
        var both = Snapshot(cluster, external);

        Assert.False(MetricValues.Agrees(lone with { Listing = lone.Listing! with { IsIncomplete = true } }, ViewKind.Cluster));
        Assert.True(MetricValues.Agrees(both with { Listing = both.Listing! with { IsIncomplete = true } }, ViewKind.Cluster));
        Assert.False(MetricValues.Agrees(both, ViewKind.External));
    }

    [Fact]
    public void External_views_are_one_that_agrees_when_all_do_and_has_the_servers_of_all()
    {
        var seen = Snapshot(
            View(ViewKind.External, 0, "1", "agrees timed-out"), View(ViewKind.External, 1, "1", "agrees stale-address ttl-zero refused*"));

        Assert.False(MetricValues.Agrees(seen, ViewKind.External));
        Assert.Equal("2 1 1 1 1 0", string.Join(' ', MetricValues.Servers(seen, ViewKind.External)));
    }

    /// <summary>What DnsGateDrift stands on: where a round does not agree, some view is told not to, and nowhere else.</summary>
    [Fact]
    public void All_views_agree_exactly_where_the_round_does()
    {
        var says = Gen.Frequency(
            (8, Gen.Constant("right")),
            (2, Gen.Elements("A 10.244.2.9", "all SILENCE", "A 10.244.1.7 ttl 0", "PTR NXDOMAIN", "all SERVFAIL")));
        var rounds =
            from cluster in says.ArrayOf(2)
            from app in says
            from externals in says.ArrayOf(2)
            from quorum in Gen.Elements(Quorum.All, Quorum.One)
            from isIncomplete in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
            select (cluster, app, externals, quorum, isIncomplete);
        Prop.ForAll(rounds.ToArbitrary(), given =>
        {
            View[] views = [Fixtures.Cluster(2) with { Quorum = given.quorum }, Fixtures.App(), Fixtures.External(0), Fixtures.External(1)];
            string[] told = [.. given.cluster, given.app, .. given.externals];
            var servers = views.SelectMany(view => view.Servers.Select(server => (view.Key, server.Address)))
                .Zip(told)
                .ToDictionary(pair => pair.First, pair => FakeAnswers.By(pair.Second));
            var listing = Fixtures.Listing(views) with { IsIncomplete = given.isIncomplete };
            var verdict = Fixtures.Round(listing, question => servers[(question.Step.View, question.Server)].To(question));
            var snapshot = new GateSnapshot
            {
                Status = GateStatus.Closed,
                Reason = verdict.Reason,
                Listing = listing,
                Servers = verdict.Servers,
                Round = verdict.Kind,
            };

            return Enum.GetValues<ViewKind>().All(kind => MetricValues.Agrees(snapshot, kind))
                == (verdict.Kind is VerdictKind.Agrees or VerdictKind.Neutral)
                && Enum.GetValues<ViewKind>().Sum(kind => MetricValues.Servers(snapshot, kind).Sum()) == 5;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_states_have_names() => Assert.Equal(
        ["agrees", "disagrees", "silent", "unsettled", "not-required", "not-asked"],
        Enum.GetValues<ServerState>().Select(state => state.Name()));

    [Theory]
    [InlineData("first sight is no change", "agrees", 0)]
    [InlineData("ceasing to agree is one, beginning again another", "agrees; stale-address; agrees", 2)]
    [InlineData("another wrong answer is none", "agrees; stale-address; no-address", 1)]
    [InlineData("silence is one, a wrong answer after it none", "agrees; timed-out; refused", 1)]
    [InlineData("TTL 0 is none", "agrees; ttl-zero; agrees; ttl-zero; stale-address", 1)]
    [InlineData("one that is not required does not count", "agrees; stale-address*; agrees", 0)]
    [InlineData("one that has left is new when it comes again", "agrees; ; stale-address", 0)]
    [InlineData("one that a round does not come to goes on as it was", "agrees; -; stale-address", 1)]
    public void Changes_of_agreement(string sentence, string rounds, int changes)
    {
        var memory = new AgreementMemory();
        var counted = 0;
        foreach (var round in rounds.Split(';', StringSplitOptions.TrimEntries))
        {
            var seen = Snapshot(View(ViewKind.App, 0, "1", round == "-" ? "agrees" : round));
            counted += memory.Learn(round == "-" ? seen with { Servers = [] } : seen)[(int)ViewKind.App];
        }

        Assert.Equal((sentence, changes), (sentence, counted));
    }

    private static (View View, ServerVerdict[] Servers) View(ViewKind kind, int number, string quorum, string reasons)
    {
        Server[] servers = [.. reasons.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((word, index) =>
            new Server(Fixtures.S(index + 1), "static")
            {
                Condition = word.EndsWith('*') ? EndpointCondition.Terminating : EndpointCondition.Serving,
            })];
        var view = Fixtures.Cluster(0) with
        {
            Key = new ViewKey(kind, number),
            Servers = [.. servers],
            Quorum = quorum == "all" ? Quorum.All : Quorum.One,
        };
        var judgements = reasons.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => new Judgement(Enum.GetValues<Reason>().Single(reason => reason.Name() == word.TrimEnd('*')), ""));
        return (view, [.. servers.Zip(judgements, (server, judgement) => new ServerVerdict(server, view, judgement, []))]);
    }

    private static GateSnapshot Snapshot(params (View View, ServerVerdict[] Servers)[] views) => new()
    {
        Status = GateStatus.Closed,
        Reason = Reason.StaleAddress,
        Listing = Fixtures.Listing([.. views.Select(view => view.View)]),
        Servers = [.. views.SelectMany(view => view.Servers)],
    };
}
