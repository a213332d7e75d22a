using DnsGate.Core.Dns;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Report.Metrics;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.Core.Tests.Gate;

/// <summary>A gate that was open before the sidecar restarted: open at once, and then watched as an open gate is.</summary>
public sealed class ResumeTests
{
    private static readonly Listing Both = Fixtures.Listing(Fixtures.Cluster(2));
    private static readonly TimeSpan OpenFor = TimeSpan.FromMinutes(20);

    [Fact]
    public void It_publishes_that_it_is_open_before_it_lists_or_asks()
    {
        var plan = new GatePlan(StopRule.Never, Replay.Defaults, null, TimeSpan.FromSeconds(1),
            TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), Quorum.MoreThanHalf);
        var machine = new GateMachine(plan, new Identity(Fixtures.Name, "--name", Fixtures.Ips(Fixtures.Own), "--ip"), () => 0, OpenFor);
        Assert.True(machine.SnapshotAt(TimeSpan.Zero).IsOpen);

        var published = Assert.IsType<GateStep.Publish>(machine.Next(TimeSpan.FromMilliseconds(2))).Snapshot;

        Assert.Equal(
            (GateStatus.Open, Reason.Agrees, true, null), (published.Status, published.Reason, published.IsResumed, published.Round));
        Assert.Equal((Replay.Defaults, Quorum.MoreThanHalf, true), (published.Rule, published.Quorum, published.State.IsSettled));
        Assert.Equal([new Interval<GateStatus>(-OpenFor, GateStatus.Open)], published.History.Gate);
        Assert.Null(published.History.LastRound);
        Assert.Equal(
            "open: resumed after a restart; no DNS server has been asked since\n",
            TextReport.Render(published));
        Assert.IsType<GateStep.List>(machine.Next(TimeSpan.FromMilliseconds(2)));
    }

    [Fact]
    public void Its_first_round_follows_at_once_and_the_next_at_the_pace_of_an_open_gate()
    {
        var replay = Resumed(Both, (question, _) => FakeAnswers.By("right").To(question)).Until(70);
        Assert.Equal([1, 3], new[] { replay.Published.Count(snapshot => snapshot.Round is null), replay.Published.Count });
        Assert.All(replay.Published, snapshot => Assert.Equal((GateStatus.Open, true), (snapshot.Status, snapshot.IsResumed)));
        Assert.InRange(replay.Published[1].Now.TotalSeconds, 0, 0.1);
        Assert.InRange(replay.Published[2].Now.TotalSeconds, 60, 67);
        Assert.All(replay.Asked, asked =>
            Assert.True(asked.Question is { Partition: CachePartition.CdDo, Step.Stage: Stage.Watch }, asked.Question.ToString()));
        Assert.Equal([(false, true)], replay.Lists.Select(list => (list.Step.ForceRefresh, list.Step.IsReported)));
        Assert.Equal([new Interval<GateStatus>(-OpenFor, GateStatus.Open)], replay.Last!.History.Gate);
        Assert.Equal($"open: {Fixtures.Name} is {Fixtures.Own} at all 2 DNS servers\n", TextReport.Render(replay.Last));
    }

    [Theory]
    [InlineData("wrong", "A 10.244.2.9 ttl 0", Reason.StaleAddress,
        "drifting: 1 of 2 DNS servers no longer agrees: stale-address at 10.244.0.2:53")]
    [InlineData("silent", "all SILENCE", Reason.TimedOut, "drifting: 1 of 2 DNS servers no longer answers: timed-out at 10.244.0.2:53")]
    internal void Its_first_round_reports_drift(string sentence, string says, Reason reason, string headline)
    {
        var replay =
            Resumed(Both, (question, _) => FakeAnswers.By(question.Server == Fixtures.S(2) ? says : "right").To(question)).Until(10);
        Assert.Equal((sentence, 2), (sentence, replay.Published.Count));
        Assert.Equal((GateStatus.Drifting, reason), (replay.Last!.Status, replay.Last.Reason));
        // Silence is asked again twice before it is told.
        Assert.InRange(replay.Last.Now.TotalSeconds, 0, 4);
        Assert.Equal(headline, TextReport.Headline(replay.Last));
    }

    [Fact]
    public void Without_a_server_it_drifts_and_stays_open()
    {
        var replay = Resumed(Fixtures.Listing(Fixtures.Cluster(0)), (question, _) => FakeAnswers.By("right").To(question)).Until(200);
        Assert.All(replay.Published, snapshot => Assert.True(snapshot.IsOpen));
        Assert.Equal((GateStatus.Drifting, Reason.NoServers), (replay.Last!.Status, replay.Last.Reason));
    }

    [Fact]
    public void With_a_watch_interval_of_0_it_lists_and_asks_nothing()
    {
        var replay = new Replay(new ManualTime(), Both, (question, _) => FakeAnswers.By("right").To(question))
        {
            Stop = StopRule.Never,
            OpenFor = OpenFor,
        }.Until(1000);
        Assert.Equal((1, 0, 0), (replay.Published.Count, replay.Lists.Count, replay.Asked.Count));
    }

    [Fact]
    public void Servers_outside_the_cluster_are_not_asked_and_count_as_when_the_gate_opened()
    {
        var everywhere = Fixtures.Listing(Fixtures.Cluster(2), Fixtures.App(), Fixtures.External());
        var replay = Resumed(everywhere, (question, _) =>
            FakeAnswers.By(question.Step.View.Kind == ViewKind.App ? "A 10.244.2.9 ttl 0" : "right").To(question)).Until(10);
        Assert.DoesNotContain(replay.Asked, asked => asked.Question.Step.View.Kind == ViewKind.External);
        Assert.Equal([true, true, true], Enum.GetValues<ViewKind>().Select(kind => MetricValues.Agrees(replay.Published[0], kind)));
        Assert.Equal(
            [true, false, true],
            new[] { ViewKind.Cluster, ViewKind.App, ViewKind.External }.Select(kind => MetricValues.Agrees(replay.Last!, kind)));
    }

    private static Replay Resumed(Listing listing, Func<Question, TimeSpan, Outcome> answer) =>
        new(new ManualTime(), listing, answer) { Stop = StopRule.Never, WatchInterval = TimeSpan.FromSeconds(60), OpenFor = OpenFor };
}
