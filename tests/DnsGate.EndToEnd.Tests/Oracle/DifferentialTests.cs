using System.Net;
using DnsClient;
using DnsGate.Ask;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.TestKit;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.EndToEnd.Tests.Oracle;

/// <summary>
/// The product and DnsClient ask the same real name server the same question and must read the same answer: response code, set
/// of records, TTL, and whether it came over TCP. Every row runs against every server, except what <see cref="LeftOut"/> lists.
/// </summary>
public sealed class DifferentialTests(RealServers servers) : IClassFixture<RealServers>
{
    private const string Reverse = Zones.ReverseDomain;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly string[] Servers = ["knot", "named", "unbound", "dnsmasq"];

    /// <summary>Each row has a question and its answer. Authoritative servers return exactly this TTL; caches count it down.</summary>
    private static readonly Dictionary<string, (RecordType Type, string Name, Reading Expected)> Rows = new()
    {
        ["one A record"] = (RecordType.A, "one.cluster.local", new("NOERROR", "10.244.1.7", RealServers.Ttl)),
        ["a set of A records"] = (RecordType.A, "three.cluster.local", new("NOERROR", "10.244.3.1 10.244.3.2 10.244.3.3", RealServers.Ttl)),
        ["a set of AAAA records"] = (RecordType.AAAA, "two.cluster.local",
            new("NOERROR", "fd00:10:244::1 fd00:10:244::2", RealServers.Ttl)),
        ["NXDOMAIN"] = (RecordType.A, "nowhere.cluster.local", new("NXDOMAIN", "", RealServers.Ttl)),
        ["NXDOMAIN of a PTR question"] = (RecordType.PTR, $"99.1.244.{Reverse}", new("NXDOMAIN", "", RealServers.Ttl)),
        ["NODATA"] = (RecordType.A, "text.cluster.local", new("NOERROR", "", RealServers.Ttl)),
        ["NODATA of the other family"] = (RecordType.AAAA, "one.cluster.local", new("NOERROR", "", RealServers.Ttl)),
        ["NODATA of a PTR question"] = (RecordType.PTR, $"9.1.244.{Reverse}", new("NOERROR", "", RealServers.Ttl)),
        ["SERVFAIL"] = (RecordType.A, $"pod.{RealServers.FailingDomain}", new("SERVFAIL", "", null)),
        ["REFUSED"] = (RecordType.A, $"pod.{Zones.ForeignDomain}", new("REFUSED", "", null)),
        ["TTL of two hours"] = (RecordType.A, "hours.cluster.local", new("NOERROR", "10.244.1.10", 7200)),
        ["TTL of a day"] = (RecordType.A, "day.cluster.local", new("NOERROR", "10.244.1.9", 86400)),
        ["one PTR record"] = (RecordType.PTR, $"7.1.244.{Reverse}", new("NOERROR", "one.cluster.local", RealServers.Ttl)),
        ["a set of PTR records"] = (RecordType.PTR, $"8.1.244.{Reverse}",
            new("NOERROR", "10-244-1-8.other.cluster.local end.cluster.local third.cluster.local", RealServers.Ttl)),
        ["CNAME chain"] = (RecordType.A, "alias.cluster.local", new("NOERROR", "10.244.1.8", 7100)),
        ["CNAME of a missing name"] = (RecordType.A, "dangling.cluster.local", new("NXDOMAIN", "", RealServers.Ttl)),
        ["CNAME of a name without addresses"] = (RecordType.A, "empty.cluster.local", new("NOERROR", "", RealServers.Ttl)),
        ["truncated, then TCP"] = (RecordType.A, "many.cluster.local",
            new("NOERROR", Sorted(RealServers.Many), RealServers.Ttl) { IsOverTcp = true }),
    };

    /// <summary>What a server cannot produce, and why.</summary>
    private static readonly Dictionary<(string Row, string Server), string> LeftOut = new()
    {
        [("a set of PTR records", "dnsmasq")] = "its cache keeps one PTR record of an address",
    };

    public static TheoryData<string, string> Table =>
        [.. from row in Rows.Keys from server in Servers where !LeftOut.ContainsKey((row, server)) select (row, server)];

    public static TheoryData<string, string> NotInTheTable => [.. LeftOut.Keys];

    [Theory]
    [MemberData(nameof(Table))]
    public async Task The_product_reads_what_DnsClient_reads(string row, string server)
    {
        var (type, name, expected) = Rows[row];
        var (before, product, after) = await AskInTurnAsync(server, type, name);

        AssertSame(before, product, after);
        Assert.Equal(expected, before with { Ttl = expected.Ttl });
        Assert.Equal(expected.Ttl is null, before.Ttl is null);
        Assert.InRange(before.Ttl ?? 0, server is "knot" or "named" ? expected.Ttl ?? 0 : 0, expected.Ttl ?? 0);
    }

    [Theory]
    [MemberData(nameof(NotInTheTable))]
    public async Task A_row_is_left_out_only_where_the_server_answers_otherwise(string row, string server)
    {
        var (type, name, expected) = Rows[row];
        var (before, product, after) = await AskInTurnAsync(server, type, name);

        AssertSame(before, product, after);
        Assert.NotEqual(expected.Records, before.Records);
    }

    [Theory]
    [InlineData("unbound")]
    [InlineData("dnsmasq")]
    public async Task A_TTL_that_a_cache_has_counted_down_is_read_alike(string server)
    {
        var at = await servers.FindAsync(server);
        Assert.True(await Eventually.HappensAsync(
            async () => (await AskDnsClientAsync(at, RecordType.A, "hours.cluster.local")).Ttl < 7200, Eventually.Limit));

        var (before, product, after) = await AskInTurnAsync(server, RecordType.A, "hours.cluster.local");

        AssertSame(before, product, after);
        Assert.InRange(product.Ttl!.Value, 1u, 7199u);
    }

    /// <summary>
    /// DnsClient cannot set CD, and the gate asks with CD and DO first. dnsmasq is not here: it answers a question with DO from
    /// its cache in one moment and from its upstream server in the next.
    /// </summary>
    [Theory]
    [InlineData("knot")]
    [InlineData("named")]
    [InlineData("unbound")]
    public async Task The_CD_and_DO_bits_do_not_change_what_the_product_reads(string server)
    {
        var at = await servers.FindAsync(server);
        foreach (var (type, name, expected) in Rows.Values)
        {
            foreach (var partition in Enum.GetValues<CachePartition>())
            {
                var product = await AskProductAsync(at, type, name, partition);

                Assert.Equal(expected, product with { Ttl = expected.Ttl });
            }
        }
    }

    /// <summary>DnsClient, the product, and DnsClient again: the TTL may fall in between.</summary>
    private async Task<(Reading Before, Reading Product, Reading After)> AskInTurnAsync(string server, RecordType type, string name)
    {
        var at = await servers.FindAsync(server);
        // A cache relays its first answer, and returns what it kept of it from then on.
        await AskDnsClientAsync(at, type, name);

        return (await AskDnsClientAsync(at, type, name),
            await AskProductAsync(at, type, name, CachePartition.Plain), await AskDnsClientAsync(at, type, name));
    }

    private static void AssertSame(Reading before, Reading product, Reading after)
    {
        Assert.Equal(before, product with { Ttl = before.Ttl });
        Assert.Equal(before.Ttl is null, product.Ttl is null);
        Assert.InRange(product.Ttl ?? 0, after.Ttl ?? 0, before.Ttl ?? 0);
    }

    private static async Task<Reading> AskProductAsync(IPEndPoint server, RecordType type, string name, CachePartition partition)
    {
        Assert.True(DnsName.TryParse(name, out var asked, out _));
        Question question = new(
            new ServerAddress(server.Address, server.Port),
            new Step(new ViewKey(ViewKind.Cluster), Stage.Cluster, Direction.Forward), partition, asked, type, Sample: 0);
        NameServerClient client = new(Patience, TimeProvider.System);

        var observation = Assert.Single(client.Ask([question], deadline: null, whileWaiting: null, CancellationToken.None));

        var (code, records) = observation.Outcome switch
        {
            Outcome.Responded { Answer: Answer.Records answer } => ("NOERROR", Sorted(AnswerText.Records(answer))),
            Outcome.Responded { Answer: Answer.NoData } => ("NOERROR", ""),
            var other => (AnswerText.Describe(other), ""),
        };
        return new Reading(code, records, observation.Outcome.Ttl) { IsOverTcp = observation.IsOverTcp };
    }

    private static async Task<Reading> AskDnsClientAsync(IPEndPoint server, RecordType type, string name)
    {
        var options = StubResolver.OptionsFor(server, Patience);
        // The only place where DnsClient shows that it went on to TCP.
        options.EnableAuditTrail = true;

        var response = await new LookupClient(options).QueryAsync(name, (QueryType)type);

        var code = response.Header.ResponseCode switch
        {
            DnsHeaderResponseCode.NoError => "NOERROR",
            DnsHeaderResponseCode.NotExistentDomain => "NXDOMAIN",
            DnsHeaderResponseCode.ServerFailure => "SERVFAIL",
            DnsHeaderResponseCode.Refused => "REFUSED",
            var other => other.ToString(),
        };
        var records = StubResolver.DataOf(response, (QueryType)type);
        // The TTL of an answer is the least along its chain. That of a negative answer is the TTL of the SOA record.
        var ttls = (records.Count > 0 ? response.Answers : response.Authorities).Select(record => (uint?)record.InitialTimeToLive);
        return new Reading(code, Sorted(records), ttls.Min())
        {
            IsOverTcp = response.AuditTrail.Contains("Truncated, retrying in TCP mode", StringComparison.Ordinal),
        };
    }

    private static string Sorted(IEnumerable<string> records) => string.Join(' ', records.Order(StringComparer.Ordinal));

    /// <summary>What one reader makes of the answer to one question.</summary>
    private sealed record Reading(string Code, string Records, uint? Ttl)
    {
        public bool IsOverTcp { get; init; }
    }
}
