using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Report;

/// <summary>What is remembered of the last hour, and how little of it a server can make.</summary>
public sealed class HistoryTests
{
    private const string Stale = "A 10.244.2.9";

    [Fact]
    public void A_round_that_changes_nothing_adds_nothing()
    {
        var history = After((1, By("right", Stale)), (2, By("right", Stale)), (3, By("right", Stale)));
        Assert.Equal(["1 stale-address"], IntervalsOf(history, 2));
        Assert.Equal([new Interval<GateStatus>(Second(1), GateStatus.Closed)], history.Gate);
        Assert.Equal(Second(1), history.ReasonsSince);
    }

    [Fact]
    public void Each_change_begins_an_interval_of_that_server_alone()
    {
        var history = After((1, By("right", Stale)), (5, By("all SILENCE", Stale)), (9, By("right", "right")));
        Assert.Equal(["1 agrees", "5 timed-out", "9 agrees"], IntervalsOf(history, 1));
        Assert.Equal(["1 stale-address", "9 agrees"], IntervalsOf(history, 2));
        Assert.Equal([GateStatus.Closed, GateStatus.Open], history.Gate.Select(interval => interval.Value));
        Assert.Equal(Second(9), history.ReasonsSince);
    }

    [Fact]
    public void Other_records_with_the_same_reason_are_a_change_but_no_other_reason()
    {
        var last = By(Stale, "right");
        var history = After((1, By("A 10.244.2.10", "right")), (5, last));
        Assert.Equal(["1 stale-address", "5 stale-address"], IntervalsOf(history, 1));
        Assert.Equal(Second(5), history.SinceOf(last.Servers[0]));
        Assert.Equal(Second(1), history.ReasonsSince);
        Assert.Equal(Second(6), history.UnchangedFor(VerdictOf(By("A 10.244.2.11", "right")), Second(7)));
        Assert.Equal(TimeSpan.Zero, history.UnchangedFor(VerdictOf(By("right", "right")), Second(7)));
        Assert.Equal(TimeSpan.Zero, history.UnchangedFor(VerdictOf(By("A 10.244.2.11", "right", "right")), Second(7)));
    }

    [Fact]
    public void A_snapshot_tells_how_long_a_server_has_been_saying_what_it_says()
    {
        var last = By("right", Stale);
        Assert.Equal(
            Second(7), (last with { History = After((1, By("right", "right")), (3, last)), Now = Second(10) }).SinceOf(last.Servers[1]));
        Assert.Equal(TimeSpan.Zero, (last with { Now = Second(10) }).SinceOf(last.Servers[1]));
    }

    [Fact]
    public void Drift_and_its_end_are_changes_of_the_gate()
    {
        var open = By("right");
        var history = After((1, open), (60, open with { Status = GateStatus.Drifting }), (120, open));
        Assert.Equal([GateStatus.Open, GateStatus.Drifting, GateStatus.Open], history.Gate.Select(interval => interval.Value));
    }

    [Fact]
    public void A_server_that_the_round_did_not_reach_goes_on_as_it_was()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App());
        var history = History.Empty.After(SnapshotBuilder.By(listing, FakeAnswers.By("right").To), Second(1)).After(
            SnapshotBuilder.By(listing, FakeAnswers.By(Stale).To), Second(2));
        Assert.Equal(["1 agrees"], Words(history.Servers.Single(server => server.View.Kind == ViewKind.App)));
    }

    [Fact]
    public void A_server_that_leaves_the_list_and_comes_back_was_not_listed_in_between()
    {
        var history = After((1, By("right", "right")), (5, By("right")), (6, By("right")), (9, By("right", Stale)));
        Assert.Equal(["1 agrees", "5 not listed", "9 stale-address"], IntervalsOf(history, 2));
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
        var history = History.Empty;
        for (var number = 0; number < 300; number++)
        {
            var view = Fixtures.Cluster(0) with
            {
                Servers = [new Server(new ServerAddress(Fixtures.S(1).Address, 1000 + number), "static")],
            };
            history = history.After(SnapshotBuilder.By(view, "right"), Second(number));
        }

        Assert.Equal(Enumerable.Range(1199, 101), history.Servers.Select(server => server.Server.Port).Order());
    }

    [Fact]
    public void Without_a_list_nobody_has_left() =>
        Assert.Equal(2, After((1, By("right", "right")), (5, GateSnapshot.Starting(PageScenes.Identity))).Servers.Count);

    [Fact]
    public void What_ended_before_the_hour_is_forgotten_when_something_new_is_told()
    {
        var history = After((0, By("right")), (10, By(Stale)), (20, By("right")), (3615, By(Stale)));
        Assert.Equal(["10 stale-address", "20 agrees", "3615 stale-address"], IntervalsOf(history, 1));
        Assert.Equal(["20 agrees", "3615 stale-address", "3620 agrees"], IntervalsOf(history.After(By("right"), Second(3620)), 1));
        Assert.Equal(
            ["20 agrees", "36000 timed-out"], IntervalsOf(After((0, By(Stale)), (20, By("right")), (36000, By("all SILENCE"))), 1));
    }

    [Fact]
    public void A_server_that_flaps_each_second_keeps_its_newest_intervals()
    {
        var history = History.Empty;
        for (var second = 0; second < 1000; second++)
        {
            history = history.After(By(second % 2 == 0 ? "right" : Stale, "right"), Second(second));
        }

        Assert.Equal(History.MaxIntervals, IntervalsOf(history, 1).Length);
        Assert.Equal("999 stale-address", IntervalsOf(history, 1)[^1]);
        Assert.Equal(History.MaxIntervals, history.Gate.Length);
        Assert.Equal(["0 agrees"], IntervalsOf(history, 2));
    }

    [Fact]
    public void Of_long_answers_only_the_beginning_is_kept_and_what_differs_behind_it_is_no_change()
    {
        string Names(string last) => "PTR "
            + $"{string.Join(' ', Enumerable.Range(0, 7).Select(number => $"{number}{new string('x', 60)}.{new string('y', 60)}"))} {last}";
        var history = After((1, By(Names("z.example"))), (2, By(Names("zz.example"))), (3, By("right")));
        Assert.Equal(["1 reverse-mismatch", "3 agrees"], IntervalsOf(history, 1));
        Assert.Equal(History.MaxDetail, history.Servers.Single().Intervals[0].Value!.Value.Detail.Length);
        var last = By(Names("z.example"));
        Assert.Equal(Second(1), After((1, last), (2, last)).SinceOf(last.Servers[0]));
    }

    [Fact]
    public void A_verdict_that_outlives_the_place_in_the_list_does_not_bring_the_server_back()
    {
        var external = Fixtures.External();
        var both = SnapshotBuilder.By(Fixtures.Listing(Fixtures.Cluster(1), external), FakeAnswers.By("right").To);
        var without = both with { Listing = Fixtures.Listing(Fixtures.Cluster(1)) };
        var history = After((1, both), (5, without), (6, without), (7, without));
        Assert.Equal(["1 agrees", "5 not listed"], Words(history.Servers.Single(server => server.View.Kind == ViewKind.External)));
        Assert.Equal(Second(1), history.ReasonsSince);
    }

    private static History After(params (double At, GateSnapshot Snapshot)[] rounds) => PageScenes.Replay(TimeSpan.Zero, rounds).History;

    private static GateSnapshot By(params string[] told) => SnapshotBuilder.By(Fixtures.Cluster(told.Length), told);

    private static RoundVerdict VerdictOf(GateSnapshot snapshot) =>
        new(VerdictKind.Disagrees, snapshot.Reason, snapshot.Servers, Coverage.Static);

    private static string[] IntervalsOf(History history, int server) =>
        Words(history.Servers.Single(line => line.Server == Fixtures.S(server)));

    private static string[] Words(ServerHistory server) =>
        [.. server.Intervals.Select(interval => $"{interval.From.TotalSeconds} {interval.Value?.Reason.Name() ?? "not listed"}")];

    private static TimeSpan Second(double seconds) => TimeSpan.FromSeconds(seconds);
}
