using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Rules;

namespace DnsGate.Core.Tests.Rules;

public sealed class ReverseJudgeTests
{
    private const string Other = "10-244-1-7.zk.prod.svc.cluster.local";

    [Theory]
    [InlineData("the own name agrees", ReversePolicy.Contains, "own", "agrees")]
    [InlineData("the own name in other case agrees", ReversePolicy.Contains, "ZK-0.ZK-Headless.PROD.svc.Cluster.Local.", "agrees")]
    [InlineData("the own name and another agrees under contains", ReversePolicy.Contains, Other + " own", "agrees")]
    [InlineData("the own name and another is reverse-extra under only", ReversePolicy.Only, "own " + Other, "reverse-extra")]
    [InlineData("the own name alone agrees under only", ReversePolicy.Only, "own", "agrees")]
    [InlineData("the own name twice, in two cases, is one name", ReversePolicy.Only,
        "own ZK-0.zk-headless.prod.svc.cluster.local", "agrees")]
    [InlineData("another name is reverse-mismatch", ReversePolicy.Contains, "zk-1.zk-headless.prod.svc.cluster.local", "reverse-mismatch")]
    [InlineData("another name is reverse-mismatch under only too", ReversePolicy.Only, Other, "reverse-mismatch")]
    [InlineData("a name that the own name begins with is another name", ReversePolicy.Contains,
        "zk-0.zk-headless.prod.svc.cluster.local.example", "reverse-mismatch")]
    [InlineData("NXDOMAIN is reverse-missing", ReversePolicy.Contains, "NXDOMAIN", "reverse-missing")]
    [InlineData("NODATA is reverse-missing", ReversePolicy.Contains, "NODATA", "reverse-missing")]
    [InlineData("NXDOMAIN with RA=1 is reverse-forwarded", ReversePolicy.Contains, "NXDOMAIN ra", "reverse-forwarded")]
    [InlineData("NODATA with RA=1 is reverse-forwarded", ReversePolicy.Contains, "NODATA ra", "reverse-forwarded")]
    [InlineData("another name with RA=1 is reverse-forwarded", ReversePolicy.Contains,
        "ip-10-244-1-7.eu-west-1.compute.internal ra", "reverse-forwarded")]
    [InlineData("the right name agrees whatever RA says", ReversePolicy.Contains, "own ra", "agrees")]
    [InlineData("more names with RA=1 are reverse-extra under only", ReversePolicy.Only, "own " + Other + " ra", "reverse-extra")]
    [InlineData("the right name with TTL 0 is ttl-zero", ReversePolicy.Contains, "own ttl 0", "ttl-zero")]
    [InlineData("another name with TTL 0 is wrong", ReversePolicy.Contains,
        "zk-1.zk-headless.prod.svc.cluster.local ttl 0", "reverse-mismatch")]
    [InlineData("REFUSED is refused", ReversePolicy.Contains, "REFUSED", "refused")]
    [InlineData("SERVFAIL with RA=1 is server-failure", ReversePolicy.Contains, "SERVFAIL ra", "server-failure")]
    [InlineData("broken records are malformed", ReversePolicy.Contains, "GARBAGE", "malformed")]
    [InlineData("silence is timed-out", ReversePolicy.Contains, "SILENCE", "timed-out")]
    [InlineData("an ICMP error is unreachable", ReversePolicy.Contains, "UNREACHABLE", "unreachable")]
    internal void A_CoreDNS_endpoint(string sentence, ReversePolicy policy, string words, string reason) =>
        Assert.Equal((sentence, reason), (sentence, Judge(Fixtures.Cluster(1) with { Reverse = policy }, words)));

    [Theory]
    [InlineData("NXDOMAIN ra", "reverse-missing")]
    [InlineData("ip-10-244-1-7.eu-west-1.compute.internal ra", "reverse-mismatch")]
    [InlineData("own ra", "agrees")]
    public void RA_means_nothing_at_a_server_that_may_forward(string words, string reason)
    {
        Assert.Equal(reason, Judge(Fixtures.App(), words));
        var sampled = Fixtures.Cluster(0) with { Servers = [new Server(Fixtures.Vip, "resolv.conf", 8, MayForward: true)] };
        Assert.Equal(reason, Judge(sampled, words));
    }

    [Theory]
    [InlineData(ReversePolicy.Contains, "A AAAA", "10.244.1.7 fd00:244::7")]
    [InlineData(ReversePolicy.Only, "A", "10.244.1.7")]
    [InlineData(ReversePolicy.Contains, "AAAA", "fd00:244::7")]
    [InlineData(ReversePolicy.Off, "A AAAA", "")]
    internal void The_PTR_of_every_address_of_a_required_family_is_asked_unless_off(ReversePolicy policy, string types, string addresses)
    {
        var view = Fixtures.Cluster(1, $"{Fixtures.Own} {Fixtures.OwnIPv6}") with { Reverse = policy };
        var asked = ReverseJudge.AddressesToAsk(view, [.. types.Split(' ').Select(Enum.Parse<RecordType>)]);
        Assert.Equal(addresses, string.Join(' ', asked));
    }

    [Fact]
    public void The_detail_names_the_address_and_what_was_expected()
    {
        var view = Fixtures.Cluster(1);
        var judgement = ReverseJudge.Judge(view, view.Servers[0], Fixtures.Observed(RecordType.PTR, "b.example a.example ttl 7"));
        Assert.Equal("PTR of 10.244.1.7 a.example b.example, expected zk-0.zk-headless.prod.svc.cluster.local", judgement.Detail);
    }

    private static string Judge(View view, string words) =>
        ReverseJudge.Judge(view, view.Servers[0], Fixtures.Observed(RecordType.PTR, words)).Reason.Name();
}
