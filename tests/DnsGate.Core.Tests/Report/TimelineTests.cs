using DnsGate.Core.Judge;
using DnsGate.Core.Report;
using DnsGate.Core.Servers;
using DnsGate.Core.Tests.Judge;

namespace DnsGate.Core.Tests.Report;

/// <summary>What is remembered of the last hour, and how little of it a server can make.</summary>
public sealed class TimelineTests
{
    private const string Stale = "A 10.244.2.9";

    [Fact]
    public void A_round_that_changes_nothing_adds_nothing()
    {
        var timeline = After((1, By("right", Stale)), (2, By("right", Stale)), (3, By("right", Stale)));
        Assert.Equal(["1 stale-address"], Of(timeline, 2));
        Assert.Equal([new Stretch<GateStanding>(Second(1), new GateStanding(GateStatus.Closed, false))], timeline.Gate);
        Assert.Equal(Second(1), timeline.ReasonsSince);
    }

    [Fact]
    public void Each_change_begins_a_stretch_of_that_server_alone()
    {
        var timeline = After((1, By("right", Stale)), (5, By("all SILENCE", Stale)), (9, By("right", "right")));
        Assert.Equal(["1 agrees", "5 timed-out", "9 agrees"], Of(timeline, 1));
        Assert.Equal(["1 stale-address", "9 agrees"], Of(timeline, 2));
        Assert.Equal([GateStatus.Closed, GateStatus.Open], timeline.Gate.Select(stretch => stretch.Value.Status));
        Assert.Equal(Second(9), timeline.ReasonsSince);
    }

    [Fact]
    public void Other_records_with_the_same_reason_are_a_change_but_no_other_reason()
    {
        var last = By(Stale, "right");
        var timeline = After((1, By("A 10.244.2.10", "right")), (5, last));
        Assert.Equal(["1 stale-address", "5 stale-address"], Of(timeline, 1));
        Assert.Equal(Second(5), timeline.SinceOf(last.Servers[0]));
        Assert.Equal(Second(1), timeline.ReasonsSince);
        Assert.Equal(Second(6), timeline.UnchangedFor(VerdictOf(By("A 10.244.2.11", "right")), Second(7)));
        Assert.Equal(TimeSpan.Zero, timeline.UnchangedFor(VerdictOf(By("right", "right")), Second(7)));
        Assert.Equal(TimeSpan.Zero, timeline.UnchangedFor(VerdictOf(By("A 10.244.2.11", "right", "right")), Second(7)));
    }

    [Fact]
    public void A_moment_tells_how_long_a_server_has_been_saying_what_it_says()
    {
        var last = By("right", Stale);
        Assert.Equal(Second(7), new Moment(last, After((1, By("right", "right")), (3, last)), Second(10)).SinceOf(last.Servers[1]));
        Assert.Equal(TimeSpan.Zero, new Moment(last, Timeline.Empty, Second(10)).SinceOf(last.Servers[1]));
    }

    [Fact]
    public void Drift_and_its_end_are_changes_of_the_gate()
    {
        var open = By("right");
        var timeline = After((1, open), (60, open with { IsDrifting = true }), (120, open));
        Assert.Equal([(GateStatus.Open, false), (GateStatus.Open, true), (GateStatus.Open, false)], timeline.Gate.Select(stretch => (stretch.Value.Status, stretch.Value.IsDrifting)));
    }

    [Fact]
    public void A_server_that_the_round_did_not_reach_goes_on_as_it_was()
    {
        var listing = Given.Listing(Given.Cluster(1), Given.App());
        var timeline = Timeline.Empty.After(Seen.By(listing, Told.By("right").To), Second(1)).After(Seen.By(listing, Told.By(Stale).To), Second(2));
        Assert.Equal(["1 agrees"], Words(timeline.Servers.Single(server => server.View.Kind == ViewKind.App)));
    }

    [Fact]
    public void A_server_that_leaves_the_list_and_comes_back_was_not_listed_in_between()
    {
        var timeline = After((1, By("right", "right")), (5, By("right")), (6, By("right")), (9, By("right", Stale)));
        Assert.Equal(["1 agrees", "5 not listed", "9 stale-address"], Of(timeline, 2));
    }

    [Fact]
    public void A_server_that_left_is_forgotten_after_the_hour()
    {
        var gone = After((1, By("right", "right")), (5, By("right")));
        Assert.Equal(2, gone.After(By("right"), Second(3604)).Servers.Count);
        Assert.Single(gone.After(By("right"), Second(3605)).Servers);
    }

    [Fact]
    public void Of_those_that_left_the_last_hundred_are_remembered()
    {
        var timeline = Timeline.Empty;
        for (var number = 0; number < 300; number++)
        {
            var view = Given.Cluster(0) with { Servers = [new Server(new ServerAddress(Given.S(1).Address, 1000 + number), "static")] };
            timeline = timeline.After(Seen.By(view, "right"), Second(number));
        }

        Assert.Equal(Enumerable.Range(1199, 101), timeline.Servers.Select(server => server.Server.Port).Order());
    }

    [Fact]
    public void Without_a_list_nobody_has_left() =>
        Assert.Equal(2, After((1, By("right", "right")), (5, Snapshot.Starting(PageScenes.Identity))).Servers.Count);

    [Fact]
    public void What_ended_before_the_hour_is_forgotten_when_something_new_is_told()
    {
        var timeline = After((0, By("right")), (10, By(Stale)), (20, By("right")), (3615, By(Stale)));
        Assert.Equal(["10 stale-address", "20 agrees", "3615 stale-address"], Of(timeline, 1));
        Assert.Equal(["20 agrees", "3615 stale-address", "3620 agrees"], Of(timeline.After(By("right"), Second(3620)), 1));
        Assert.Equal(["20 agrees", "36000 timed-out"], Of(After((0, By(Stale)), (20, By("right")), (36000, By("all SILENCE"))), 1));
    }

    [Fact]
    public void A_server_that_flaps_each_second_keeps_its_newest_stretches()
    {
        var timeline = Timeline.Empty;
        for (var second = 0; second < 1000; second++)
        {
            timeline = timeline.After(By(second % 2 == 0 ? "right" : Stale, "right"), Second(second));
        }

        Assert.Equal(Timeline.MostStretches, Of(timeline, 1).Length);
        Assert.Equal("999 stale-address", Of(timeline, 1)[^1]);
        Assert.Equal(Timeline.MostStretches, timeline.Gate.Length);
        Assert.Equal(["0 agrees"], Of(timeline, 2));
    }

    [Fact]
    public void Of_long_answers_only_the_beginning_is_kept_and_what_differs_behind_it_is_no_change()
    {
        string Names(string last) => $"PTR {string.Join(' ', Enumerable.Range(0, 7).Select(number => $"{number}{new string('x', 60)}.{new string('y', 60)}"))} {last}";
        var timeline = After((1, By(Names("z.example"))), (2, By(Names("zz.example"))), (3, By("right")));
        Assert.Equal(["1 reverse-mismatch", "3 agrees"], Of(timeline, 1));
        Assert.Equal(Timeline.MostDetail, timeline.Servers.Single().Stretches[0].Value!.Value.Detail.Length);
        var last = By(Names("z.example"));
        Assert.Equal(Second(1), After((1, last), (2, last)).SinceOf(last.Servers[0]));
    }

    [Fact]
    public void A_verdict_that_outlives_the_place_in_the_list_does_not_bring_the_server_back()
    {
        var external = Given.External();
        var both = Seen.By(Given.Listing(Given.Cluster(1), external), Told.By("right").To);
        var without = both with { Listing = Given.Listing(Given.Cluster(1)) };
        var timeline = After((1, both), (5, without), (6, without), (7, without));
        Assert.Equal(["1 agrees", "5 not listed"], Words(timeline.Servers.Single(server => server.View.Kind == ViewKind.External)));
        Assert.Equal(Second(1), timeline.ReasonsSince);
    }

    private static Timeline After(params (double At, Snapshot Snapshot)[] rounds) => PageScenes.Replay(TimeSpan.Zero, rounds).Timeline;

    private static Snapshot By(params string[] told) => Seen.By(Given.Cluster(told.Length), told);

    private static Verdict VerdictOf(Snapshot snapshot) => new(VerdictKind.Disagrees, snapshot.Reason, snapshot.Servers, Coverage.Static);

    private static string[] Of(Timeline timeline, int server) => Words(timeline.Servers.Single(line => line.Server == Given.S(server)));

    private static string[] Words(ServerTimeline server) =>
        [.. server.Stretches.Select(stretch => $"{stretch.From.TotalSeconds} {stretch.Value?.Reason.Name() ?? "not listed"}")];

    private static TimeSpan Second(double seconds) => TimeSpan.FromSeconds(seconds);
}
