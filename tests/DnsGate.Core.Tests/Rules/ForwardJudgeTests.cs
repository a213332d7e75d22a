using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Rules;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGate.Core.Tests.Rules;

public sealed class ForwardJudgeTests
{
    private const string Dual = $"{Fixtures.Own} {Fixtures.OwnIPv6}";

    [Theory]
    [InlineData("the own address and nothing else agrees", "10.244.1.7", "NODATA", "agrees")]
    [InlineData("NXDOMAIN is name-missing", "NXDOMAIN", "NXDOMAIN", "name-missing")]
    [InlineData("NXDOMAIN for one family beside records for the other is name-missing", "10.244.1.7", "NXDOMAIN", "name-missing")]
    [InlineData("NXDOMAIN for one family beside NODATA for the other is name-missing", "NXDOMAIN", "NODATA", "name-missing")]
    [InlineData("NODATA for every required family is no-address", "NODATA", "NODATA", "no-address")]
    [InlineData("another address only is stale-address", "10.244.2.9", "NODATA", "stale-address")]
    [InlineData("several other addresses are stale-address", "10.244.2.9 10.244.2.10", "NODATA", "stale-address")]
    [InlineData("the own address and another is extra-address", "10.244.1.7 10.244.2.9", "NODATA", "extra-address")]
    [InlineData("the own address beside an address of a family that the pod has not is extra-address",
        "10.244.1.7", "fd00::9", "extra-address")]
    [InlineData("only an address of a family that the pod has not is stale-address", "NODATA", "fd00::9", "stale-address")]
    [InlineData("an old address and one of the other family is stale-address", "10.244.2.9", "fd00::9", "stale-address")]
    [InlineData("REFUSED is refused", "REFUSED", "REFUSED", "refused")]
    [InlineData("SERVFAIL is server-failure", "SERVFAIL", "SERVFAIL", "server-failure")]
    [InlineData("NOTIMP is server-failure", "NOTIMP", "NOTIMP", "server-failure")]
    [InlineData("FORMERR is server-failure", "FORMERR", "FORMERR", "server-failure")]
    [InlineData("an error code without a name is server-failure", "RCODE9", "RCODE9", "server-failure")]
    [InlineData("broken records are malformed", "GARBAGE", "GARBAGE", "malformed")]
    [InlineData("silence is timed-out", "SILENCE", "SILENCE", "timed-out")]
    [InlineData("an ICMP error is unreachable", "UNREACHABLE", "UNREACHABLE", "unreachable")]
    [InlineData("the right answer with TTL 0 is ttl-zero", "10.244.1.7 ttl 0", "NODATA", "ttl-zero")]
    [InlineData("a wrong answer with TTL 0 is wrong", "10.244.2.9 ttl 0", "NODATA", "stale-address")]
    [InlineData("NODATA with TTL 0 for a family not required does not matter", "10.244.1.7", "NODATA ttl 0", "agrees")]
    [InlineData("NODATA without SOA for a family not required does not matter", "10.244.1.7", "NODATA ttl none", "agrees")]
    [InlineData("wrong before silent", "10.244.2.9", "SILENCE", "stale-address")]
    [InlineData("missing before refused", "NXDOMAIN", "REFUSED", "name-missing")]
    [InlineData("refused before server-failure", "SERVFAIL", "REFUSED", "refused")]
    [InlineData("server-failure before malformed", "GARBAGE", "SERVFAIL", "server-failure")]
    [InlineData("malformed before timed-out", "SILENCE", "GARBAGE", "malformed")]
    [InlineData("timed-out before unreachable", "UNREACHABLE", "SILENCE", "timed-out")]
    [InlineData("right for one family and silent for the other is timed-out", "10.244.1.7", "SILENCE", "timed-out")]
    [InlineData("right for one family and refused for the other is refused", "10.244.1.7", "REFUSED", "refused")]
    [InlineData("TTL 0 for one family and silence for the other is timed-out", "10.244.1.7 ttl 0", "SILENCE", "timed-out")]
    public void A_pod_with_one_address(string sentence, string a, string aaaa, string reason) =>
        Assert.Equal((sentence, reason), (sentence, Judge(Fixtures.Cluster(1), a, aaaa)));

    [Theory]
    [InlineData("both addresses agree under auto", FamilyPolicy.Auto, Fixtures.Own, Fixtures.OwnIPv6, "agrees")]
    [InlineData("both addresses agree under both", FamilyPolicy.Both, Fixtures.Own, Fixtures.OwnIPv6, "agrees")]
    [InlineData("AAAA published at no server is open under auto", FamilyPolicy.Auto, Fixtures.Own, "NODATA", "agrees")]
    [InlineData("A published at no server is open under auto", FamilyPolicy.Auto, "NODATA", Fixtures.OwnIPv6, "agrees")]
    [InlineData("AAAA published at no server is missing-address under both", FamilyPolicy.Both, Fixtures.Own, "NODATA", "missing-address")]
    [InlineData("A published at no server is missing-address under both", FamilyPolicy.Both, "NODATA", Fixtures.OwnIPv6, "missing-address")]
    [InlineData("no family published is no-address under auto", FamilyPolicy.Auto, "NODATA", "NODATA", "no-address")]
    [InlineData("no family published is no-address under both", FamilyPolicy.Both, "NODATA", "NODATA", "no-address")]
    [InlineData("one family right and the other old is extra-address", FamilyPolicy.Auto, Fixtures.Own, "fd00:244::99", "extra-address")]
    [InlineData("both families old is stale-address", FamilyPolicy.Auto, "10.244.2.9", "fd00:244::99", "stale-address")]
    [InlineData("both families right with TTL 0 in one is ttl-zero",
        FamilyPolicy.Both, Fixtures.Own, Fixtures.OwnIPv6 + " ttl 0", "ttl-zero")]
    internal void A_pod_with_two_families(string sentence, FamilyPolicy families, string a, string aaaa, string reason) =>
        Assert.Equal((sentence, reason), (sentence, Judge(Fixtures.Cluster(1, Dual) with { Families = families }, a, aaaa)));

    [Theory]
    [InlineData("ipv4: the IPv4 address is enough", FamilyPolicy.IPv4, Fixtures.Own, "agrees")]
    [InlineData("ipv4: NODATA is no-address", FamilyPolicy.IPv4, "NODATA", "no-address")]
    [InlineData("ipv4: another address is stale-address", FamilyPolicy.IPv4, "10.244.2.9", "stale-address")]
    [InlineData("ipv6: the IPv6 address is enough", FamilyPolicy.IPv6, Fixtures.OwnIPv6, "agrees")]
    [InlineData("ipv6: NXDOMAIN is name-missing", FamilyPolicy.IPv6, "NXDOMAIN", "name-missing")]
    internal void One_family_alone_is_asked_and_judged(string sentence, FamilyPolicy families, string words, string reason)
    {
        var view = Fixtures.Cluster(1, Dual) with { Families = families };
        var type = Assert.Single(ForwardJudge.TypesToAsk(families));
        var observation = Fixtures.Observed(type, words);
        var judgement = ForwardJudge.Judge(view, ForwardJudge.RequiredTypes(view, [observation]), [observation]);
        Assert.Equal((sentence, reason), (sentence, judgement.Reason.Name()));
    }

    [Fact]
    public void Two_addresses_of_one_family_have_to_be_given_both()
    {
        var view = Fixtures.Cluster(1, "10.244.1.7 10.244.1.8");
        Assert.Equal("missing-address", Judge(view, "10.244.1.7", "NODATA"));
        Assert.Equal("extra-address", Judge(view, "10.244.1.7 10.244.2.9", "NODATA"));
        Assert.Equal("agrees", Judge(view, "10.244.1.8 10.244.1.7", "NODATA"));
    }

    [Theory]
    [InlineData(FamilyPolicy.Auto, "A AAAA")]
    [InlineData(FamilyPolicy.Both, "A AAAA")]
    [InlineData(FamilyPolicy.IPv4, "A")]
    [InlineData(FamilyPolicy.IPv6, "AAAA")]
    internal void Auto_and_both_ask_both_families_and_the_others_only_theirs(FamilyPolicy families, string types) =>
        Assert.Equal(types, string.Join(' ', ForwardJudge.TypesToAsk(families)));

    [Theory]
    [InlineData("none publishes any: those of the pod's own addresses", Dual, "NXDOMAIN", "NXDOMAIN", "A AAAA")]
    [InlineData("none publishes any: an IPv4 pod's", Fixtures.Own, "NODATA", "NODATA", "A")]
    [InlineData("none publishes any: an IPv6 pod's", Fixtures.OwnIPv6, "NODATA", "NODATA", "AAAA")]
    [InlineData("one publishes A", Dual, "10.244.2.9", "NODATA", "A")]
    [InlineData("one publishes AAAA, though an old one", Dual, "SERVFAIL", "fd00::9", "AAAA")]
    [InlineData("both are published", Dual, Fixtures.Own, Fixtures.OwnIPv6, "A AAAA")]
    public void Auto_requires_the_families_of_which_any_server_publishes_one(
        string sentence, string pod, string a, string aaaa, string types)
    {
        var required = ForwardJudge.RequiredTypes(
            Fixtures.Cluster(1, pod), [Fixtures.Observed(RecordType.A, a), Fixtures.Observed(RecordType.AAAA, aaaa)]);
        Assert.Equal((sentence, types), (sentence, string.Join(' ', required)));
    }

    [Fact]
    public void A_family_that_one_server_publishes_is_required_of_every_server()
    {
        var verdict = Fixtures.Round(Fixtures.Cluster(2, Dual), $"AAAA {Fixtures.OwnIPv6}", "AAAA NODATA");
        Assert.Equal(["agrees", "missing-address"], verdict.Servers.Select(server => server.Judgement.Reason.Name()));
        Assert.Equal(VerdictKind.Disagrees, verdict.Kind);
    }

    [Fact]
    public void A_server_agrees_if_and_only_if_its_set_equals_the_expected_set()
    {
        string[] pool = ["10.244.1.7", "10.244.1.8", "10.244.2.9", "fd00:244::7", "fd00:244::8", "fd00:244::99"];
        var addresses = Gen.SubListOf(pool).Select(list => list.ToHashSet());
        var expected = addresses.Where(set =>
            set.Any(text => text.Contains(':', StringComparison.Ordinal)) && set.Any(text => text.Contains('.', StringComparison.Ordinal)));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true),
            Prop.ForAll(expected.ToArbitrary(), addresses.ToArbitrary(), (own, given) =>
            {
                var view = Fixtures.Cluster(1, string.Join(' ', own)) with { Families = FamilyPolicy.Both };
                return (Judge(view, Words(given, '.'), Words(given, ':')) == "agrees") == own.SetEquals(given);
            }));
    }

    [Fact]
    public void The_order_of_the_records_does_not_matter_and_the_detail_is_the_same()
    {
        var view = Fixtures.Cluster(1);
        Assert.Equal(Detail(view, "10.244.2.10 10.244.2.9 ttl 12"), Detail(view, "10.244.2.9 10.244.2.10 ttl 3"));
        Assert.Equal("A 10.244.2.9 10.244.2.10, expected 10.244.1.7", Detail(view, "10.244.2.10 10.244.2.9"));
    }

    private static string Words(IEnumerable<string> given, char family)
    {
        var words = string.Join(' ', given.Where(text => text.Contains(family, StringComparison.Ordinal)));
        return words.Length == 0 ? "NODATA" : words;
    }

    private static string Detail(View view, string a)
    {
        Observation[] sample = [Fixtures.Observed(RecordType.A, a), Fixtures.Observed(RecordType.AAAA, "NODATA")];
        return ForwardJudge.Judge(view, ForwardJudge.RequiredTypes(view, sample), sample).Detail;
    }

    private static string Judge(View view, string a, string aaaa)
    {
        Observation[] sample = [Fixtures.Observed(RecordType.A, a), Fixtures.Observed(RecordType.AAAA, aaaa)];
        return ForwardJudge.Judge(view, ForwardJudge.RequiredTypes(view, sample), sample).Reason.Name();
    }
}
