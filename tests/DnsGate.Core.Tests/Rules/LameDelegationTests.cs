using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Rules;

namespace DnsGate.Core.Tests.Rules;

/// <summary>
/// A server that is named for a zone and does not know it (RFC 9499: lame delegation): without AA its answer says nothing.
/// </summary>
public sealed class LameDelegationTests
{
    private static readonly View Authoritative = Fixtures.External() with { IsAuthoritative = true, Reverse = ReversePolicy.Only };

    [Theory]
    [InlineData("the right address with AA agrees", "10.244.1.7 aa", "NODATA aa", "agrees")]
    [InlineData("the right address from a cache is lame", "10.244.1.7 ra", "NODATA aa", "server-failure")]
    [InlineData("a referral is lame", "NODATA", "NODATA", "server-failure")]
    [InlineData("NXDOMAIN without AA is lame", "NXDOMAIN", "NXDOMAIN", "server-failure")]
    [InlineData("NODATA without AA beside the right address is lame", "10.244.1.7 aa", "NODATA", "server-failure")]
    [InlineData("the old address without AA is lame: what it says counts for nothing", "10.244.2.9", "NODATA", "server-failure")]
    [InlineData("the old address with AA is stale", "10.244.2.9 aa", "NODATA aa", "stale-address")]
    [InlineData("NXDOMAIN with AA is name-missing", "NXDOMAIN aa", "NXDOMAIN aa", "name-missing")]
    [InlineData("the right address with AA and TTL 0 has to come again", "10.244.1.7 aa ttl 0", "NODATA aa", "ttl-zero")]
    [InlineData("an error has no AA to miss", "REFUSED", "REFUSED", "refused")]
    [InlineData("silence has no AA to miss", "10.244.1.7 aa", "SILENCE", "timed-out")]
    public void Forward(string sentence, string a, string aaaa, string reason) =>
        Assert.Equal((sentence, reason), (sentence, JudgeForward(Authoritative, a, aaaa).Reason.Name()));

    [Theory]
    [InlineData("the name with AA agrees", "zk-0.example.com aa", "agrees")]
    [InlineData("the name without AA is lame", "zk-0.example.com", "server-failure")]
    [InlineData("NXDOMAIN without AA is lame", "NXDOMAIN", "server-failure")]
    [InlineData("NXDOMAIN with AA is reverse-missing", "NXDOMAIN aa", "reverse-missing")]
    [InlineData("another name with AA is reverse-mismatch", "zk-1.example.com aa", "reverse-mismatch")]
    [InlineData("SERVFAIL has no AA to miss", "SERVFAIL", "server-failure")]
    public void Reverse(string sentence, string ptr, string reason) =>
        Assert.Equal(
            (sentence, reason),
            (sentence, ReverseJudge.Judge(Authoritative, Authoritative.Servers[0], Fixtures.Observed(RecordType.PTR, ptr)).Reason.Name()));

    [Fact]
    public void The_detail_says_what_is_missing() =>
        Assert.Equal(
            "A 10.244.1.7 without AA: it is named for the zone, and does not know it",
            JudgeForward(Authoritative, "10.244.1.7", "NODATA").Detail);

    [Fact]
    public void Of_a_server_that_the_user_named_AA_is_not_expected() =>
        Assert.Equal(Reason.Agrees, JudgeForward(Fixtures.External(), "10.244.1.7 ra", "NODATA ra").Reason);

    [Fact]
    public void A_lame_answer_is_wrong_by_itself_so_that_another_is_waited_for()
    {
        Assert.Equal(Reason.ServerFailure, Judge("10.244.1.7"));
        Assert.Equal(Reason.Agrees, Judge("10.244.1.7 aa"));

        static Reason Judge(string words) =>
            ObservationJudge.Judge(Authoritative, Authoritative.Servers[0], [RecordType.A], Fixtures.Observed(RecordType.A, words)).Reason;
    }

    private static Judgement JudgeForward(View view, string a, string aaaa) =>
        ForwardJudge.Judge(view, [RecordType.A], [Fixtures.Observed(RecordType.A, a), Fixtures.Observed(RecordType.AAAA, aaaa)]);
}
