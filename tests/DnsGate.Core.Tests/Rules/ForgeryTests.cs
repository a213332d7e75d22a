using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Tests.Rules;

/// <summary>
/// What docs/security.md promises of an attacker on the path: whatever servers are made to say, a round that agrees was told
/// the pod's own addresses and no other, by every server that must agree and was heard. Judged here without the judges.
/// </summary>
public sealed class ForgeryTests
{
    private static readonly string[] Sayings =
    [
        "right", "A 10.244.2.9", "A 10.244.1.7 10.244.2.9", "A NODATA", "A NXDOMAIN",
        "AAAA fd00:244::99", "AAAA NXDOMAIN", "A NODATA; AAAA fd00:244::99",
        "PTR zk-1.zk-headless.prod.svc.cluster.local", "PTR NXDOMAIN", "PTR SILENCE", "A 10.244.1.7 ttl 0", "A 10.244.2.9 ttl 0",
        "A SILENCE", "AAAA SILENCE", "all SILENCE", "all UNREACHABLE", "all NXDOMAIN", "all SERVFAIL", "all REFUSED", "all GARBAGE",
    ];

    public static TheoryData<string, string> Policies =>
        [.. new[] { "all", "majority", "1" }.SelectMany(quorum => Enum.GetNames<ReversePolicy>().Select(reverse => (quorum, reverse)))];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Agreement_means_that_no_server_returned_an_address_that_is_not_the_pods(string quorum, string reverse)
    {
        var view = Fixtures.Cluster(3) with
        {
            Quorum = quorum switch { "all" => Quorum.All, "majority" => Quorum.MoreThanHalf, _ => Quorum.One },
            Reverse = Enum.Parse<ReversePolicy>(reverse),
        };
        string[] thirds = ["right", "A 10.244.2.9", "all SILENCE"];
        var (rounds, agreed) = (0, 0);
        foreach (var (first, second, third) in Sayings.SelectMany(one =>
            Sayings.SelectMany(two => thirds.Select(three => (one, two, three)))))
        {
            rounds++;
            var verdict = Fixtures.Round(view, first, second, third);
            if (verdict.Kind != VerdictKind.Agrees)
            {
                continue;
            }

            agreed++;
            Assert.True(
                verdict.Servers.Any(GaveTheOwnAddress) && verdict.Servers.All(server => IsSilent(server) || GaveTheOwnAddress(server)),
                $"{first} | {second} | {third}");
        }

        Assert.InRange(agreed, 1, rounds - 1);
    }

    private static bool GaveTheOwnAddress(ServerVerdict server) =>
        Fixtures.Ips(Fixtures.Own).ToHashSet().SetEquals(AddressesFrom(server))
        && server.Observations.All(observation => observation.Outcome is Outcome.Responded { Answer: Answer.Records or Answer.NoData });

    private static bool IsSilent(ServerVerdict server) => server.Observations.Any(observation => observation.Outcome.IsSilence)
        && !AddressesFrom(server).Except(Fixtures.Ips(Fixtures.Own)).Any();

    private static IEnumerable<System.Net.IPAddress> AddressesFrom(ServerVerdict server) => server.Observations
        .Select(observation => observation.Outcome)
        .OfType<Outcome.Responded>()
        .Select(responded => responded.Answer)
        .OfType<Answer.Records>()
        .SelectMany(records => records.Data.OfType<RecordData.Address>().Select(data => data.Value));
}
