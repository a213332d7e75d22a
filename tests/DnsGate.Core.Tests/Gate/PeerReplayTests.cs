using System.Collections.Immutable;
using System.Globalization;
using DnsGate.Core.Dns;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Gate;

/// <summary>
/// A gate with <c>--peers</c> from the start to the opening, in virtual time. The own name is right unless a test says otherwise.
/// </summary>
public sealed class PeerReplayTests
{
    // When the own name has settled: three rounds that span 5 s.
    private const double Settled = 5.7;

    [Fact]
    public void Peers_that_appear_one_by_one_open_the_gate_at_the_majority()
    {
        var replay = Play(5, new() { [1] = 10, [2] = 20, [3] = 30, [4] = 40 });
        Assert.Equal("closed peer-missing", replay.Until(19).ToString());
        Assert.Equal(2, replay.Last!.Peers!.Found);
        Assert.Equal("open", replay.Until(40).ToString());
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, 20, 27);
        Assert.Equal(
            [PeerState.Self, PeerState.Found, PeerState.Found, PeerState.Missing, PeerState.Missing],
            replay.Last.Peers!.Members.Select(member => member.State));
        Assert.Equal("NXDOMAIN", replay.Last.Peers.Members[4].Detail);
    }

    [Fact]
    public void Peers_that_exist_when_the_own_name_settles_cost_no_second()
    {
        var replay = Play(5, new() { [1] = 0, [2] = 0, [3] = 0, [4] = 0 }).Until(20);
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, 4.9, Settled);
        Assert.True(replay.Last!.Peers is { Found: 5, HasTimedOut: false });
    }

    [Fact]
    public void All_waits_for_the_last_peer()
    {
        var replay = Play(3, new() { [1] = 0, [2] = 30 }, Quorum.All);
        Assert.Equal("closed peer-missing", replay.Until(29).ToString());
        Assert.InRange(replay.Until(60).OpenedAt!.Value.TotalSeconds, 30, 37);
    }

    [Fact]
    public void A_peer_that_never_appears_delays_the_gate_by_the_timeout_and_no_longer()
    {
        var replay = Play(3, new() { [1] = 0 }, Quorum.All);
        Assert.Equal("closed peer-missing", replay.Until(64).ToString());
        Assert.InRange(replay.Until(100).OpenedAt!.Value.TotalSeconds, 64.9, 68);
        Assert.True(replay.Last!.Peers is { HasTimedOut: true, Found: 2, Needed: 3 });
    }

    [Fact]
    public void The_first_pod_of_an_ordered_start_from_nothing_opens_with_the_defaults()
    {
        var replay = Play(5, []).Until(100);
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, 64.9, 68);
        Assert.True(replay.Last!.Peers is { HasTimedOut: true, Found: 1, Needed: 3 });
    }

    [Fact]
    public void On_peers_timeout_fail_ends_a_wait_with_the_gate_closed()
    {
        var replay = Play(3, [], onTimeout: OnTimeout.Fail).Until(100);
        Assert.True(replay.HasEnded);
        Assert.Null(replay.OpenedAt);
        Assert.True(replay.Last is { Reason: Reason.PeerMissing, Status: GateStatus.Closed, Peers.HasTimedOut: true });
    }

    [Fact]
    public void On_peers_timeout_fail_keeps_a_sidecar_closed_until_the_peers_exist()
    {
        var replay = Play(3, new() { [1] = 200 }, onTimeout: OnTimeout.Fail, stop: StopRule.Never);
        Assert.Equal("closed peer-missing", replay.Until(199).ToString());
        Assert.InRange(replay.Until(230).OpenedAt!.Value.TotalSeconds, 200, 207);
    }

    [Fact]
    public void Peers_that_are_gone_after_the_opening_change_nothing()
    {
        var replay = Play(3, new() { [1] = 0, [2] = 0 }, stop: StopRule.Never, goneAt: 30).Until(600);
        Assert.Equal("open", replay.ToString());
        Assert.Equal(GateStatus.Open, replay.Last!.Status);
        Assert.DoesNotContain(replay.LookedUp, asked => asked.At > replay.OpenedAt);
        Assert.True(replay.Last.Peers is { Found: 3 });
    }

    [Fact]
    public void No_peer_is_asked_for_before_the_own_name_has_settled()
    {
        var replay =
            Play(3, new() { [1] = 0, [2] = 0 }, own: at => at < TimeSpan.FromSeconds(20) ? "A 10.244.2.9 ttl 0" : "right").Until(60);
        Assert.Equal("open", replay.ToString());
        Assert.All(replay.LookedUp, asked => Assert.True(asked.At > TimeSpan.FromSeconds(25)));
    }

    [Fact]
    public void An_own_name_that_turns_wrong_starts_its_window_over_and_the_clock_of_the_peers_goes_on()
    {
        var replay = Play(
            3, [], own: at => at.TotalSeconds is > 20 and < 30 ? "A 10.244.2.9 ttl 0" : "right");
        Assert.Equal("closed stale-address", replay.Until(25).ToString());
        Assert.Equal("closed peer-missing", replay.Until(40).ToString());
        Assert.InRange(replay.Until(100).OpenedAt!.Value.TotalSeconds, 64.9, 68);
    }

    [Fact]
    public void A_peer_that_one_server_does_not_have_is_missing_there()
    {
        var replay = Play(2, new() { [1] = 0 }, Quorum.All, lookUp: (lookup, at) =>
            lookup.Server == Fixtures.S(2) && at < TimeSpan.FromSeconds(30) ? Absent : null).Until(20);
        var peer = replay.Last!.Peers!.Members[1];
        Assert.Equal((PeerState.Missing, "NXDOMAIN"), (peer.State, peer.Detail));
        Assert.Equal([Fixtures.S(2)], peer.MissingAt.AsEnumerable());
        Assert.Equal("open", replay.Until(45).ToString());
    }

    [Fact]
    public void A_peer_is_asked_for_as_the_application_asks_only_where_it_exists_in_private()
    {
        var replay = Play(5, new() { [1] = 10, [2] = 20, [3] = 30, [4] = 40 }, Quorum.All).Until(120);
        Assert.Equal("open", replay.ToString());
        var plain = replay.LookedUp.Where(asked => asked.Lookup.Partition == CachePartition.Plain).ToList();
        Assert.Equal(8, plain.Count);
        Assert.All(plain, asked => Assert.IsType<Answer.Records>(((Outcome.Responded)asked.Outcome).Answer));
        Assert.All(plain, asked => Assert.Contains(replay.LookedUp, before => before.At < asked.At
            && before.Lookup.Partition != CachePartition.Plain
            && before.Lookup.Server == asked.Lookup.Server && before.Lookup.Name.Equals(asked.Lookup.Name)
            && before.Outcome is Outcome.Responded { Answer: Answer.Records }));
    }

    [Fact]
    public void A_peer_is_asked_for_at_the_servers_of_the_application_too()
    {
        var replay = new Replay(new ManualTime(), Fixtures.Listing(Fixtures.Cluster(2), Fixtures.App()),
            (question, _) => FakeAnswers.By("right").To(question))
        {
            Peers = Plan(2, Quorum.All),
            LookUp = (lookup, at) => lookup.Server == Fixtures.Vip && at < TimeSpan.FromSeconds(20) ? Absent : Present,
        };
        Assert.Equal("closed peer-missing", replay.Until(19).ToString());
        Assert.Equal([Fixtures.Vip], replay.Last!.Peers!.Members[1].MissingAt.AsEnumerable());
        Assert.Equal("open", replay.Until(30).ToString());
    }

    [Fact]
    public void The_candidates_of_a_relative_name_are_asked_in_order_while_they_do_not_exist()
    {
        ImmutableArray<DnsName> candidates =
            [Fixtures.NameOf("zk-1.zk.prod.svc.cluster.local"), Fixtures.NameOf("zk-1.zk.svc.cluster.local")];
        var replay = new Replay(
            new ManualTime(), Fixtures.Listing(Fixtures.Cluster(1)), (question, _) => FakeAnswers.By("right").To(question))
        {
            Peers = new PeerPlan([new Peer("zk-1.zk", candidates, IsSelf: false)], Quorum.All, TimeSpan.FromSeconds(60), OnTimeout.Open),
            LookUp = (lookup, _) => lookup.Name.Equals(candidates[1]) ? Present : Absent,
        };
        replay.Until(20);
        Assert.Equal("open", replay.ToString());
        Assert.Equal([candidates[0], candidates[1], candidates[1]], replay.LookedUp.Select(asked => asked.Lookup.Name));
    }

    [Fact]
    public void A_server_that_refuses_or_is_silent_about_a_peer_does_not_have_it()
    {
        var replay = Play(2, [], Quorum.All, lookUp: (_, at) => at < TimeSpan.FromSeconds(20) ? new Outcome.TimedOut()
            : at < TimeSpan.FromSeconds(40) ? new Outcome.Responded(new Answer.ServerError(ResponseCode.ServFail), false) : Present);
        Assert.Equal("closed peer-missing", replay.Until(18).ToString());
        Assert.Equal("timed out", replay.Last!.Peers!.Members[1].Detail);
        Assert.Equal("SERVFAIL", replay.Until(35).Last!.Peers!.Members[1].Detail);
        Assert.Equal("open", replay.Until(60).ToString());
    }

    [Fact]
    public void One_round_says_at_once_which_peers_are_missing()
    {
        var replay = Play(3, new() { [1] = 0 }, Quorum.All, stop: StopRule.AfterOneRound).Until(1);
        Assert.True(replay.HasEnded);
        Assert.True(replay.Last is { Status: GateStatus.Closed, Reason: Reason.PeerMissing, Peers: { Found: 2, Needed: 3 } });
    }

    [Fact]
    public void One_round_agrees_when_enough_peers_exist()
    {
        var replay = Play(3, new() { [1] = 0 }, stop: StopRule.AfterOneRound).Until(1);
        Assert.Equal("open", replay.ToString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void One_round_asks_every_server_and_finds_the_one_that_lacks_a_peer(int server)
    {
        var replay = Play(2, new() { [1] = 0 }, Quorum.All, stop: StopRule.AfterOneRound, lookUp: (lookup, _) =>
            lookup.Server == Fixtures.S(server) ? Absent : null).Until(1);
        Assert.Equal("closed peer-missing", replay.ToString());
    }

    [Fact]
    public void One_round_asks_for_no_peer_while_the_own_name_is_wrong()
    {
        var replay = Play(3, [], stop: StopRule.AfterOneRound, own: _ => "all NXDOMAIN").Until(1);
        Assert.Empty(replay.LookedUp);
        Assert.True(replay.Last is { Reason: Reason.NameMissing, Peers: null });
    }

    [Fact]
    public void A_list_without_the_own_name_is_a_diagnosis_and_keeps_no_gate_closed()
    {
        var peers = Plan(3, Quorum.All) with { Peers = [.. Plan(3, Quorum.All).Peers.Skip(1)] };
        var replay = new Replay(
            new ManualTime(), Fixtures.Listing(Fixtures.Cluster(1)), (question, _) => FakeAnswers.By("right").To(question))
        {
            Peers = peers,
            LookUp = (_, _) => Present,
        };
        replay.Until(20);
        Assert.Equal("open", replay.ToString());
        Assert.Equal([Diagnosis.NotAMember], replay.Last!.Diagnoses.Select(diagnosis => diagnosis.Name));
    }

    [Theory]
    [InlineData("the own address", "10.244.1.7", "open")]
    [InlineData("the own address and others", "10.244.3.4 10.244.1.7", "open")]
    [InlineData("others only", "10.244.3.4", "closed also-wrong")]
    [InlineData("no address", "", "closed also-wrong")]
    public void Another_name_must_contain_the_own_addresses_at_every_server(string why, string addresses, string state)
    {
        var replay =
            Also(Fixtures.Own, (lookup, _) => lookup.Server == Fixtures.S(1) ? Records(Fixtures.Own) : Records(addresses)).Until(100);
        Assert.Equal((why, state), (why, replay.ToString()));
    }

    [Theory]
    [InlineData("auto: single stack is enough", false, "10.244.1.7", "", "open")]
    [InlineData("auto: a family that is published must be right", false, "10.244.1.7", "fd00:244::9", "closed also-wrong")]
    [InlineData("both families", true, "10.244.1.7", "", "closed also-wrong")]
    [InlineData("both families are right", true, "10.244.1.7", "fd00:244::7", "open")]
    public void Another_name_follows_the_families(string why, bool needsEveryFamily, string ipv4, string ipv6, string state)
    {
        var replay = Also($"{Fixtures.Own} {Fixtures.OwnIPv6}", (lookup, _) =>
            Records(lookup.Type == RecordType.A ? ipv4 : ipv6), needsEveryFamily).Until(60);
        Assert.Equal((why, state), (why, replay.ToString()));
    }

    [Fact]
    public void Another_name_that_turns_right_opens_the_gate_and_no_NXDOMAIN_is_planted()
    {
        var replay = Also(Fixtures.Own, (_, at) => at.TotalSeconds < 30 ? Absent : Records("10.244.3.4 10.244.1.7"));
        Assert.Equal("closed also-wrong", replay.Until(29).ToString());
        Assert.Equal("NXDOMAIN", Assert.Single(replay.Last!.Peers!.WrongAlso).Detail);
        Assert.InRange(replay.Until(60).OpenedAt!.Value.TotalSeconds, 30, 37);
        Assert.DoesNotContain(replay.LookedUp, asked =>
            asked.Lookup.Partition == CachePartition.Plain && asked.Outcome is not Outcome.Responded { Answer: Answer.Records });
    }

    [Theory]
    [InlineData("the cache that applications read, at one server")]
    [InlineData("the application's own server")]
    public void Another_name_must_be_right_as_the_application_asks(string where)
    {
        var replay = new Replay(new ManualTime(), Fixtures.Listing(Fixtures.Cluster(2), Fixtures.App()),
            (question, _) => FakeAnswers.By("right").To(question))
        {
            Peers = OtherName(Fixtures.Own),
            LookUp = (lookup, at) => at < TimeSpan.FromSeconds(20) && (where == "the application's own server"
                ? lookup.Server == Fixtures.Vip
                : lookup.Server == Fixtures.S(2) && lookup.Partition == CachePartition.Plain)
                    ? Records("10.244.3.4")
                    : Records(Fixtures.Own),
        };
        Assert.Equal("closed also-wrong", replay.Until(19).ToString());
        Assert.Equal(
            [where == "the application's own server" ? Fixtures.Vip : Fixtures.S(2)],
            Assert.Single(replay.Last!.Peers!.WrongAlso).MissingAt.AsEnumerable());
        Assert.Equal("open", replay.Until(35).ToString());
    }

    [Fact]
    public void A_wrong_other_name_keeps_the_gate_closed_after_the_timeout_of_the_peers() =>
        Assert.Equal("closed also-wrong", Also(Fixtures.Own, (_, _) => Absent).Until(300).ToString());

    private static Outcome.Responded Records(string addresses) => addresses.Length == 0
        ? new Outcome.Responded(new Answer.NoData(30), false)
        : new Outcome.Responded(new Answer.Records([.. Fixtures.Ips(addresses).Select(ip => new RecordData.Address(ip))], 30), false);

    /// <summary>A gate with the other name zk-headless.prod.svc.cluster.local.</summary>
    private static Replay Also(string own, Func<Lookup, TimeSpan, Outcome> lookUp, bool needsEveryFamily = false) =>
        new(new ManualTime(), Fixtures.Listing(Fixtures.Cluster(2, own)), (question, _) =>
            FakeAnswers.By(own.Contains(' ', StringComparison.Ordinal) ? $"AAAA {Fixtures.OwnIPv6}" : "right").To(question))
        {
            Addresses = own,
            Peers = OtherName(own, needsEveryFamily),
            LookUp = lookUp,
        };

    private static PeerPlan OtherName(string own, bool needsEveryFamily = false) =>
        new([], Quorum.MoreThanHalf, TimeSpan.FromSeconds(60), OnTimeout.Open)
        {
            Also =
            [
                new Peer("zk-headless", [Fixtures.NameOf("zk-headless.prod.svc.cluster.local")], IsSelf: false)
                {
                    Contains = Fixtures.Ips(own),
                    NeedsEveryFamily = needsEveryFamily,
                },
            ],
        };

    /// <summary>Simulated CoreDNS instances with their caches: what the application is told the moment a peer appears.</summary>
    [Theory]
    [InlineData("classic", 1)]
    [InlineData("classic", 3)]
    [InlineData("new kubeadm", 3)]
    [InlineData("ttl 5", 3)]
    public void The_application_never_sees_an_NXDOMAIN_of_a_peer_that_the_gate_planted(string kind, int servers)
    {
        const double appearsAt = 17.3;
        var time = new ManualTime();
        var cluster = new ClusterData(time);
        cluster.Set(Fixtures.Name.ToString(), Fixtures.Own);
        var peer = Plan(2).Peers[1].Candidates[0].ToString();
        cluster.SetAt(TimeSpan.FromSeconds(appearsAt), peer, "10.244.3.4");
        var options = kind switch
        {
            "classic" => CoreDnsOptions.Classic,
            "ttl 5" => CoreDnsOptions.ShortTtl,
            _ => CoreDnsOptions.NewKubeadm,
        };
        var instances = Enumerable.Range(1, servers).ToDictionary(Fixtures.S, _ => new SimulatedCoreDns(cluster, options));
        var replay = new Replay(time, Fixtures.Listing(Fixtures.Cluster(servers)),
            (question, _) => SimulationRunner.Outcome(question, instances[question.Server].Ask))
        {
            Peers = Plan(2, Quorum.All),
            LookUp = (lookup, _) => SimulationRunner.Outcome(lookup.ToQuery(0), instances[lookup.Server].Ask),
        };
        replay.Until(appearsAt);
        Assert.Equal("closed peer-missing", replay.ToString());
        Assert.NotEmpty(replay.LookedUp);
        replay.Until(appearsAt + 0.001);
        Assert.All(instances.Values, instance => Assert.Equal(["10.244.3.4"], instance.Peek(ReceivedQuery.Create(peer, RrType.A)).Answers
            .Select(record => record.Value)));
        replay.Until(200);
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, appearsAt, appearsAt + 31);
        Assert.DoesNotContain(replay.LookedUp, asked => asked.Lookup.Partition == CachePartition.Plain
            && asked.Outcome is not Outcome.Responded { Answer: Answer.Records });
    }

    /// <summary>50 members and 20 servers: what one server is asked, the own questions included.</summary>
    [Theory]
    [InlineData(50, 20, 0, "all exist")]
    [InlineData(50, 20, 10_000, "none exists")]
    [InlineData(50, 1, 0, "all exist at the only server")]
    [InlineData(50, 1, 10_000, "none exists at the only server")]
    [InlineData(1000, 20, 0, "a thousand members")]
    public void A_server_is_asked_at_most_eight_questions_a_second(int peers, int servers, double existAt, string why)
    {
        var replay = Play(peers, Enumerable.Range(1, peers - 1).ToDictionary(peer => peer, _ => existAt), Quorum.All,
            onTimeout: OnTimeout.Fail, stop: StopRule.Never, servers: servers).Until(600);
        foreach (var seconds in new[] { 1, 5, 10, 60, 600 })
        {
            var most = Most(replay, seconds);
            Assert.True(most <= (Pace.QuestionsPerSecond * seconds) + Pace.Burst + PeerSearch.MostPerRound,
                string.Create(CultureInfo.InvariantCulture, $"{why}: {most} questions in {seconds} s"));
        }
    }

    /// <summary>The numbers in docs/reference.md, "Other members".</summary>
    [Fact]
    public void Fifty_peers_at_twenty_servers_are_found_within_26_seconds_after_the_own_name_has_settled()
    {
        var replay = Play(50, Enumerable.Range(1, 49).ToDictionary(peer => peer, _ => 0d), Quorum.All, servers: 20).Until(60);
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, 25, 31);
    }

    [Theory]
    [InlineData(false, 8)]
    [InlineData(true, 16)]
    public void A_round_asks_one_server_as_many_questions_about_members_as_the_reference_says(bool isOneRound, int questions)
    {
        var replay = Play(50, Enumerable.Range(1, 49).ToDictionary(peer => peer, _ => 0d), Quorum.All, servers: 1,
            stop: isOneRound ? StopRule.AfterOneRound : StopRule.WhenOpen).Until(60);
        Assert.Equal(questions, replay.LookedUp.GroupBy(asked => asked.At).Max(round => round.Count()));
        Assert.Contains(
            "One round asks a server at most 8 questions about members, `check` and `explain` 16.",
            Repository.Reference.ReplaceLineEndings(" "),
            StringComparison.Ordinal);
    }

    private static Outcome Absent => new Outcome.Responded(new Answer.NxDomain(30), false);

    private static Outcome Present => new Outcome.Responded(
        new Answer.Records([new RecordData.Address(System.Net.IPAddress.Parse("10.244.3.4"))], 30), false);

    /// <summary>The members zk-0 to zk-N; zk-0 is this pod.</summary>
    private static PeerPlan Plan(int members, Quorum? require = null, OnTimeout onTimeout = OnTimeout.Open) => new(
        [.. Enumerable.Range(0, members).Select(ordinal =>
        {
            var name = Fixtures.NameOf(string.Create(CultureInfo.InvariantCulture, $"zk-{ordinal}.zk-headless.prod.svc.cluster.local"));
            return new Peer(name.ToString(), [name], name.Equals(Fixtures.Name));
        })],
        require ?? Quorum.MoreThanHalf,
        TimeSpan.FromSeconds(60),
        onTimeout);

    private static Replay Play(
        int members, Dictionary<int, double> existsAt, Quorum? require = null, OnTimeout onTimeout = OnTimeout.Open,
        StopRule stop = StopRule.WhenOpen, int servers = 2, double goneAt = double.MaxValue,
        Func<TimeSpan, string>? own = null, Func<Lookup, TimeSpan, Outcome?>? lookUp = null) =>
        new(new ManualTime(), Fixtures.Listing(Fixtures.Cluster(servers)),
            (question, at) => FakeAnswers.By(own?.Invoke(at) ?? "right").To(question))
        {
            Stop = stop,
            Rule = stop == StopRule.AfterOneRound ? SettleRule.OneRound : Replay.Defaults,
            WatchInterval = stop == StopRule.Never ? TimeSpan.FromSeconds(60) : null,
            Peers = Plan(members, require, onTimeout),
            LookUp = (lookup, at) =>
            {
                var ordinal = int.Parse(lookup.Name.ToString().Split('.')[0]["zk-".Length..], CultureInfo.InvariantCulture);
                return lookUp?.Invoke(lookup, at)
                    ?? (existsAt.TryGetValue(ordinal, out var exists) && at.TotalSeconds >= exists && at.TotalSeconds < goneAt
                        ? Present
                        : Absent);
            },
        };

    private static int Most(Replay replay, double seconds)
    {
        var most = 0;
        var all = replay.Asked.Select(asked => (asked.At, asked.Question.Server))
            .Concat(replay.LookedUp.Select(asked => (asked.At, asked.Lookup.Server)));
        foreach (var one in all.GroupBy(asked => asked.Server))
        {
            var times = one.Select(asked => asked.At.TotalSeconds).Order().ToList();
            for (var (first, last) = (0, 0); last < times.Count; last++)
            {
                while (times[last] - times[first] > seconds)
                {
                    first++;
                }

                most = Math.Max(most, last - first + 1);
            }
        }

        return most;
    }
}
