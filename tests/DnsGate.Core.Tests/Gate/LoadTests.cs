using System.Globalization;
using DnsGate.Core.Dns;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Gate;

/// <summary>
/// How many questions one server gets from one pod: at most 8 a second on average beyond the burst, usually far fewer. Numbers in names
/// of tests are those of docs/scenarios.md.
/// </summary>
public sealed class LoadTests
{
    private const string Dual = $"{Fixtures.Own} {Fixtures.OwnIPv6}";

    /// <summary>What keeps a gate closed for an hour, and how many questions a server may get at most in that hour.</summary>
    [Theory]
    [InlineData("NXDOMAIN, no cache", "all NXDOMAIN", "all NXDOMAIN", 7200)]
    [InlineData("the old address, no cache", "A 10.244.2.9", "right", 10800)]
    [InlineData("the old address with TTL 0", "A 10.244.2.9 ttl 0", "right", 10800)]
    [InlineData("the old address with a TTL of 5 s", "A 10.244.2.9 ttl 5", "right", 10800)]
    [InlineData("SERVFAIL", "all SERVFAIL", "right", 10800)]
    [InlineData("REFUSED", "all REFUSED", "right", 10800)]
    [InlineData("garbage", "all GARBAGE", "right", 10800)]
    [InlineData("all silent", "all SILENCE", "all SILENCE", 1600)]
    [InlineData("one silent", "right", "all SILENCE", 2200)]
    [InlineData("unreachable", "all UNREACHABLE", "all UNREACHABLE", 1600)]
    [InlineData("no PTR", "PTR NXDOMAIN", "right", 18000)]
    [InlineData("no PTR, TTL 0", "PTR NXDOMAIN ttl 0", "PTR NXDOMAIN ttl 0", 18000)]
    [InlineData("no PTR, no SOA", "PTR NXDOMAIN ttl none", "right", 18000)]
    [InlineData("all three together", "A 10.244.2.9", "PTR NXDOMAIN ttl 0", 10800)]
    public void An_hour_closed(string why, string first, string second, int most)
    {
        var view = Fixtures.Cluster(2);
        var replay = Closed(view, first, second).Until(3600);
        Assert.Null(replay.OpenedAt);
        var counted = replay.MostAskedWithin(3600);
        Assert.True(
            counted <= most, string.Create(CultureInfo.InvariantCulture, $"{why}: {counted} questions in an hour, more than {most}"));
        AssertBounded(replay, why);
    }

    [Theory]
    [InlineData("plain answer wrong", "A 10.244.2.9 ttl 0; AAAA fd00:244::7")]
    [InlineData("plain PTR wrong", "PTR NXDOMAIN ttl 0; AAAA fd00:244::7")]
    [InlineData("plain AAAA wrong", "AAAA fd00:244::99 ttl 0")]
    [InlineData("plain PTR silent", "AAAA fd00:244::7; PTR SILENCE")]
    public void A_dual_stack_pod_with_all_private_stages_right_and_the_application_told_wrongly(string why, string plain)
    {
        var view = Fixtures.Cluster(2, Dual);
        var replay = new Replay(new ManualTime(), Fixtures.Listing(view), (question, _) =>
            FakeAnswers.By(question.Partition == CachePartition.Plain ? plain : $"AAAA {Fixtures.OwnIPv6}").To(question)).Until(3600);
        Assert.Null(replay.OpenedAt);
        AssertBounded(replay, why);
    }

    [Theory]
    [InlineData("right", 1)]
    [InlineData("right", 0.01)]
    [InlineData("A 10.244.2.9 ttl 0", 0.01)]
    [InlineData("all SERVFAIL", 0.001)]
    [InlineData("all SILENCE", 0.01)]
    public void A_short_interval_does_not_raise_the_bound(string told, double interval)
    {
        var replay = new Replay(new ManualTime(), Fixtures.Listing(Fixtures.Cluster(2, Dual)), (question, _) =>
            FakeAnswers.By(told + $"; AAAA {Fixtures.OwnIPv6}").To(question))
        {
            Interval = TimeSpan.FromSeconds(interval),
            Rule = new SettleRule(1_000_000, TimeSpan.Zero),
        }.Until(600);
        AssertBounded(replay, told);
    }

    [Fact]
    public void The_app_view_told_wrongly_bounds_the_questions_to_every_sample()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(2, Dual), Fixtures.App(Server.SamplesOfVirtualAddress, Dual));
        var replay = new Replay(new ManualTime(), listing, (question, _) =>
            FakeAnswers.By(question.Step.Stage == Stage.App ? "A 10.244.2.9 ttl 0" : $"AAAA {Fixtures.OwnIPv6}").To(question)).Until(600);
        Assert.Null(replay.OpenedAt);
        AssertBounded(replay, "app view");
    }

    [Fact]
    public void A_classic_cache_with_an_early_NXDOMAIN_is_asked_a_few_times_in_30_seconds()
    {
        var time = new ManualTime();
        var caches = new Dictionary<(ServerAddress, CachePartition), TimeSpan>();
        var replay = new Replay(time, Fixtures.Listing(Fixtures.Cluster(1)), (question, now) =>
        {
            var key = (question.Server, question.Partition);
            if (!caches.TryGetValue(key, out var since) || now - since >= TimeSpan.FromSeconds(30))
            {
                caches[key] = since = now;
            }

            return FakeAnswers.Outcome(
                RecordType.A, string.Create(CultureInfo.InvariantCulture, $"NXDOMAIN ttl {30 - (int)(now - since).TotalSeconds}"));
        }).Until(30);
        // A and AAAA in each partition, in the first one twice. Then whether the name exists, until the third partition is asked.
        Assert.Equal(8, replay.Asked.Count(asked => !asked.Question.IsForExistence));
        Assert.InRange(replay.Asked.Count(asked => asked.Question.IsForExistence), 3, 5);
    }

    [Fact]
    public void An_hour_without_a_record_on_classic_caches()
    {
        var time = new ManualTime();
        var instance = new SimulatedCoreDns(new ClusterData(time));
        var replay = new Replay(
            time, Fixtures.Listing(Fixtures.Cluster(1)), (question, _) => SimulationRunner.Outcome(question, instance.Ask)).Until(3600);
        Assert.Null(replay.OpenedAt);
        Assert.InRange(replay.Asked.Count, 720, 1200);
        AssertBounded(replay, "no record");
    }

    [Fact]
    public void TwentyTwo_b_an_unbound_that_counts_5_4_3_2_1_0_does_not_keep_the_window_from_filling()
    {
        for (var phase = 0; phase < 6; phase++)
        {
            var offset = phase;
            var replay = new Replay(new ManualTime(), Fixtures.Listing(Fixtures.Cluster(2), Fixtures.App()), (question, now) =>
                question.Step.Stage == Stage.App
                    ? FakeAnswers.Outcome(question.Type, (question.Type, 5 - (((int)now.TotalSeconds + offset) % 6)) switch
                    {
                        (RecordType.A, var ttl) => $"{Fixtures.Own} ttl {ttl}",
                        (RecordType.AAAA, var ttl) => $"NODATA ttl {ttl}",
                        (_, var ttl) => $"own ttl {ttl}",
                    })
                    : FakeAnswers.By("right").To(question), seed: phase).Until(60);
            Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, 5, 8);
        }
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.01)]
    public void TwentyTwo_c_with_20_servers_and_lost_datagrams_the_window_fills_in_the_expected_time(double loss)
    {
        const int Runs = 60;
        var right = FakeAnswers.By("right");
#pragma warning disable CA5394 // Losses that can be repeated are the point.
        var chance = new Random(22);
        bool Lost() => chance.NextDouble() < loss;
#pragma warning restore CA5394
        var opened = Enumerable.Range(0, Runs)
            .Select(seed => new Replay(new ManualTime(), Fixtures.Listing(Fixtures.Cluster(20)), (question, _) => right.To(question), seed)
            {
                LosesDatagram = Lost, // queries and replies alike
            }.Until(120).OpenedAt)
            .ToList();
        Assert.All(opened, at => Assert.NotNull(at));
        // About 840 questions in a window. A question stays silent when both its exchanges fail, each for want of its query or
        // its reply: at 1 % one window in three has to begin again, at 0.1 % one in three hundred.
        Assert.InRange(opened.Average(at => at!.Value.TotalSeconds), 5, loss > 0.005 ? 7.5 : 5.2);
    }

    [Fact]
    public void A_silent_server_that_comes_back_is_noticed_within_seconds()
    {
        var replay = new Replay(new ManualTime(), Fixtures.Listing(Fixtures.Cluster(2)), (question, now) =>
            FakeAnswers.By(question.Server == Fixtures.S(2) && now < TimeSpan.FromSeconds(300) ? "all SILENCE" : "right")
                .To(question)).Until(330);
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, 305, 312);
    }

    private static Replay Closed(View view, params string[] told)
    {
        var answers = Fixtures.AnswersOf(view, told);
        return new Replay(new ManualTime(), Fixtures.Listing(view), (question, _) => answers(question));
    }

    private static void AssertBounded(Replay replay, string why)
    {
        foreach (var seconds in new[] { 10, 60, 600, 3600 })
        {
            // The burst, the average, and the round that was begun when the last question was affordable.
            var bound = (Pace.QuestionsPerSecond * seconds) + Pace.Burst + 16;
            var counted = replay.MostAskedWithin(seconds);
            Assert.True(
                counted <= bound,
                string.Create(CultureInfo.InvariantCulture, $"{why}: {counted} questions within {seconds} s, more than {bound}"));
        }
    }
}
