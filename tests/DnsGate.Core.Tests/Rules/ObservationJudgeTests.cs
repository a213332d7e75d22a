using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Rules;

namespace DnsGate.Core.Tests.Rules;

public sealed class ObservationJudgeTests
{
    private const string Dual = $"{Fixtures.Own} {Fixtures.OwnIPv6}";

    [Theory]
    [InlineData("the own address agrees", Fixtures.Own, "A", "A 10.244.1.7", "agrees")]
    [InlineData("the own address with TTL 0 is ttl-zero", Fixtures.Own, "A", "A 10.244.1.7 ttl 0", "ttl-zero")]
    [InlineData("another address is stale-address", Fixtures.Own, "A", "A 10.244.2.9", "stale-address")]
    [InlineData("another address with TTL 0 is stale-address", Fixtures.Own, "A", "A 10.244.2.9 ttl 0", "stale-address")]
    [InlineData("the own address and another is extra-address", Fixtures.Own, "A", "A 10.244.1.7 10.244.2.9", "extra-address")]
    [InlineData("one of two own addresses is missing-address", "10.244.1.7 10.244.1.8", "A", "A 10.244.1.7", "missing-address")]
    [InlineData("an own address of the other family agrees", Dual, "A AAAA", "AAAA fd00:244::7", "agrees")]
    [InlineData("an address of a family that the pod has not is stale-address", Fixtures.Own, "A AAAA", "AAAA fd00::9", "stale-address")]
    [InlineData("NXDOMAIN is name-missing", Fixtures.Own, "A", "A NXDOMAIN", "name-missing")]
    [InlineData("NXDOMAIN for a family that is not required is name-missing", Fixtures.Own, "A", "AAAA NXDOMAIN", "name-missing")]
    [InlineData("NODATA for a family that is not required agrees", Dual, "A", "AAAA NODATA", "agrees")]
    [InlineData("NODATA for the only family required is no-address", Fixtures.Own, "A", "A NODATA", "no-address")]
    [InlineData("NODATA for one of two families required is missing-address", Dual, "A AAAA", "AAAA NODATA", "missing-address")]
    [InlineData("NODATA for a family required of others that the pod has not agrees", Fixtures.Own, "A AAAA", "AAAA NODATA", "agrees")]
    [InlineData("the own name agrees", Fixtures.Own, "A", "PTR own", "agrees")]
    [InlineData("the own name with TTL 0 is ttl-zero", Fixtures.Own, "A", "PTR own ttl 0", "ttl-zero")]
    [InlineData("another name is reverse-mismatch", Fixtures.Own, "A", "PTR zk-1.example", "reverse-mismatch")]
    [InlineData("no name is reverse-missing", Fixtures.Own, "A", "PTR NXDOMAIN", "reverse-missing")]
    [InlineData("no name of its own is reverse-forwarded", Fixtures.Own, "A", "PTR NXDOMAIN ra", "reverse-forwarded")]
    [InlineData("REFUSED is refused", Fixtures.Own, "A", "A REFUSED", "refused")]
    [InlineData("SERVFAIL is server-failure, of a PTR too", Fixtures.Own, "A", "PTR SERVFAIL", "server-failure")]
    [InlineData("broken records are malformed", Fixtures.Own, "A", "AAAA GARBAGE", "malformed")]
    [InlineData("silence is timed-out", Fixtures.Own, "A", "A SILENCE", "timed-out")]
    [InlineData("an ICMP error is unreachable, of a PTR too", Fixtures.Own, "A", "PTR UNREACHABLE", "unreachable")]
    public void One_observation(string sentence, string addresses, string required, string told, string reason)
    {
        var view = Fixtures.Cluster(1, addresses);
        Assert.Equal(
            (sentence, reason), (sentence, ObservationJudge.Judge(view, view.Servers[0], Types(required), Observed(told)).Reason.Name()));
    }

    [Fact]
    public void More_names_than_the_own_one_are_reverse_extra_under_only()
    {
        var view = Fixtures.Cluster(1) with { Reverse = ReversePolicy.Only };
        Assert.Equal(Reason.ReverseExtra, ObservationJudge.Judge(view, view.Servers[0], Types("A"), Observed("PTR own b.example")).Reason);
    }

    [Fact]
    public void An_answer_without_AA_of_a_server_of_the_zone_is_server_failure()
    {
        var view = Fixtures.External() with { IsAuthoritative = true };
        Assert.Equal(Reason.ServerFailure, ObservationJudge.Judge(view, view.Servers[0], Types("A"), Observed("A 10.244.1.7")).Reason);
    }

    [Fact]
    public void What_must_be_published_is_told_by_the_forward_answers_of_the_required_servers_of_the_view()
    {
        var view = Fixtures.Cluster(2, Dual);
        view = view with { Servers = [view.Servers[0], view.Servers[1] with { Condition = EndpointCondition.Terminating }] };
        Observation[] trip =
        [
            Fixtures.Observed(RecordType.A, Fixtures.Own),
            Fixtures.Observed(RecordType.AAAA, "NODATA"),
            Fixtures.Observed(RecordType.AAAA, Fixtures.OwnIPv6, Fixtures.S(2)),
            Fixtures.Observed(RecordType.AAAA, Fixtures.OwnIPv6, Fixtures.Vip, Stage.App),
        ];

        Assert.Equal(Types("A"), ViewJudge.RequiredTypes(view, trip));
        Assert.Equal(
            Types("A AAAA"),
            ViewJudge.RequiredTypes(
                view with { Servers = [.. view.Servers.Select(server => server with { Condition = EndpointCondition.Serving })] }, trip));
    }

    [Fact]
    public void No_observation_comes_to_a_reason_that_is_not_among_the_possible_ones()
    {
        string[] words = ["NXDOMAIN", "NODATA", "NXDOMAIN ra", "SERVFAIL", "REFUSED", "GARBAGE", "SILENCE", "UNREACHABLE", "NOTSENT"];
        string[] forward = [.. words, "10.244.1.7", "10.244.1.7 ttl 0", "10.244.2.9", "10.244.1.7 10.244.2.9", "10.244.1.8"];
        string[] reverse = [.. words, "own", "own ttl 0", "b.example", "b.example ra", "own b.example"];
        foreach (var view in new[] { Fixtures.Cluster(1, "10.244.1.7 10.244.1.8"), Fixtures.App(), Fixtures.External() })
        {
            foreach (var policy in new[] { ReversePolicy.Contains, ReversePolicy.Only })
            {
                HashSet<Reason> seenForward = [.. from word in forward from types in new[] { "A", "A AAAA" }
                    select Judge(view, policy, RecordType.A, types, word)];
                HashSet<Reason> seenReverse = [.. reverse.Select(word => Judge(view, policy, RecordType.PTR, "A", word))];

                Assert.Subset(ObservationJudge.PossibleReasons(view.Kind, policy, RecordType.A).ToHashSet(), seenForward);
                var unseen = ObservationJudge.PossibleReasons(view.Kind, policy, RecordType.PTR).Except(seenReverse).ToList();
                Assert.True(
                    unseen.Count == 0,
                    $"no word of this test leads to {string.Join(", ", unseen)}: add one, or exclude the reason in PossibleReasons");
                Assert.Subset(ObservationJudge.PossibleReasons(view.Kind, policy, RecordType.PTR).ToHashSet(), seenReverse);
            }
        }
    }

    private static Reason Judge(View view, ReversePolicy policy, RecordType type, string required, string words) =>
        ObservationJudge.Judge(
            view with { Reverse = policy, Name = Fixtures.Name }, view.Servers[0], Types(required), Fixtures.Observed(type, words)).Reason;

    private static ImmutableArray<RecordType> Types(string types) => [.. types.Split(' ').Select(Enum.Parse<RecordType>)];

    private static Observation Observed(string told)
    {
        var blank = told.IndexOf(' ', StringComparison.Ordinal);
        return Fixtures.Observed(Enum.Parse<RecordType>(told[..blank]), told[(blank + 1)..]);
    }
}
