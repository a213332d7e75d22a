using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Tests.Rules;

/// <summary>The verdict on one whole round, and the quorum. Numbers are those of docs/scenarios.md.</summary>
public sealed class DecisionTests
{
    private const string Dual = $"{Fixtures.Own} {Fixtures.OwnIPv6}";

    [Theory]
    [InlineData("1: all right", "right | right | right", "Agrees agrees")]
    [InlineData("2: one of three says the old address", "right | A 10.244.2.9 | right", "Disagrees stale-address")]
    [InlineData("3: one of three says NXDOMAIN", "right | right | all NXDOMAIN", "Disagrees name-missing")]
    [InlineData("4: right and old in one answer", "A 10.244.1.7 10.244.2.9 | right | right", "Disagrees extra-address")]
    [InlineData("6: A right, AAAA NXDOMAIN", "AAAA NXDOMAIN | AAAA NXDOMAIN | AAAA NXDOMAIN", "Disagrees name-missing")]
    [InlineData("7: forward right, PTR names another pod",
        "right | right | PTR zk-1.zk-headless.prod.svc.cluster.local", "Disagrees reverse-mismatch")]
    [InlineData("8: PTR gives the own name and another", "PTR own 10-244-1-7.zk.prod.svc.cluster.local | right | right", "Agrees agrees")]
    [InlineData("9: all servers down", "all SILENCE | all SILENCE | all SILENCE", "Undecidable timed-out")]
    [InlineData("9: all servers unreachable", "all UNREACHABLE | all UNREACHABLE | all UNREACHABLE", "Undecidable unreachable")]
    [InlineData("10: one hangs", "right | right | all SILENCE", "Disagrees timed-out")]
    [InlineData("12: SERVFAIL everywhere", "all SERVFAIL | all SERVFAIL | all SERVFAIL", "Disagrees server-failure")]
    [InlineData("12: SERVFAIL from one and silence from the others is an answer",
        "all SERVFAIL | all SILENCE | all SILENCE", "Disagrees server-failure")]
    [InlineData("13: PTR answered by the upstream",
        "right | right | PTR ip-10-244-1-7.eu-west-1.compute.internal ra", "Disagrees reverse-forwarded")]
    [InlineData("refused by one", "right | all REFUSED | right", "Disagrees refused")]
    [InlineData("garbage from one", "right | all GARBAGE | right", "Disagrees malformed")]
    [InlineData("the reason of the round is the first of all servers: wrong before silent",
        "all SILENCE | all SERVFAIL | A 10.244.2.9", "Disagrees stale-address")]
    [InlineData("22b: a right answer with TTL 0 neither counts nor starts over", "right | A 10.244.1.7 ttl 0 | right", "Neutral ttl-zero")]
    [InlineData("22b: a right PTR with TTL 0 neither counts nor starts over", "right | PTR own ttl 0 | right", "Neutral ttl-zero")]
    [InlineData("a right answer with TTL 0 beside a wrong one is a disagreement",
        "A 10.244.1.7 ttl 0 | A 10.244.2.9 | right", "Disagrees stale-address")]
    public void Three_servers_all_required(string sentence, string told, string verdict) =>
        Assert.Equal((sentence, verdict), (sentence, Show(Fixtures.Round(Fixtures.Cluster(3), told.Split('|')))));

    [Theory]
    [InlineData("a server with TTL 0 and a silent one", "all SILENCE")]
    [InlineData("a server with TTL 0 and an unreachable one", "all UNREACHABLE")]
    public void TTL_zero_at_one_server_does_not_excuse_the_silence_of_another(string sentence, string told)
    {
        var verdict = Fixtures.Round(Fixtures.Cluster(2), "A 10.244.1.7 ttl 0", told);
        Assert.Equal((sentence, VerdictKind.Disagrees), (sentence, verdict.Kind));
    }

    [Theory]
    [InlineData("forward", "all SILENCE; A 10.244.1.7 ttl 0")]
    [InlineData("reverse", "A 10.244.1.7 ttl 0; PTR SILENCE")]
    [InlineData("reverse unreachable", "A 10.244.1.7 ttl 0; PTR UNREACHABLE")]
    public void TTL_zero_in_one_answer_does_not_excuse_silence_in_another_of_the_same_server(string half, string told)
    {
        var view = Fixtures.Cluster(1);
        var memory = new RoundMemory();
        var kinds = Enumerable.Range(0, 8)
            .Select(number =>
                Fixtures.Round(Fixtures.Listing(view), Fixtures.AnswersOf(view, told), memory, TimeSpan.FromSeconds(10 * number)).Kind)
            .ToList();
        Assert.DoesNotContain(VerdictKind.Agrees, kinds);
        Assert.Equal((half, true), (half, kinds.All(kind => kind == VerdictKind.Disagrees)));
    }

    [Fact]
    public void TTL_zero_privately_does_not_excuse_silence_as_the_application_asks()
    {
        var memory = new RoundMemory();
        Outcome Answer(Question question) =>
            question.Step.IsPrivate ? FakeAnswers.By("A 10.244.1.7 ttl 0").To(question) : new Outcome.TimedOut();
        for (var number = 0; number < 8; number++)
        {
            Assert.Equal(
                VerdictKind.Disagrees,
                Fixtures.Round(Fixtures.Listing(Fixtures.Cluster(1)), Answer, memory, TimeSpan.FromSeconds(10 * number)).Kind);
        }
    }

    [Fact]
    public void TTL_zero_in_one_sample_does_not_excuse_silence_in_another()
    {
        var verdict = Fixtures.Round(Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App(Server.SamplesOfVirtualAddress)), question =>
            FakeAnswers.By(
                question.Step.Stage != Stage.App ? "right" : question.Sample == 0 ? "A 10.244.1.7 ttl 0" : "all SILENCE").To(question));
        Assert.Equal(VerdictKind.Disagrees, verdict.Kind);
    }

    [Fact]
    public void TTL_zero_in_the_cluster_view_does_not_excuse_silence_in_the_app_view()
    {
        var verdict = Fixtures.Round(Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App()), question =>
            question.Step.Stage == Stage.App ? new Outcome.TimedOut() : FakeAnswers.By("A 10.244.1.7 ttl 0").To(question));
        Assert.Equal(VerdictKind.Disagrees, verdict.Kind);
    }

    [Fact]
    public void A_right_answer_with_TTL_zero_counts_from_the_third_in_a_row_on()
    {
        var view = Fixtures.Cluster(2);
        var memory = new RoundMemory();
        VerdictKind Play(string told) => Fixtures.Round(Fixtures.Listing(view), Fixtures.AnswersOf(view, told, "right"), memory).Kind;
        Assert.Equal(
            [VerdictKind.Neutral, VerdictKind.Neutral, VerdictKind.Agrees, VerdictKind.Agrees],
            new[] { "A 10.244.1.7 ttl 0", "PTR own ttl 0", "A 10.244.1.7 ttl 0", "A 10.244.1.7 ttl 0" }.Select(Play));
        Assert.Equal(VerdictKind.Agrees, Play("right"));
        Assert.Equal(VerdictKind.Neutral, Play("A 10.244.1.7 ttl 0"));
    }

    [Fact]
    public void TTL_zero_alternating_between_two_servers_never_counts()
    {
        var view = Fixtures.Cluster(2);
        var memory = new RoundMemory();
        for (var number = 0; number < 10; number++)
        {
            string[] told = number % 2 == 0 ? ["A 10.244.1.7 ttl 0", "right"] : ["right", "A 10.244.1.7 ttl 0"];
            Assert.Equal(VerdictKind.Neutral, Fixtures.Round(Fixtures.Listing(view), Fixtures.AnswersOf(view, told), memory).Kind);
        }
    }

    [Theory]
    [InlineData("5: AAAA published at no server is open under auto", FamilyPolicy.Auto, "right | right", "Agrees agrees")]
    [InlineData("5: AAAA published at no server is missing-address under both",
        FamilyPolicy.Both, "right | right", "Disagrees missing-address")]
    [InlineData("AAAA published at one server is required at the other",
        FamilyPolicy.Auto, "AAAA fd00:244::7 | right", "Disagrees missing-address")]
    [InlineData("AAAA published everywhere", FamilyPolicy.Auto, "AAAA fd00:244::7 | AAAA fd00:244::7", "Agrees agrees")]
    internal void A_dual_stack_pod(string sentence, FamilyPolicy families, string told, string verdict) =>
        Assert.Equal(
            (sentence, verdict), (sentence, Show(Fixtures.Round(Fixtures.Cluster(2, Dual) with { Families = families }, told.Split('|')))));

    [Fact]
    public void Families_are_found_per_view()
    {
        var verdict = Fixtures.Round(
            Fixtures.Listing(Fixtures.Cluster(1, Dual), Fixtures.App(addresses: Dual)),
            question => FakeAnswers.By(question.Step.Stage == Stage.App ? "right" : $"AAAA {Fixtures.OwnIPv6}").To(question));
        Assert.Equal("Agrees agrees", Show(verdict));
    }

    [Theory]
    [InlineData("8: more than the own name is closed under only", ReversePolicy.Only,
        "PTR own 10-244-1-7.zk.prod.svc.cluster.local", "Disagrees reverse-extra")]
    [InlineData("a PTR of another pod does not matter under off", ReversePolicy.Off, "PTR zk-1.example.com", "Agrees agrees")]
    [InlineData("a silent PTR does not matter under off", ReversePolicy.Off, "PTR SILENCE", "Agrees agrees")]
    [InlineData("no PTR", ReversePolicy.Contains, "PTR NXDOMAIN", "Disagrees reverse-missing")]
    internal void The_reverse_policy(string sentence, ReversePolicy policy, string told, string verdict) =>
        Assert.Equal((sentence, verdict), (sentence, Show(Fixtures.Round(Fixtures.Cluster(2) with { Reverse = policy }, told, "right"))));

    [Theory]
    [InlineData("10: one of three hangs", "majority", "right | right | all SILENCE", "Agrees agrees")]
    [InlineData("10: one of three is unreachable", "majority", "right | all UNREACHABLE | right", "Agrees agrees")]
    [InlineData("10: one of three hangs after its first answer", "majority", "right | right | PTR SILENCE", "Agrees agrees")]
    [InlineData("11: one hangs, another wrong", "majority", "right | all SILENCE | A 10.244.2.9", "Disagrees stale-address")]
    [InlineData("two of three hang", "majority", "right | all SILENCE | all SILENCE", "Disagrees timed-out")]
    [InlineData("one of three is wrong", "majority", "right | right | A 10.244.2.9", "Disagrees stale-address")]
    [InlineData("refused closes under any quorum", "1", "right | right | all REFUSED", "Disagrees refused")]
    [InlineData("server-failure closes under any quorum", "1", "right | right | all SERVFAIL", "Disagrees server-failure")]
    [InlineData("malformed closes under any quorum", "1", "right | right | all GARBAGE", "Disagrees malformed")]
    [InlineData("one of three answers, one is required", "1", "all SILENCE | right | all SILENCE", "Agrees agrees")]
    [InlineData("two of three answer, two are required", "2", "all SILENCE | right | right", "Agrees agrees")]
    [InlineData("one of three answers, two are required", "2", "all SILENCE | right | all SILENCE", "Disagrees timed-out")]
    [InlineData("more are required than there are", "4", "right | right | right", "Disagrees")]
    [InlineData("all hang", "1", "all SILENCE | all SILENCE | all SILENCE", "Undecidable timed-out")]
    [InlineData("excused silence beside TTL 0 is neutral", "majority", "A 10.244.1.7 ttl 0 | right | all SILENCE", "Neutral ttl-zero")]
    public void The_quorum_excuses_silence_and_nothing_else(string sentence, string require, string told, string verdict)
    {
        var quorum = require == "majority" ? Quorum.MoreThanHalf : new Quorum(int.Parse(require), false);
        var shown = Show(Fixtures.Round(Fixtures.Cluster(3) with { Quorum = quorum }, told.Split('|')));
        Assert.Equal((sentence, verdict), (sentence, verdict.Contains(' ', StringComparison.Ordinal) ? shown : shown.Split(' ')[0]));
    }

    [Theory]
    [InlineData("all", 3, 3)]
    [InlineData("majority", 1, 1)]
    [InlineData("majority", 2, 2)]
    [InlineData("majority", 3, 2)]
    [InlineData("majority", 4, 3)]
    [InlineData("2", 5, 2)]
    [InlineData("all", 0, 1)]
    [InlineData("majority", 0, 1)]
    public void The_servers_that_must_answer_are_counted_and_never_none(string require, int servers, int needed)
    {
        var quorum = require switch { "all" => Quorum.All, "majority" => Quorum.MoreThanHalf, _ => new Quorum(int.Parse(require), false) };
        Assert.Equal((needed, require), (quorum.Needed(servers), quorum.ToString()));
    }

    [Fact]
    public void Zero_servers_never_agree()
    {
        Assert.Equal("Undecidable no-servers", Show(Fixtures.Round(Fixtures.Cluster(0))));
        Assert.Equal("Undecidable no-servers", Show(Fixtures.Round(Fixtures.Cluster(0) with { Quorum = Quorum.MoreThanHalf })));
        var nobody = Fixtures.App() with { Servers = [] };
        Assert.Equal(
            "Disagrees no-servers",
            Show(Fixtures.Round(Fixtures.Listing(Fixtures.Cluster(1), nobody), question => FakeAnswers.By("right").To(question))));
    }

    [Fact]
    public void Servers_of_which_none_is_required_never_agree()
    {
        var view = Fixtures.Cluster(2);
        view = view with { Servers = [.. view.Servers.Select(server => server with { Condition = EndpointCondition.Terminating })] };
        Assert.NotEqual(VerdictKind.Agrees, Fixtures.Round(view, "right", "right").Kind);
    }

    [Fact]
    public void A_terminating_endpoint_frozen_on_the_old_address_is_shown_and_need_not_agree()
    {
        var view = Fixtures.Cluster(3);
        view = view with
        {
            Servers = [view.Servers[0], view.Servers[1], view.Servers[2] with { Condition = EndpointCondition.Terminating }],
        };
        var verdict = Fixtures.Round(view, "right", "right", "A 10.244.2.9");
        Assert.Equal("Agrees agrees", Show(verdict));
        Assert.Equal(Reason.StaleAddress, verdict.Servers[2].Judgement.Reason);
    }

    [Fact]
    public void A_server_that_is_not_ready_and_silent_is_shown_and_not_required()
    {
        var view = Fixtures.Cluster(2);
        view = view with { Servers = [view.Servers[0], view.Servers[1] with { Condition = EndpointCondition.Terminating }] };
        var verdict = Fixtures.Round(view, "right", "all SILENCE");
        Assert.Equal("Agrees agrees", Show(verdict));
        Assert.Equal(Reason.TimedOut, verdict.Servers[1].Judgement.Reason);
    }

    [Theory]
    [InlineData("A 10.244.2.9", "stale-address", VerdictKind.Disagrees)]
    [InlineData("all NXDOMAIN", "name-missing", VerdictKind.Disagrees)]
    [InlineData("PTR NXDOMAIN", "reverse-missing", VerdictKind.Disagrees)]
    [InlineData("all SILENCE", "timed-out", VerdictKind.Disagrees)]
    [InlineData("A 10.244.1.7 ttl 0", "ttl-zero", VerdictKind.Neutral)]
    internal void One_wrong_sample_of_eight_speaks_for_a_virtual_address(string told, string reason, VerdictKind kind)
    {
        for (var wrong = 0; wrong < Server.SamplesOfVirtualAddress; wrong++)
        {
            var verdict = Fixtures.Round(Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App(Server.SamplesOfVirtualAddress)), question =>
                FakeAnswers.By(question.Step.Stage == Stage.App && question.Sample == wrong ? told : "right").To(question));
            Assert.Equal((wrong, kind, reason), (wrong, verdict.Kind, verdict.Reason.Name()));
            Assert.Equal(reason, verdict.Servers.Single(server => server.View.Kind == ViewKind.App).Judgement.Reason.Name());
        }
    }

    [Fact]
    public void What_is_said_of_a_virtual_address_does_not_depend_on_which_sample_met_which_server()
    {
        var listing = Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App(Server.SamplesOfVirtualAddress));
        Judgement Play(int first) => Fixtures.Round(listing, question => FakeAnswers.By(
            question.Step.Stage != Stage.App ? "right"
            : question.Sample == first ? "A 10.244.2.9"
            : "A 10.244.2.8").To(question)).Servers[^1].Judgement;
        Assert.Equal(Play(0), Play(5));
    }

    [Fact]
    public void A_later_view_that_was_not_reached_is_not_judged()
    {
        var verdict = Fixtures.Round(
            Fixtures.Listing(Fixtures.Cluster(1), Fixtures.App()), question => FakeAnswers.By("A 10.244.2.9").To(question));
        Assert.Equal([ViewKind.Cluster], verdict.Servers.Select(server => server.View.Kind));
    }

    [Fact]
    public void The_app_view_disagreeing_closes()
    {
        var verdict = Fixtures.Round(Fixtures.Listing(Fixtures.Cluster(2), Fixtures.App()), question =>
            FakeAnswers.By(question.Step.Stage == Stage.App ? "A 10.244.2.9" : "right").To(question));
        Assert.Equal("Disagrees stale-address", Show(verdict));
    }

    [Fact]
    public void What_applications_are_told_counts_although_the_private_answer_is_right()
    {
        var verdict = Fixtures.Round(Fixtures.Listing(Fixtures.Cluster(1)), question =>
            FakeAnswers.By(question.Partition == CachePartition.Plain ? "A 10.244.2.9" : "right").To(question));
        Assert.Equal("Disagrees stale-address", Show(verdict));
        Assert.StartsWith("A 10.244.2.9, expected 10.244.1.7", verdict.Servers[0].Judgement.Detail, StringComparison.Ordinal);
    }

    private static string Show(RoundVerdict verdict) => $"{verdict.Kind} {verdict.Reason.Name()}";
}
