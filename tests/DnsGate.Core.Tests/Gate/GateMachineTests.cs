using DnsGate.Core.Dns;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Gate;

/// <summary>What the machine decides besides the verdict: when it lists, probes, gives up, and what it then returns.</summary>
public sealed class GateMachineTests
{
    private static readonly Listing Both = Fixtures.Listing(Fixtures.Cluster(2));

    [Fact]
    public void One_round_is_one_round_whatever_it_says()
    {
        Assert.Equal((GateStatus.Open, 1), Once("right"));
        Assert.Equal((GateStatus.Closed, 1), Once("A 10.244.2.9"));
        Assert.Equal((GateStatus.Undecidable, 1), Once("all SILENCE"));

        static (GateStatus, int) Once(string says)
        {
            var replay = OneRound(says).Until(10);
            Assert.True(replay.HasEnded);
            return (replay.Last!.Status, replay.Published.Count);
        }
    }

    [Fact]
    public void The_servers_are_listed_once_more_before_opening_and_then_without_trusting_what_was_known()
    {
        var replay = OneRound("right").Until(10);
        Assert.Equal([(false, true), (true, false)], replay.Lists.Select(list => (list.Step.ForceRefresh, list.Step.IsReported)));
        Assert.Equal(
            [(false, true), (false, false)],
            OneRound("A 10.244.2.9").Until(10).Lists.Select(list => (list.Step.ForceRefresh, list.Step.IsReported)));
    }

    [Fact]
    public void The_list_is_compared_every_second_while_it_waits_and_reported_once_a_round()
    {
        var replay = Waiting("A 10.244.2.9 ttl 30").Until(60);
        Assert.All(replay.Lists.Zip(replay.Lists.Skip(1)), pair => Assert.InRange((pair.Second.At - pair.First.At).TotalSeconds, 0, 1.01));
        Assert.Equal(replay.Published.Count, replay.Lists.Count(list => list.Step.IsReported));
    }

    [Fact]
    public void The_list_is_taken_afresh_when_a_required_server_falls_silent_and_not_again_while_it_is()
    {
        var replay = new Replay(new ManualTime(), Both, (question, now) =>
            FakeAnswers.By(question.Server == Fixtures.S(2) && now > TimeSpan.FromSeconds(2.5) ? "all SILENCE" : "right")
                .To(question)).Until(60);
        var refreshed = Assert.Single(replay.Lists, list => list.Step.ForceRefresh);
        Assert.InRange(refreshed.At.TotalSeconds, 3, 6);
        Assert.True(refreshed.Step.IsReported);
    }

    [Fact]
    public void A_server_that_flaps_does_not_cause_a_fresh_list_more_often_than_every_five_seconds()
    {
        var replay = new Replay(new ManualTime(), Both, (question, now) =>
            FakeAnswers.By(question.Server == Fixtures.S(2) && (int)now.TotalSeconds % 2 == 0 ? "all SILENCE" : "A 10.244.2.9 ttl 0")
                .To(question)).Until(120);
        var refreshed = replay.Lists.Where(list => list.Step.ForceRefresh).Select(list => list.At).ToList();
        Assert.InRange(refreshed.Count, 5, 24);
        Assert.All(refreshed.Zip(refreshed.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(5), $"{pair}"));
    }

    [Fact]
    public void A_server_that_leaves_the_list_is_not_waited_for()
    {
        var replay = new Replay(
            new ManualTime(),
            now => now < TimeSpan.FromSeconds(12.2) ? Both : Fixtures.Listing(Fixtures.Cluster(1)),
            (question, now) => FakeAnswers.By(question.Server == Fixtures.S(2)
                ? FormattableString.Invariant($"A 10.244.2.9 ttl {30 - (int)now.TotalSeconds}")
                : "right").To(question)).Until(40);
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, 17, 19);
    }

    [Fact]
    public void It_ends_at_the_deadline_with_the_last_round_that_was_complete()
    {
        var replay = Waiting("A 10.244.2.9 ttl 0", deadline: 10).Until(100);
        Assert.True(replay.HasEnded);
        Assert.Equal((GateStatus.Closed, Reason.StaleAddress), (replay.Last!.Status, replay.Reason));
        Assert.InRange(replay.NextAt.TotalSeconds, 9, 10);
    }

    [Theory]
    [InlineData(0, 35, 36)]
    [InlineData(2.5, 34, 36)]
    [InlineData(4.9, 34.9, 36)]
    public void Time_in_which_the_process_is_stopped_does_not_count_towards_the_settle_window(
        double stoppedAt, double earliest, double latest)
    {
        var time = new ManualTime();
        var replay = Waiting("right", time: time).Until(stoppedAt);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.InRange(replay.Until(60).OpenedAt!.Value.TotalSeconds, earliest, latest);
    }

    [Fact]
    public void A_stop_while_the_servers_are_listed_does_not_count_either()
    {
        var (replay, _) = StoppedInList(TimeSpan.FromSeconds(30), list => list.IsReported && list.At > TimeSpan.FromSeconds(3), "right");
        // 30 s of agreement, and at least 30 s of the stop: listing may take 10 s.
        Assert.InRange(replay.Until(120).OpenedAt!.Value.TotalSeconds, 60, 63);
    }

    [Fact]
    public void After_a_stop_just_before_opening_the_servers_are_asked_once_more()
    {
        var (replay, stoppedAt) = StoppedInList(
            TimeSpan.FromSeconds(5), list => list.ForceRefresh && !list.IsReported, "A 10.244.2.9 ttl 0");
        replay.Until(120);
        Assert.InRange(stoppedAt().TotalSeconds, 5, 6);
        Assert.Null(replay.OpenedAt);
        Assert.Equal(Reason.StaleAddress, replay.Reason);
    }

    [Fact]
    public void A_round_that_the_deadline_cuts_off_says_nothing_about_the_servers()
    {
        // Each answer takes 1 ms, and from 9.9 s on it would take longer than the time that is left.
        var replay = new Replay(new ManualTime(), Both, (question, now) =>
            now > TimeSpan.FromSeconds(9.6) ? new Outcome.TimedOut() : FakeAnswers.By("A 10.244.2.9 ttl 0").To(question))
        { Deadline = TimeSpan.FromSeconds(10) }.Until(100);
        Assert.True(replay.HasEnded);
        Assert.Equal(Reason.StaleAddress, replay.Reason);
        Assert.DoesNotContain(replay.Last!.Servers, server => server.Judgement.IsSilence);
    }

    [Fact]
    public void The_only_round_there_is_counts_although_the_deadline_cuts_it_off()
    {
        var replay = new Replay(new ManualTime(), Both, (_, _) => new Outcome.TimedOut())
        {
            Stop = StopRule.AfterOneRound,
            Rule = SettleRule.OneRound,
            Deadline = TimeSpan.FromMilliseconds(300),
        }.Until(10);
        Assert.Equal((GateStatus.Undecidable, Reason.CutOff), (replay.Last!.Status, replay.Reason));
        Assert.Equal([Diagnosis.RoundCutOff], replay.Last.Diagnoses.Select(diagnosis => diagnosis.Name));
        Assert.Empty(replay.Probes);
        Assert.InRange(replay.NextAt.TotalMilliseconds, 1, 300);
    }

    [Theory]
    [InlineData("all right", "right", 0)]
    [InlineData("stale", "A 10.244.2.9 ttl 0", 0)]
    [InlineData("silent: a NetworkPolicy or an outage", "all SILENCE", 3)]
    public void The_cluster_domain_is_asked_for_only_when_the_verdict_raises_the_question_and_at_most_twice_a_minute(
        string sentence, string says, int probes)
    {
        var replay = Waiting(says).Until(75);
        Assert.Equal((sentence, probes), (sentence, replay.Probes.Count));
    }

    [Fact]
    public void What_the_probe_says_is_in_the_snapshot_while_the_question_is_open_and_no_longer()
    {
        var answers = new DomainProbe(Fixtures.NameOf("cluster.local"), [new LookupResult(
            new Lookup(Fixtures.Vip, Fixtures.NameOf("cluster.local"), RecordType.SOA), FakeAnswers.Outcome(RecordType.A, "NODATA"))]);
        var replay = new Replay(new ManualTime(), Both, (question, now) =>
            FakeAnswers.By(now < TimeSpan.FromSeconds(8) ? "all SILENCE" : "A 10.244.2.9 ttl 0").To(question))
        {
            Probe = answers,
        }.Until(20);
        Assert.Contains(replay.Published[0].Diagnoses, diagnosis => diagnosis.Name == "network-policy");
        Assert.DoesNotContain(replay.Last!.Diagnoses, diagnosis => diagnosis.Name == "network-policy");
    }

    [Fact]
    public void A_machine_that_is_done_stays_done()
    {
        var replay = OneRound("right").Until(10);
        replay.Step();
        Assert.True(replay.HasEnded);
        Assert.Single(replay.Published);
    }

    private static Replay OneRound(string says) =>
        new(new ManualTime(), Both, (question, _) => FakeAnswers.By(says).To(question))
        {
            Stop = StopRule.AfterOneRound,
            Rule = SettleRule.OneRound,
        };

    /// <summary>The process stops once while the servers are listed; from then on they say something else.</summary>
    private static (Replay Replay, Func<TimeSpan> StoppedAt) StoppedInList(
        TimeSpan settle, Func<(bool ForceRefresh, bool IsReported, TimeSpan At), bool> stops, string says)
    {
        var time = new ManualTime();
        TimeSpan? stoppedAt = null;
        Replay? replay = null;
        replay = new Replay(
            time,
            at =>
            {
                var step = replay!.Lists[^1].Step;
                if (stoppedAt is null && stops((step.ForceRefresh, step.IsReported, at)))
                {
                    stoppedAt = at;
                    time.Advance(TimeSpan.FromSeconds(40));
                }

                return Both;
            },
            (question, _) => FakeAnswers.By(stoppedAt is null ? "right" : says).To(question))
        {
            Rule = new SettleRule(3, settle),
        };
        return (replay, () => stoppedAt!.Value);
    }

    private static Replay Waiting(string says, double? deadline = null, ManualTime? time = null) =>
        new(time ?? new ManualTime(), Both, (question, _) => FakeAnswers.By(says).To(question))
        {
            Deadline = deadline is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
}
