using DnsGate.Core.Judge;
using DnsGate.Core.Servers;
using DnsGate.Core.Settle;
using DnsGate.Core.Tests.Judge;
using DnsGate.Core.Wire;
using DnsGate.TestKit;
using Question = DnsGate.Core.Judge.Question;

namespace DnsGate.Core.Tests.Settle;

/// <summary>A gate that is open and watched: slowly, only as applications ask, and to notice drift at every server.</summary>
public sealed class WatchTests
{
    private static readonly Listing Listing = Given.Listing(Given.Cluster(2), Given.App(Server.SamplesOfVirtualAddress), Given.External(1));

    [Fact]
    public void Once_open_each_server_is_asked_three_questions_a_minute_and_nobody_privately_or_outside()
    {
        var replay = Watched((question, _) => Told.By("right").To(question)).Until(3600);
        var since = replay.OpenedAt!.Value + TimeSpan.FromSeconds(1);
        var asked = replay.Asked.Where(one => one.At > since).Select(one => one.Question).ToList();
        Assert.All(asked, question => Assert.True(question is { Partition: CachePartition.Plain, Step.Stage: Stage.Cluster or Stage.App }, question.ToString()));
        // An hour of rounds 60 to 66 s apart.
        Assert.InRange(asked.Count(question => question.Server == Given.S(1)) / 3, 54, 60);
        Assert.InRange(asked.Count(question => question.Server == Given.Vip && question.Sample == 7) / 3, 54, 60);
    }

    [Theory]
    [InlineData("the cluster's", Stage.Cluster)]
    [InlineData("the application's", Stage.App)]
    public void Drift_is_noticed_at_every_server_in_the_next_round_whatever_the_others_say(string whose, Stage stage)
    {
        var replay = Watched((question, now) =>
            Told.By(now > TimeSpan.FromSeconds(300) && question.Step.Stage == stage ? "A 10.244.2.9 ttl 0" : "right").To(question)).Until(400);
        Assert.Equal((whose, Reason.StaleAddress), (whose, replay.Verdict!.Reason));
        Assert.Equal([stage == Stage.Cluster, stage == Stage.Cluster, stage == Stage.App], replay.Verdict.Servers.Select(server => server.Judgement.Reason == Reason.StaleAddress));
    }

    [Fact]
    public void Pods_that_opened_together_drift_apart()
    {
        Assert.Equal(TimeSpan.FromSeconds(160), Pace.NextWatchAt(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(100), 0));
        Assert.Equal(TimeSpan.FromSeconds(166), Pace.NextWatchAt(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(100), 1));
    }

    private static Replay Watched(Func<Question, TimeSpan, Outcome> answer) =>
        new(new ManualTime(), Listing, answer) { GoesOn = true, WatchInterval = TimeSpan.FromSeconds(60) };
}
