using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Gate;

/// <summary>Which question goes in which trip of a round.</summary>
public sealed class RoundTests
{
    private const string Dual = $"{Fixtures.Own} {Fixtures.OwnIPv6}";

    [Fact]
    public void Stages_1_and_2_take_three_round_trips()
    {
        Assert.Equal(
            [
                "private A AAAA",
                "private PTR, plain A AAAA",
                "plain PTR",
            ],
            Trips(Fixtures.Listing(Fixtures.Cluster(1)), "right"));
    }

    [Fact]
    public void The_app_view_comes_last_in_two_more()
    {
        Assert.Equal(
            ["private A AAAA", "private PTR, plain A AAAA", "plain PTR", "app A AAAA", "app PTR"],
            Trips(Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App()), "right"));
    }

    [Fact]
    public void Without_reverse_there_are_only_forward_questions() =>
        Assert.Equal(
            ["private A AAAA", "plain A AAAA", "app A AAAA"],
            Trips(
                Fixtures.Listing(
                    Fixtures.Cluster(1) with { Reverse = ReversePolicy.Off }, Fixtures.App() with { Reverse = ReversePolicy.Off }),
                "right"));

    [Fact]
    public void A_dual_stack_pod_has_a_PTR_for_each_address() =>
        Assert.Equal(
            ["private A AAAA", "private PTR PTR, plain A AAAA", "plain PTR PTR"],
            Trips(Fixtures.Listing(Fixtures.Cluster(1, Dual)), $"AAAA {Fixtures.OwnIPv6}"));

    [Fact]
    public void The_PTR_of_a_family_that_nobody_publishes_is_not_asked() =>
        Assert.Equal(
            ["private A AAAA", "private PTR, plain A AAAA", "plain PTR"],
            Trips(Fixtures.Listing(Fixtures.Cluster(1, Dual)), "right"));

    [Theory]
    [InlineData(FamilyPolicy.IPv4, "private A", "private PTR, plain A", "plain PTR")]
    [InlineData(FamilyPolicy.Both, "private A AAAA", "private PTR PTR, plain A AAAA", "plain PTR PTR")]
    internal void Only_the_families_of_the_policy_are_asked(FamilyPolicy families, params string[] trips) =>
        Assert.Equal(trips, Trips(Fixtures.Listing(Fixtures.Cluster(1, Dual) with { Families = families }), $"AAAA {Fixtures.OwnIPv6}"));

    [Theory]
    [InlineData("A 10.244.2.9")]
    [InlineData("all NXDOMAIN")]
    [InlineData("A NODATA")]
    [InlineData("A 10.244.1.7 10.244.2.9")]
    [InlineData("all SERVFAIL")]
    [InlineData("all GARBAGE")]
    [InlineData("all SILENCE")]
    [InlineData("AAAA NXDOMAIN")]
    [InlineData("AAAA SILENCE")]
    public void A_server_is_asked_for_the_PTR_only_once_its_forward_answer_is_right(string told) =>
        Assert.Equal(["private A AAAA"], Trips(Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App()), told));

    [Fact]
    public void While_one_server_is_wrong_privately_the_others_are_asked_for_the_PTR_privately_and_nobody_plainly()
    {
        var view = Fixtures.Cluster(3);
        var trips = new List<ImmutableArray<Question>>();
        Fixtures.Round(Fixtures.Listing(view, Fixtures.App()), Fixtures.AnswersOf(view, "right", "A 10.244.2.9", "right"), trips: trips);
        Assert.Equal(2, trips.Count);
        Assert.Equal([Fixtures.S(1), Fixtures.S(3)], trips[1].Select(question => question.Server));
        Assert.All(trips.SelectMany(trip => trip), question => Assert.True(question.Step.IsPrivate));
    }

    [Fact]
    public void A_wrong_private_PTR_ends_the_round_before_any_plain_PTR_or_the_app_view() =>
        Assert.Equal(
            ["private A AAAA", "private PTR, plain A AAAA"], Trips(Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App()), "PTR NXDOMAIN"));

    [Theory]
    [InlineData(RecordType.A, 3)]
    [InlineData(RecordType.PTR, 3)]
    internal void The_app_view_is_never_asked_before_the_cluster_agrees(RecordType wrong, int trips)
    {
        var asked = new List<ImmutableArray<Question>>();
        Fixtures.Round(Fixtures.Listing(Fixtures.Cluster(2), Fixtures.App()), question =>
            FakeAnswers.By(question.Partition == CachePartition.Plain && question.Server == Fixtures.S(2) && question.Type == wrong
                ? (wrong == RecordType.A ? "A 10.244.2.9" : "PTR NXDOMAIN")
                : "right").To(question), trips: asked);
        Assert.Equal(trips, asked.Count);
        Assert.DoesNotContain(asked.SelectMany(trip => trip), question => question.Step.Stage == Stage.App);
    }

    [Fact]
    public void A_server_that_need_not_agree_and_is_privately_wrong_is_not_asked_as_the_application_asks()
    {
        // An NXDOMAIN that the gate asks for there is what the application would be told for 30 s.
        var view = Fixtures.Cluster(3);
        view = view with
        {
            Servers = [view.Servers[0], view.Servers[1], view.Servers[2] with { Condition = EndpointCondition.Terminating }],
        };
        var trips = new List<ImmutableArray<Question>>();
        Fixtures.Round(Fixtures.Listing(view), Fixtures.AnswersOf(view, "right", "right", "all NXDOMAIN"), trips: trips);
        Assert.DoesNotContain(trips.SelectMany(trip => trip), question => question.Server == Fixtures.S(3) && !question.Step.IsPrivate);
    }

    [Theory]
    [InlineData("privately silent, wrong as the application asks", "all SILENCE", "A 10.244.2.9", VerdictKind.Disagrees)]
    [InlineData("privately silent, right as the application asks", "all SILENCE", "right", VerdictKind.Agrees)]
    [InlineData("privately without a PTR in time, with a wrong one as the application asks",
        "A 10.244.1.7; PTR SILENCE", "A 10.244.1.7; PTR other.example", VerdictKind.Disagrees)]
    internal void One_that_answers_wrongly_closes_the_gate_whatever_the_quorum_and_however_it_is_asked(
        string sentence, string privately, string plainly, VerdictKind kind)
    {
        var view = Fixtures.Cluster(3) with { Quorum = Quorum.MoreThanHalf };
        var verdict = Fixtures.Round(Fixtures.Listing(view), question =>
            FakeAnswers.By(question.Server != Fixtures.S(3) ? "right" : question.Step.IsPrivate ? privately : plainly).To(question));
        Assert.Equal((sentence, kind), (sentence, verdict.Kind));
    }

    [Theory]
    [InlineData("AAAA in the private partition only", true)]
    [InlineData("AAAA in the application's partition only", false)]
    public void A_family_that_one_partition_publishes_is_missing_in_the_other(string sentence, bool privately)
    {
        var view = Fixtures.Cluster(2, "10.244.1.7 fd00:244::7");
        var verdict = Fixtures.Round(Fixtures.Listing(view), question =>
            FakeAnswers.By(question.Step.IsPrivate == privately ? "A 10.244.1.7; AAAA fd00:244::7" : "A 10.244.1.7; AAAA NODATA")
                .To(question));
        Assert.Equal((sentence, Reason.MissingAddress), (sentence, verdict.Reason));
    }

    [Fact]
    public void A_silent_server_is_asked_without_backing_off_while_the_gate_agrees()
    {
        var view = Fixtures.Cluster(3) with { Quorum = Quorum.MoreThanHalf };
        var memory = new RoundMemory();
        for (var second = 0; second < 3; second++)
        {
            Play(view, memory, TimeSpan.FromSeconds(second), "right", "right", "all SILENCE");
        }

        var now = TimeSpan.FromSeconds(2.5);
        Assert.DoesNotContain(new RoundPlan(Fixtures.Listing(view), memory.Retry).Next(now), question => question.Server == Fixtures.S(3));
        Assert.Contains(new RoundPlan(Fixtures.Listing(view), memory.Retry, ignoreBackoff: true).Next(now), question =>
            question.Server == Fixtures.S(3));
    }

    [Fact]
    public void Private_questions_go_to_partitions_that_applications_do_not_read_and_the_others_to_theirs()
    {
        var trips = new List<ImmutableArray<Question>>();
        Fixtures.Round(
            Fixtures.Listing(Fixtures.Cluster(2), Fixtures.App()), question => FakeAnswers.By("right").To(question), trips: trips);
        Assert.All(trips.SelectMany(trip => trip), question =>
        {
            var query = question.ToQuery(1);
            Assert.Equal(question.Step.IsPrivate, query.CheckingDisabled || query.DnssecOk);
            Assert.True(query.RecursionDesired);
        });
    }

    [Theory]
    [InlineData(CachePartition.Plain, false, false)]
    [InlineData(CachePartition.Cd, true, false)]
    [InlineData(CachePartition.Do, false, true)]
    [InlineData(CachePartition.CdDo, true, true)]
    internal void A_partition_is_CD_and_DO(CachePartition partition, bool checkingDisabled, bool dnssecOk)
    {
        var query = (Fixtures.Observed(RecordType.A, Fixtures.Own).Question with { Partition = partition }).ToQuery(7);
        Assert.Equal(
            (checkingDisabled, dnssecOk, true, (ushort)7), (query.CheckingDisabled, query.DnssecOk, query.RecursionDesired, query.Id));
    }

    [Fact]
    public void A_virtual_address_is_asked_eight_times_forward_and_reverse()
    {
        var trips = new List<ImmutableArray<Question>>();
        Fixtures.Round(Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App(Server.SamplesOfVirtualAddress)),
            question => FakeAnswers.By("right").To(question), trips: trips);
        var app = trips.SelectMany(trip => trip).Where(question => question.Step.Stage == Stage.App).ToList();
        Assert.All([RecordType.A, RecordType.AAAA, RecordType.PTR], type =>
            Assert.Equal(Enumerable.Range(0, 8), app.Where(question => question.Type == type).Select(question => question.Sample)));
    }

    [Fact]
    public void A_server_that_is_left_alone_is_not_asked_and_keeps_what_it_said()
    {
        var view = Fixtures.Cluster(2);
        var memory = new RoundMemory();
        var answers = Fixtures.AnswersOf(view, "all SILENCE", "right");
        Fixtures.Round(Fixtures.Listing(view), answers, memory, TimeSpan.Zero);
        Fixtures.Round(Fixtures.Listing(view), answers, memory, TimeSpan.FromSeconds(1));
        var trips = new List<ImmutableArray<Question>>();
        var verdict = Fixtures.Round(Fixtures.Listing(view), answers, memory, TimeSpan.FromSeconds(2), trips);
        Assert.DoesNotContain(trips.SelectMany(trip => trip), question => question.Server == Fixtures.S(1));
        Assert.Equal(["timed-out", "agrees"], verdict.Servers.Select(server => server.Judgement.Reason.Name()));
        Assert.Equal(2, verdict.Servers[0].Observations.Length);
    }

    [Fact]
    public void When_all_are_left_alone_nobody_is_asked_and_the_verdict_stands()
    {
        var view = Fixtures.Cluster(2);
        var memory = new RoundMemory();
        foreach (var (second, ttl) in new[] { (0, 30), (1, 30), (2, 28) })
        {
            // The first partition's TTL fell within 2 s: a cache keeps it.
            Fixtures.Round(Fixtures.Listing(view), Fixtures.AnswersOf(view, $"A 10.244.2.9 ttl {ttl}", $"A 10.244.2.9 ttl {ttl}"),
                memory, TimeSpan.FromSeconds(second));
        }

        var trips = new List<ImmutableArray<Question>>();
        var verdict = Fixtures.Round(
            Fixtures.Listing(view), Fixtures.AnswersOf(view, "right", "right"), memory, TimeSpan.FromSeconds(2.5), trips);
        Assert.Empty(trips);
        Assert.Equal((VerdictKind.Disagrees, Reason.StaleAddress), (verdict.Kind, verdict.Reason));
    }

    [Fact]
    public void The_next_due_time_is_the_earliest_of_the_servers_left_alone()
    {
        var view = Fixtures.Cluster(2);
        var round = Play(view, new RoundMemory(), TimeSpan.Zero, "right", "right");
        Assert.Null(round.NextDue);

        var memory = new RoundMemory();
        foreach (var (second, ttl) in new[] { (0, 30), (1, 30), (2, 28) })
        {
            // The third partition of the first is kept for 10 s; the silent server is asked 2 s after its second silence.
            round = Play(view, memory, TimeSpan.FromSeconds(second), $"A 10.244.2.9 ttl {ttl}", "all SILENCE");
        }

        Assert.Equal(TimeSpan.FromSeconds(3), round.NextDue);
    }

    [Fact]
    public void A_server_that_need_not_agree_does_not_set_the_pace()
    {
        var view = Fixtures.Cluster(2);
        view = view with { Servers = [view.Servers[0], view.Servers[1] with { Condition = EndpointCondition.Terminating }] };
        Assert.Null(Play(view, new RoundMemory(), TimeSpan.Zero, "right", "A 10.244.2.9").NextDue);
    }

    [Fact]
    public void The_questions_to_one_server_are_counted_over_all_stages_and_those_to_a_virtual_address_for_each_sample()
    {
        Assert.Equal(6, Play(Fixtures.Cluster(3), new RoundMemory(), TimeSpan.Zero, "right", "right", "right").MaxDatagramsToOne);
        var sampled = Fixtures.Cluster(0) with { Servers = [new Server(Fixtures.Vip, "resolv.conf", 8, MayForward: true)] };
        Assert.Equal(6, Play(sampled, new RoundMemory(), TimeSpan.Zero, "right").MaxDatagramsToOne);
        Assert.Equal(2, Play(Fixtures.Cluster(1), new RoundMemory(), TimeSpan.Zero, "all NXDOMAIN").MaxDatagramsToOne);
    }

    [Fact]
    public void Whether_the_name_exists_is_a_question_to_the_server_and_no_answer_of_the_pod()
    {
        var (view, memory) = (Fixtures.Cluster(1), new RoundMemory());
        Play(view, memory, TimeSpan.FromSeconds(0), "all NXDOMAIN ttl 30");
        Play(view, memory, TimeSpan.FromSeconds(1), "all NXDOMAIN ttl 30");
        Play(view, memory, TimeSpan.FromSeconds(2), "all NXDOMAIN ttl 28");
        var now = TimeSpan.FromSeconds(3);

        var round = new RoundPlan(Fixtures.Listing(view), memory.Retry);
        var question = Assert.Single(round.Next(now));
        round.Learn([new Observation(question, FakeAnswers.Outcome(question.Type, "NODATA"), TimeSpan.Zero, Datagrams: 2)], now);

        Assert.Equal((Fixtures.Name, CachePartition.Cd, true), (question.Name, question.Partition, question.IsForExistence));
        Assert.Empty(round.Next(now));
        Assert.Equal(2, round.MaxDatagramsToOne);
        Assert.Equal(now, round.NextDue);
        var server = Assert.Single(round.Verdict().Servers);
        Assert.Equal(Reason.NameMissing, server.Judgement.Reason);
        Assert.Equal([RecordType.A, RecordType.AAAA], server.Observations.Select(observation => observation.Question.Type));
        Assert.All(
            new RoundPlan(Fixtures.Listing(view), memory.Retry).Next(TimeSpan.FromSeconds(4)),
            next => Assert.Equal(CachePartition.CdDo, next.Partition));
    }

    private static RoundPlan Play(View view, RoundMemory memory, TimeSpan at, params string[] told)
    {
        var round = new RoundPlan(Fixtures.Listing(view), memory.Retry);
        var answer = Fixtures.AnswersOf(view, told);
        while (round.Next(at) is { Length: > 0 } questions)
        {
            round.Learn([.. questions.Select(question => new Observation(question, answer(question), TimeSpan.Zero))], at);
        }

        return round;
    }

    /// <summary>The trips of one round: stage and types of the questions to one server.</summary>
    private static IEnumerable<string> Trips(Listing listing, string told)
    {
        var trips = new List<ImmutableArray<Question>>();
        Fixtures.Round(listing, question => FakeAnswers.By(told).To(question), trips: trips);
        return trips.Select(trip => string.Join(", ", trip
            .GroupBy(question => question.Step.Stage)
            .Select(stage => $"{NameOf(stage.Key)} {string.Join(' ', stage.Select(question => question.Type))}")));
    }

    private static string NameOf(Stage stage) => stage switch
    {
        Stage.ClusterPrivate => "private",
        Stage.Cluster => "plain",
        _ => "app",
    };
}
