using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.Core.Tests.Gate;

/// <summary>Name servers outside the cluster: asked last, slowly, and each view for its own name.</summary>
public sealed class ExternalRoundTests
{
    private static readonly View Inside = Fixtures.Cluster(2);

    [Theory]
    [InlineData("all agrees inside", "right", "right", "right", true)]
    [InlineData("a cluster server is stale", "A 10.244.2.9", "right", "right", false)]
    [InlineData("a cluster server is silent", "all SILENCE", "right", "right", false)]
    [InlineData("a cluster server has no PTR", "PTR NXDOMAIN", "right", "right", false)]
    [InlineData("applications are told the old address", "right", "A 10.244.2.9", "right", false)]
    [InlineData("applications are told no PTR", "right", "PTR NODATA", "right", false)]
    [InlineData("the application's own server is stale", "right", "right", "A 10.244.2.9", false)]
    [InlineData("the application's own server has no PTR", "right", "right", "PTR NXDOMAIN", false)]
    public void External_servers_are_asked_only_once_everything_inside_agrees(
        string sentence, string privately, string plainly, string byApp, bool isAsked)
    {
        var trips = new List<ImmutableArray<Question>>();
        var verdict = Fixtures.Round(
            Fixtures.Listing(Inside, Fixtures.App(), Fixtures.External()),
            question => FakeAnswers.By(question.Step.Stage switch
            {
                Stage.ClusterPrivate => privately,
                Stage.Cluster => plainly,
                Stage.App => byApp,
                _ => "right",
            }).To(question),
            trips: trips);
        Assert.Equal((sentence, isAsked), (sentence, Asked(trips).Any()));
        Assert.Equal((sentence, isAsked), (sentence, verdict.Kind == VerdictKind.Agrees));
        Assert.Equal((sentence, isAsked), (sentence, verdict.Servers.Any(server => server.View.Kind == ViewKind.External)));
    }

    [Fact]
    public void They_come_after_the_cluster_where_there_is_no_app_view_and_all_of_them_together()
    {
        var trips = new List<ImmutableArray<Question>>();
        var external = new[] { Fixtures.External(0) with { Reverse = ReversePolicy.Contains }, Fixtures.External(1) };
        Fixtures.Round(Fixtures.Listing([Inside, .. external]), question => Says(question, "right"), trips: trips);
        Assert.Equal(
            ["A zk-0.example.com, AAAA zk-0.example.com, A zk-0.example.com, AAAA zk-0.example.com", "PTR 7.1.244.10.in-addr.arpa"],
            trips.Skip(3).Select(trip => string.Join(", ", trip)));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Recursion_is_desired_of_servers_that_the_user_named_and_not_of_those_of_the_zone(
        bool isAuthoritative, bool recursionDesired)
    {
        var trips = new List<ImmutableArray<Question>>();
        var view = Fixtures.External() with { IsAuthoritative = isAuthoritative, Reverse = ReversePolicy.Contains };
        var verdict = Fixtures.Round(Fixtures.Listing(Inside, view), question => Says(question, "right"), trips: trips);
        Assert.Equal(VerdictKind.Agrees, verdict.Kind);
        Assert.Equal(3, Asked(trips).Count());
        Assert.All(Asked(trips), question => Assert.Equal((recursionDesired, false, false), Flags(question)));
        Assert.All(trips.SelectMany(trip => trip).Where(question => question.Step.Stage != Stage.External), question =>
            Assert.True(question.ToQuery(7).RecursionDesired));

        static (bool RD, bool CD, bool DO) Flags(Question question) =>
            question.ToQuery(7) is var query ? (query.RecursionDesired, query.CheckingDisabled, query.DnssecOk) : default;
    }

    [Theory]
    [InlineData("A 10.244.2.9", VerdictKind.Disagrees, Reason.StaleAddress)]
    [InlineData("A 10.244.1.7 10.244.2.9", VerdictKind.Disagrees, Reason.ExtraAddress)]
    [InlineData("all NXDOMAIN", VerdictKind.Disagrees, Reason.NameMissing)]
    [InlineData("A NODATA", VerdictKind.Disagrees, Reason.NoAddress)]
    [InlineData("all REFUSED", VerdictKind.Disagrees, Reason.Refused)]
    [InlineData("all SILENCE", VerdictKind.Disagrees, Reason.TimedOut)]
    [InlineData("PTR NXDOMAIN", VerdictKind.Agrees, Reason.Agrees)]
    internal void What_an_external_server_says_closes_the_gate_like_any_other(string says, VerdictKind kind, Reason reason)
    {
        var verdict = Fixtures.Round(Fixtures.Listing(Inside, Fixtures.External()), question =>
            question.Step.Stage == Stage.External ? Says(question, says) : Says(question, "right"));
        Assert.Equal((kind, reason), (verdict.Kind, verdict.Reason));
    }

    [Fact]
    public void One_external_server_that_is_silent_beside_one_that_is_right_is_excused_and_one_that_is_wrong_is_not()
    {
        var view = Fixtures.External() with { Servers = [.. Fixtures.External(0).Servers, .. Fixtures.External(1).Servers] };
        Assert.Equal(VerdictKind.Agrees, With("all SILENCE").Kind);
        Assert.Equal(Reason.StaleAddress, With("A 10.244.2.9").Reason);

        RoundVerdict With(string second) =>
            Fixtures.Round(Fixtures.Listing(Inside, view), question => Says(question, question.Server == Fixtures.E(1) ? second : "right"));
    }

    [Theory]
    [InlineData("right for a minute", "right", 60)]
    [InlineData("wrong, from a cache that is soon empty", "A 10.244.2.9 ttl 1", 60)]
    [InlineData("wrong, without TTL", "A 10.244.2.9 ttl 0", 60)]
    [InlineData("negative", "all NXDOMAIN ttl 1", 60)]
    [InlineData("silent", "all SILENCE", 60)]
    public void Two_questions_of_one_kind_to_one_external_server_are_at_least_five_seconds_apart(
        string sentence, string says, double seconds)
    {
        var replay = Play(says, Fixtures.External(0), Fixtures.External(1)).Until(seconds);
        foreach (var kind in replay.Asked
            .Where(asked => asked.Question.Step.Stage == Stage.External)
            .GroupBy(asked => (asked.Question.Server, asked.Question.Type)))
        {
            var times = kind.Select(asked => asked.At).ToList();
            Assert.All(
                times.Zip(times.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(5), $"{sentence}: {pair}"));
            Assert.InRange(times.Count, 8, 13);
        }
    }

    [Fact]
    public void Between_two_questions_the_last_answer_stands()
    {
        var memory = new RoundMemory();
        var listing = Fixtures.Listing(Inside, Fixtures.External());
        Assert.Equal(Reason.StaleAddress, At(0, "A 10.244.2.9", asked: true).Reason);
        Assert.Equal(Reason.StaleAddress, At(4.9, "right", asked: false).Reason);
        Assert.Equal(Reason.Agrees, At(5, "right", asked: true).Reason);
        Assert.Equal(Reason.Agrees, At(9.9, "A 10.244.2.9", asked: false).Reason);
        Assert.Equal(Reason.StaleAddress, At(10, "A 10.244.2.9", asked: true).Reason);

        RoundVerdict At(double second, string says, bool asked)
        {
            var trips = new List<ImmutableArray<Question>>();
            var verdict = Fixtures.Round(
                listing, question => Says(question, question.Step.Stage == Stage.External ? says : "right"),
                memory, TimeSpan.FromSeconds(second), trips);
            Assert.Equal((second, asked), (second, Asked(trips).Any()));
            Assert.Equal(2, verdict.Servers.Single(server => server.View.Kind == ViewKind.External).Observations.Length);
            return verdict;
        }
    }

    [Fact]
    public void Two_views_of_one_name_are_told_apart_even_at_the_same_server()
    {
        var other = Fixtures.External(1) with { Servers = Fixtures.External(0).Servers, Addresses = Fixtures.Ips(Fixtures.Old) };
        var verdict = Fixtures.Round(Fixtures.Listing(Inside, Fixtures.External(0), other), question => Says(question, "right"));
        Assert.Equal(
            [(0, Reason.Agrees), (1, Reason.StaleAddress)],
            verdict.Servers
                .Where(server => server.View.Kind == ViewKind.External)
                .Select(server => (server.View.Key.Number, server.Judgement.Reason)));
    }

    [Fact]
    public void A_right_answer_with_TTL_0_counts_once_however_many_rounds_it_stands_for()
    {
        var memory = new RoundMemory();
        var kinds = Enumerable.Range(0, 11).Select(second => Fixtures.Round(
            Fixtures.Listing(Inside, Fixtures.External()),
            question => Says(question, question.Step.Stage == Stage.External ? "A 10.244.1.7 ttl 0" : "right"),
            memory, TimeSpan.FromSeconds(second)).Kind);
        // Asked at 0, 5 and 10 s; the third such answer counts.
        Assert.Equal([.. Enumerable.Repeat(VerdictKind.Neutral, 10), VerdictKind.Agrees], kinds);
    }

    [Fact]
    public void An_external_server_that_gives_TTL_0_always_does_not_keep_the_gate_closed_for_ever()
    {
        var replay = new Replay(
            new ManualTime(), Fixtures.Listing(Inside, Fixtures.External()),
            (question, _) => Says(question, question.Step.Stage == Stage.External ? "A 10.244.1.7 ttl 0" : "right"));
        Assert.NotNull(replay.Until(40).OpenedAt);
    }

    [Fact]
    public void The_window_is_no_longer_for_external_servers_that_are_right() =>
        Assert.InRange(
            new Replay(new ManualTime(), Fixtures.Listing(Inside, Fixtures.External()), (question, _) => Says(question, "right"))
                .Until(60).OpenedAt!.Value.TotalSeconds,
            5,
            6.5);

    [Fact]
    public void One_that_turns_right_late_opens_a_window_after_it_was_asked_again()
    {
        var time = new ManualTime();
        var replay = new Replay(time, Fixtures.Listing(Inside, Fixtures.External()), (question, at) =>
            Says(question, question.Step.Stage == Stage.External && at < TimeSpan.FromSeconds(22) ? "A 10.244.2.9 ttl 300" : "right"));
        Assert.InRange(replay.Until(120).OpenedAt!.Value.TotalSeconds, 27, 60);
    }

    private static Replay Play(string says, params View[] external) => new(
        new ManualTime(), Fixtures.Listing([Inside, .. external]),
        (question, _) => Says(question, question.Step.Stage == Stage.External ? says : "right"))
    { Rule = new SettleRule(1_000_000, TimeSpan.Zero) };

    private static Outcome Says(Question question, string says)
    {
        var outcome = question.Step.Stage == Stage.External && question.Type == RecordType.PTR && says == "right"
            ? FakeAnswers.Outcome(RecordType.PTR, "zk-0.example.com")
            : FakeAnswers.By(says).To(question);
        return outcome is Outcome.Responded responded ? responded with { Authoritative = !question.RecursionDesired } : outcome;
    }

    private static IEnumerable<Question> Asked(IEnumerable<ImmutableArray<Question>> trips) =>
        trips.SelectMany(trip => trip).Where(question => question.Step.Stage == Stage.External);
}
