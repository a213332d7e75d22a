using DnsGate.Core.Dns;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.Core.Tests.Gate;

/// <summary>The watch of an open gate: slow, in private, and no change of a server is missed or invented.</summary>
public sealed class WatchTests
{
    private const string Kube = "kube:kube-system/kube-dns";

    private static readonly Listing Everywhere = Fixtures.Listing(
        Fixtures.Cluster(2), Fixtures.App(Server.SamplesOfVirtualAddress), Fixtures.External(1));
    private static readonly Listing Both = Fixtures.Listing(Fixtures.Cluster(2));
    private static readonly Listing FirstOnly = Fixtures.Listing(Fixtures.Cluster(1));

    [Fact]
    public void Each_server_gets_three_private_questions_a_minute_and_those_outside_the_cluster_none()
    {
        var replay = Watched(_ => Everywhere, (question, _) => FakeAnswers.By("right").To(question)).Until(3600);
        var since = replay.OpenedAt!.Value + TimeSpan.FromSeconds(1);
        var asked = replay.Asked.Where(one => one.At > since).Select(one => one.Question).ToList();
        Assert.All(
            asked, question => Assert.True(question is { Partition: CachePartition.CdDo, Step.Stage: Stage.Watch }, question.ToString()));
        // An hour of rounds 60 to 66 s apart.
        Assert.InRange(asked.Count(question => question.Server == Fixtures.S(1)) / 3, 54, 60);
        Assert.InRange(asked.Count(question => question.Server == Fixtures.Vip && question.Sample == 7) / 3, 54, 60);
        Assert.All(Rounds(replay), snapshot =>
            Assert.Contains(snapshot.Servers, server => server is { View.Kind: ViewKind.External, Agrees: true }));
    }

    [Fact]
    public void While_all_agree_the_servers_are_listed_every_five_minutes_and_nothing_else_is_published()
    {
        var replay = Watched(_ => Both, (question, _) => FakeAnswers.By("right").To(question)).Until(3600);
        Assert.All(Rounds(replay), snapshot => Assert.Equal((GateStatus.Open, Reason.Agrees), (snapshot.Status, snapshot.Reason)));
        Assert.InRange(ListsAfterOpening(replay), 10, 12);
    }

    [Theory]
    [InlineData("the cluster's", ViewKind.Cluster)]
    [InlineData("the application's", ViewKind.App)]
    internal void Drift_is_noticed_at_every_server_in_the_next_round_whatever_the_others_say(string whose, ViewKind kind)
    {
        var replay = Watched(_ => Everywhere, (question, now) =>
            FakeAnswers.By(now > TimeSpan.FromSeconds(300) && question.Step.View.Kind == kind ? "A 10.244.2.9 ttl 0" : "right")
                .To(question)).Until(400);
        Assert.Equal((whose, GateStatus.Drifting, Reason.StaleAddress), (whose, replay.Last!.Status, replay.Last.Reason));
        Assert.Equal(
            [kind == ViewKind.Cluster, kind == ViewKind.Cluster, kind == ViewKind.App, false],
            replay.Last.Servers.Select(server => server.Judgement.Reason == Reason.StaleAddress));
    }

    [Fact]
    public void A_drift_lasts_as_long_as_the_server_disagrees_costs_a_list_a_minute_and_never_closes_the_gate()
    {
        var replay = Watched(_ => Both, (question, now) =>
            FakeAnswers.By(question.Server == Fixtures.S(2) && now.TotalSeconds is > 100 and < 400 ? "A 10.244.2.9 ttl 0" : "right")
                .To(question)).Until(600);
        Assert.All(Rounds(replay), snapshot => Assert.True(snapshot.IsOpen));
        Assert.Equal([false, true, false], Runs(Rounds(replay).Select(snapshot => snapshot.Status == GateStatus.Drifting)));
        Assert.InRange(Rounds(replay).Count(snapshot => snapshot.Status == GateStatus.Drifting), 4, 5);
        Assert.InRange(ListsAfterOpening(replay), 4, 7);
        var drifting = Rounds(replay).First(snapshot => snapshot.Status == GateStatus.Drifting);
        Assert.StartsWith("drifting: 1 of 2 DNS servers no longer agrees: stale-address at 10.244.0.2:53",
            TextReport.Render(drifting), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_was_replaced_meanwhile_is_no_drift()
    {
        var replay = Watched(
            now => now < TimeSpan.FromSeconds(90) ? Both : FirstOnly,
            (question, now) => FakeAnswers.By(question.Server == Fixtures.S(2) && now > TimeSpan.FromSeconds(90) ? "all SILENCE" : "right")
                .To(question)).Until(400);
        Assert.All(Rounds(replay), snapshot => Assert.False(snapshot.Status == GateStatus.Drifting, TextReport.Render(snapshot)));
        Assert.Single(replay.Last!.Servers);
    }

    [Theory]
    [InlineData("one round of silence", 0, false)]
    [InlineData("silence of the round and of its repetition", 1, false)]
    [InlineData("silence of two seconds", 2, false)]
    [InlineData("silence of four seconds", 4, true)]
    [InlineData("silence that lasts", 1000, true)]
    public void A_moment_of_silence_is_no_drift_and_silence_that_lasts_is(string sentence, double seconds, bool drifts)
    {
        // The round begins 60 to 66 s after the opening at 5 s; all servers are asked again half a second later, and 2 s after that.
        TimeSpan? firstRound = null;
        var replay = Watched(_ => Both, (question, now) =>
        {
            firstRound ??= now > TimeSpan.FromSeconds(20) ? now : null;
            return FakeAnswers.By(now >= firstRound && now <= firstRound + TimeSpan.FromSeconds(seconds) ? "all SILENCE" : "right")
                .To(question);
        }).Until(200);
        Assert.Equal((sentence, drifts), (sentence, Rounds(replay).Any(snapshot => snapshot.Status == GateStatus.Drifting)));
    }

    [Fact]
    public void Silence_that_was_told_is_looked_at_again_soon_and_then_more_and_more_rarely()
    {
        var replay = Watched(_ => Both, (question, now) =>
            FakeAnswers.By(now.TotalSeconds is > 100 and < 180 && question.Server == Fixtures.S(2) ? "all SILENCE" : "right")
                .To(question)).Until(300);
        var drifting = Rounds(replay).Where(snapshot => snapshot.Status == GateStatus.Drifting).Select(snapshot => snapshot.Now).ToList();
        var ended = Rounds(replay).First(snapshot => snapshot.Now > drifting[^1]);
        // 10 s, then 20 s, then 40 s after the round before, each with the jitter of a watch round.
        Assert.Equal([10, 20], drifting.Zip(drifting.Skip(1), (earlier, later) => Math.Floor((later - earlier).TotalSeconds / 10) * 10));
        Assert.InRange((ended.Now - drifting[^1]).TotalSeconds, 40, 46);
    }

    [Fact]
    public void While_it_drifts_a_server_that_leaves_the_list_is_dropped_within_two_minutes()
    {
        var replay = Watched(
            now => now < TimeSpan.FromSeconds(200) ? Both : FirstOnly,
            (question, now) => FakeAnswers.By(question.Server == Fixtures.S(2) && now > TimeSpan.FromSeconds(90) ? "all SILENCE" : "right")
                .To(question)).Until(320);
        Assert.Equal([false, true, false], Runs(Rounds(replay).Select(snapshot => snapshot.Status == GateStatus.Drifting)));
    }

    [Fact]
    public void A_new_server_that_disagrees_is_a_drift_after_the_next_list()
    {
        var replay = Watched(
            now => now < TimeSpan.FromSeconds(90) ? FirstOnly : Both,
            (question, _) => FakeAnswers.By(question.Server == Fixtures.S(2) ? "A 10.244.2.9" : "right").To(question)).Until(400);
        Assert.True(replay.Last!.Status == GateStatus.Drifting);
        Assert.Equal(2, replay.Last.Servers.Length);
    }

    [Fact]
    public void A_weaker_source_that_stands_in_ends_no_drift()
    {
        var complete = Both with { Coverage = Coverage.Complete, Sources = [new SourceReport(Kube, Serves: true, null)] };
        var failed = new SourceReport(Kube, Serves: false, new DiscoveryProblem(DiscoveryFault.Unreachable, "no connection"));
        var weaker = FirstOnly with
        {
            Coverage = Coverage.Sampled,
            Sources = [failed, new SourceReport("resolv.conf", Serves: true, null)],
        };
        var replay = Watched(
            now => now < TimeSpan.FromSeconds(90) ? complete : weaker,
            (question, now) =>
                FakeAnswers.By(question.Server == Fixtures.S(2) && now > TimeSpan.FromSeconds(90) ? "A 10.244.2.9 ttl 0" : "right")
                    .To(question)).Until(400);
        Assert.Equal([false, true], Runs(Rounds(replay).Select(snapshot => snapshot.Status == GateStatus.Drifting)));
        Assert.Equal(
            [(true, Kube), (false, "resolv.conf")], replay.Last!.Listing!.Sources.Select(source => (source.Serves, source.Source)));
        Assert.Contains("its last list stays in use", TextReport.Render(replay.Last), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_server_that_disagrees_in_private_is_asked_as_the_application_asks_and_that_answer_decides()
    {
        var wrong = TimeSpan.FromSeconds(300);
        var replay = Watched(_ => Both, (question, now) =>
            FakeAnswers.By(now > wrong && question.Server == Fixtures.S(2) && question.Step.IsPrivate ? "A 10.244.2.9" : "right")
                .To(question)).Until(600);
        var plain = replay.Asked.Where(asked => asked.At > wrong && !asked.Question.Step.IsPrivate).ToList();
        Assert.NotEmpty(plain);
        Assert.All(plain, asked => Assert.Equal(Fixtures.S(2), asked.Question.Server));
        Assert.All(Rounds(replay), snapshot => Assert.Equal(GateStatus.Open, snapshot.Status));
    }

    [Fact]
    public void A_silent_server_does_not_hide_the_answers_of_the_others_while_it_is_asked_again()
    {
        var replay = Watched(_ => Both, (question, now) =>
            FakeAnswers.By(now > TimeSpan.FromSeconds(300) && question.Server == Fixtures.S(2) ? "all SILENCE" : "right")
                .To(question)).Until(400);
        Assert.Equal(GateStatus.Drifting, replay.Last!.Status);
        Assert.Equal([true, false], replay.Last.Servers.Select(server => server.Agrees));
        Assert.Equal(3, replay.Last.Servers[0].Observations.Length);
    }

    [Theory]
    [InlineData("CoreDNS with classic caches", false)]
    [InlineData("NodeLocal DNSCache in front of them", true)]
    public void A_pod_that_was_watched_for_an_hour_and_is_recreated_opens_as_early_as_without_a_sidecar(string servers, bool hasNodeLocal)
    {
        for (var deletedAfter = 0.0; deletedAfter < 66; deletedAfter += 2.7)
        {
            Assert.Equal(
                (servers, OpensAfterRecreation(hasNodeLocal, deletedAfter, isWatched: false)),
                (servers, OpensAfterRecreation(hasNodeLocal, deletedAfter, isWatched: true)));
        }
    }

    [Fact]
    public void Without_a_watch_interval_an_open_gate_asks_nothing()
    {
        var replay = new Replay(new ManualTime(), Both, (question, _) => FakeAnswers.By("right").To(question)) { Stop = StopRule.Never }
            .Until(3600);
        Assert.InRange(replay.Asked[^1].At, TimeSpan.Zero, replay.OpenedAt!.Value);
        Assert.False(replay.HasEnded);
    }

    [Fact]
    public void Pods_that_opened_together_drift_apart()
    {
        Assert.Equal(TimeSpan.FromSeconds(160), Pace.NextWatchAt(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(100), 0));
        Assert.Equal(TimeSpan.FromSeconds(166), Pace.NextWatchAt(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(100), 1));
    }

    /// <summary>
    /// A pod with the old address opens and is watched for an hour, or not. It is deleted and has its new address 3 s later.
    /// Checks that the caches hold nothing for applications by then.
    /// </summary>
    /// <returns>How long after the new record the gate of the new pod opens.</returns>
    private static TimeSpan OpensAfterRecreation(bool hasNodeLocal, double deletedAfter, bool isWatched)
    {
        var time = new ManualTime();
        var cluster = new ClusterData(time);
        cluster.SetLongAgo(Fixtures.Name.ToString(), Fixtures.Old);
        SimulatedCoreDns[] instances = [new(cluster, CoreDnsOptions.Classic), new(cluster, CoreDnsOptions.Classic)];
        var nodeLocal = new SimulatedNodeLocal(cluster, instances);
        Outcome Ask(Question question) => question.Server == Fixtures.Vip
            ? SimulationRunner.Outcome(question, nodeLocal.Answer)
            : SimulationRunner.Outcome(question, instances[question.Server == Fixtures.S(1) ? 0 : 1].Ask);
        Replay Gate(string address) => new(
            time,
            hasNodeLocal
                ? Fixtures.Listing(Fixtures.Cluster(2, address), Fixtures.App(addresses: address))
                : Fixtures.Listing(Fixtures.Cluster(2, address)),
            (question, _) => Ask(question))
        { Stop = StopRule.Never, WatchInterval = isWatched ? TimeSpan.FromSeconds(60) : null };

        Assert.NotNull(Gate(Fixtures.Old).Until(3600 + deletedAfter).OpenedAt);
        foreach (var query in new[]
        {
            ReceivedQuery.Create(Fixtures.Name.ToString(), RrType.A),
            ReceivedQuery.Create(Fixtures.Name.ToString(), RrType.Aaaa),
            ReceivedQuery.Create(TestKit.ReverseName.From(Fixtures.Old), RrType.Ptr),
        })
        {
            Assert.All(instances, instance => Assert.False(instance.KeptUntil(query) > time.Elapsed, $"{query.Name} is cached"));
        }

        time.Advance(TimeSpan.FromSeconds(3));
        cluster.Set(Fixtures.Name.ToString(), Fixtures.Own);
        var recreatedAt = time.Elapsed;
        return Gate(Fixtures.Own).Until(recreatedAt.TotalSeconds + 60).OpenedAt!.Value - recreatedAt;
    }

    private static Replay Watched(Func<TimeSpan, Listing> list, Func<Question, TimeSpan, Outcome> answer) =>
        new(new ManualTime(), list, answer) { Stop = StopRule.Never, WatchInterval = TimeSpan.FromSeconds(60) };

    /// <summary>The snapshots from the opening on.</summary>
    private static List<GateSnapshot> Rounds(Replay replay) => [.. replay.Published.SkipWhile(snapshot => !snapshot.IsOpen)];

    private static int ListsAfterOpening(Replay replay) => replay.Lists.Count(list => list.At > replay.OpenedAt);

    /// <summary>The values without repetitions.</summary>
    private static List<bool> Runs(IEnumerable<bool> values)
    {
        var runs = new List<bool>();
        foreach (var value in values.Where(value => runs.Count == 0 || runs[^1] != value))
        {
            runs.Add(value);
        }

        return runs;
    }
}
