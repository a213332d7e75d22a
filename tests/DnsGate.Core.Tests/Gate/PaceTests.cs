using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Gate;

public sealed class PaceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(100);

    [Theory]
    [InlineData(0, 101)]
    [InlineData(0.5, 101.05)]
    [InlineData(1, 101.1)]
    public void A_round_begins_an_interval_after_the_last_one_began_and_chance_adds_a_tenth_at_most(double chance, double next) =>
        Assert.Equal(next, NextAfter("right", SettleProgress.None, Second, chance), 3);

    [Fact]
    public void A_round_that_took_longer_than_the_interval_is_followed_at_once()
    {
        var pace = new Pace(Second, Replay.Defaults);
        var next = pace.NextRoundAt(RoundOf("right"), SettleProgress.None, Now - TimeSpan.FromSeconds(3), Now, 0.5);
        Assert.Equal(Now, next);
    }

    [Theory]
    [InlineData("the last round is not begun a moment too early", 95.95, 100.95)]
    [InlineData("nor most of an interval late", 95.4, 100.4)]
    [InlineData("a window that ends later does not matter yet", 98, 101)]
    public void The_round_that_fills_the_window_begins_when_it_ends(string sentence, double since, double next)
    {
        var state = new SettleProgress(3, TimeSpan.FromSeconds(since), IsSettled: false);
        Assert.Equal((sentence, next), (sentence, Math.Round(NextAfter("right", state, Second, chance: 0), 3)));
    }

    [Theory]
    [InlineData(0, 101)]
    [InlineData(14, 101)]
    [InlineData(28, 102)]
    public void What_was_asked_to_find_the_servers_is_paid_for_by_the_rounds(double questions, double next)
    {
        var pace = new Pace(Second, Replay.Defaults);
        pace.Note(questions, Now);
        Assert.Equal(next, pace.NextRoundAt(RoundOf("A 10.244.2.9 ttl 0"), SettleProgress.None, Now, Now, 0).TotalSeconds, 3);
    }

    [Fact]
    public void The_end_of_the_window_does_not_matter_while_more_than_one_round_is_missing() =>
        Assert.Equal(101, NextAfter("right", new SettleProgress(1, TimeSpan.FromSeconds(95.4), IsSettled: false), Second, chance: 0), 3);

    [Theory]
    [InlineData("A 10.244.2.9 ttl 0", 101)]
    [InlineData("A NODATA ttl 2", 101)]
    public void A_round_that_may_bring_something_new_is_begun_at_the_interval(string told, double next) =>
        Assert.Equal(next, NextAfter(told, SettleProgress.None, Second, chance: 0), 3);

    [Fact]
    public void A_round_that_can_bring_nothing_new_is_not_begun_before_a_server_is_due()
    {
        var memory = new RoundMemory();
        var view = Fixtures.Cluster(1);
        RoundPlan? round = null;
        foreach (var second in new[] { 98, 99, 99.9 })
        {
            round = RoundOf("all SILENCE", memory, TimeSpan.FromSeconds(second), view);
        }

        // Silent for the third time at 99.9: left alone for 4 s, and a bit of chance so that many pods do not come together.
        Assert.Equal(TimeSpan.FromSeconds(101), round!.NextDue);
        Assert.InRange(new Pace(Second, Replay.Defaults).NextRoundAt(round, SettleProgress.None, Now, Now, 1).TotalSeconds, 101.0, 101.2);
    }

    [Fact]
    public void The_budget_allows_a_burst_of_16_questions_and_then_8_a_second()
    {
        var pace = new Pace(TimeSpan.FromMilliseconds(1), Replay.Defaults);
        var now = TimeSpan.Zero;
        var asked = 0.0;
        while (now < TimeSpan.FromMinutes(10))
        {
            var round = RoundOf("right");
            asked += round.MaxDatagramsToOne;
            now = pace.NextRoundAt(round, SettleProgress.None, now, now, 0);
        }

        Assert.InRange(asked, (8 * 600) - 20, (8 * 600) + 16 + 6);
    }

    [Fact]
    public void A_short_wait_with_a_short_interval_takes_no_longer_than_the_budget_asks_for()
    {
        var replay = new Replay(
            new ManualTime(), Fixtures.Listing(Fixtures.Cluster(1)), (question, _) => FakeAnswers.By("right").To(question))
        {
            Interval = TimeSpan.FromMilliseconds(50),
            Rule = new SettleRule(5, TimeSpan.FromMilliseconds(250)),
        };
        Assert.InRange(replay.Until(10).OpenedAt!.Value.TotalMilliseconds, 250, 2000);
    }

    [Theory]
    [InlineData(1, 3, 5, 5.0, 5.1)]
    [InlineData(2, 10, 5, 9.0, 10.2)]
    [InlineData(3, 1, 0, 0.0, 0.01)]
    [InlineData(4, 3, 0, 2.0, 2.4)]
    public void A_gate_that_agrees_from_the_start_opens_when_the_rule_is_met_and_not_much_later(
        int seed, int rounds, int settle, double from, double to)
    {
        var replay = new Replay(
            new ManualTime(), Fixtures.Listing(Fixtures.Cluster(3)), (question, _) => FakeAnswers.By("right").To(question), seed)
        {
            Rule = new SettleRule(rounds, TimeSpan.FromSeconds(settle)),
        };
        Assert.InRange(replay.Until(30).OpenedAt!.Value.TotalSeconds, from, to);
    }

    [Fact]
    public void Pods_that_started_together_drift_apart()
    {
        var view = Fixtures.Cluster(1);
        var times = Enumerable.Range(0, 100).Select(seed =>
        {
            var replay = new Replay(
                new ManualTime(), Fixtures.Listing(view), (question, _) => FakeAnswers.By("all NXDOMAIN").To(question), seed).Until(60);
            return Math.Round(replay.Asked[^1].At.TotalSeconds, 2);
        });
        Assert.InRange(times.Distinct().Count(), 40, 100);
    }

    private static double NextAfter(string told, SettleProgress state, TimeSpan interval, double chance) =>
        new Pace(interval, Replay.Defaults).NextRoundAt(RoundOf(told), state, Now, Now, chance).TotalSeconds;

    private static RoundPlan RoundOf(string told, RoundMemory? memory = null, TimeSpan? at = null, View? view = null)
    {
        view ??= Fixtures.Cluster(1);
        var now = at ?? Now;
        var round = new RoundPlan(Fixtures.Listing(view), (memory ?? new RoundMemory()).Retry);
        while (round.Next(now) is { Length: > 0 } questions)
        {
            round.Learn(
                [.. questions.Select(question => new Observation(question, FakeAnswers.By(told).To(question), TimeSpan.Zero))], now);
        }

        return round;
    }
}
