using System.Globalization;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Gate;

/// <summary>The simulated servers keep the rules that were read in the sources of the real ones and measured there.</summary>
public sealed class SimulatedServerTests
{
    private static readonly string Name = Fixtures.Name.ToString();

    private readonly ManualTime time = new();
    private readonly ClusterData cluster;

    public SimulatedServerTests() => cluster = new ClusterData(time);

    /// <summary>The old address for ten seconds, then the own; asked at these times: code or address, and TTL.</summary>
    [Theory]
    [InlineData("cache 30, ttl 30", 30, 30, "0 old 30, 9.9 old 21, 29.9 old 1, 30 own 30")]
    [InlineData("cache 30, ttl 5", 5, 30, "0 old 5, 4.9 old 1, 6 old 5, 10.9 old 1, 11 own 5")]
    [InlineData("a TTL below 5 s is kept 5 s", 1, 30, "0 old 5, 9.8 old 5, 14.7 old 1, 14.8 own 5")]
    [InlineData("the cap of the cache shortens the TTL", 60, 30, "0 old 30, 29 old 1, 30 own 30")]
    [InlineData("no cache", 30, 0, "0 old 30, 9.9 old 30, 10 own 30")]
    public void An_answer_is_kept_for_its_TTL_between_5_s_and_the_cap_and_a_hit_has_what_is_left(
        string rule, uint ttl, uint cap, string told)
    {
        cluster.SetLongAgo(Name, Fixtures.Old);
        cluster.SetAt(TimeSpan.FromSeconds(10), Name, Fixtures.Own);
        AssertTold(rule, new SimulatedCoreDns(cluster, new CoreDnsOptions { RecordTtl = ttl, CacheTtl = cap }).Ask, told);
    }

    [Theory]
    [InlineData("SERVFAIL is kept 5 s", 5, false, "4 ServFail, 8.9 ServFail, 9 own 30")]
    [InlineData("not where the cluster domain is not cached", 5, true, "4 ServFail, 5 own 30")]
    [InlineData("the port is closed until it has synced", 2, true, "0 closed, 1.9 closed, 2 own 30")]
    [InlineData("or for 5 s", 9, true, "0 closed, 4.9 closed, 5 ServFail, 8.9 ServFail, 9 own 30")]
    public void An_instance_that_starts(string rule, double syncedAt, bool isNewKubeadm, string told)
    {
        cluster.SetLongAgo(Name, Fixtures.Own);
        var startedAt = told.Contains("closed", StringComparison.Ordinal) ? TimeSpan.Zero : TimeSpan.FromSeconds(-10);
        var options = (isNewKubeadm ? CoreDnsOptions.NewKubeadm : CoreDnsOptions.Classic) with
        {
            StartedAt = startedAt,
            SyncedAt = TimeSpan.FromSeconds(syncedAt),
        };
        AssertTold(rule, new SimulatedCoreDns(cluster, options).Ask, told);
    }

    [Fact]
    public void While_it_has_not_synced_a_reverse_name_is_answered_by_the_upstream_and_kept()
    {
        cluster.SetLongAgo(Name, Fixtures.Own);
        var instance = new SimulatedCoreDns(cluster, CoreDnsOptions.NewKubeadm with { SyncedAt = TimeSpan.FromSeconds(5) });
        var query = ReceivedQuery.Create(ReverseName.From(Fixtures.Own), RrType.Ptr);
        Assert.True(instance.Answer(query) is { Rcode: Rcode.NxDomain, RecursionAvailable: true, Authority: [{ Ttl: 30 }] });
        time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.True(instance.Answer(query) is { Rcode: Rcode.NxDomain, RecursionAvailable: true });
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(instance.Answer(query) is { RecursionAvailable: false, Answers: [{ Type: RrType.Ptr }] });
    }

    [Fact]
    public void An_instance_that_terminates_or_has_lost_the_API_server_sees_no_change()
    {
        cluster.SetLongAgo(Name, Fixtures.Old);
        cluster.SetAt(TimeSpan.FromSeconds(2), Name, Fixtures.Own);
        var live = CoreDnsOptions.NewKubeadm;
        AssertTold("terminating", new SimulatedCoreDns(cluster, live with { TerminatedAt = TimeSpan.FromSeconds(1) }).Ask,
            "0 old 30, 5.9 old 30, 6 closed");
        AssertTold(
            "without API",
            new SimulatedCoreDns(cluster, live with { WithoutApi = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(31)) }).Ask,
            "7 old 30, 30.9 old 30, 31 own 30");
    }

    [Fact]
    public void Each_of_the_four_partitions_keeps_its_own_answer()
    {
        cluster.SetLongAgo(Name, Fixtures.Old);
        cluster.SetAt(TimeSpan.FromSeconds(1), Name, Fixtures.Own);
        var instance = new SimulatedCoreDns(cluster);
        instance.Answer(ReceivedQuery.Create(Name, RrType.A, cd: true));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(
            [Fixtures.Old, Fixtures.Own, Fixtures.Own, Fixtures.Own], new[] { (true, false), (false, true), (true, true), (false, false) }
                .Select(flags =>
                    instance.Answer(ReceivedQuery.Create(Name, RrType.A, cd: flags.Item1, @do: flags.Item2)).Answers[0].Value));
    }

    [Fact]
    public void With_serve_stale_an_expired_answer_comes_once_more_with_TTL_0()
    {
        cluster.SetLongAgo(Name, Fixtures.Old);
        cluster.SetAt(TimeSpan.FromSeconds(1), Name, Fixtures.Own);
        AssertTold("serve_stale", new SimulatedCoreDns(cluster, CoreDnsOptions.Classic with { ServesStale = TimeSpan.FromHours(1) }).Ask,
            "0 old 30, 40 old 0, 41 own 29");
    }

    [Theory]
    [InlineData("an address is kept 30 s", "old", "0 old 30, 29.9 old 1, 30 own 30")]
    [InlineData("a name that does not exist 5 s", "", "0 NxDomain, 4.9 NxDomain, 5 own 30")]
    public void A_node_cache(string rule, string before, string told)
    {
        cluster.SetLongAgo(Name, before.Length == 0 ? [] : [Fixtures.Old]);
        cluster.SetAt(TimeSpan.FromSeconds(1), Name, Fixtures.Own);
        AssertTold(rule, new SimulatedNodeLocal(cluster, new SimulatedCoreDns(cluster, CoreDnsOptions.NewKubeadm)).Answer, told);
    }

    [Fact]
    public void A_node_cache_raises_what_is_left_to_5_s_and_asks_one_instance_at_a_time()
    {
        cluster.SetLongAgo(Name, Fixtures.Old);
        cluster.SetAt(TimeSpan.FromSeconds(1), Name, Fixtures.Own);
        SimulatedCoreDns cached = new(cluster);
        SimulatedCoreDns terminating = new(cluster, CoreDnsOptions.NewKubeadm with { TerminatedAt = TimeSpan.FromSeconds(1) });
        SimulatedCoreDns live = new(cluster, CoreDnsOptions.NewKubeadm);
        SimulatedNodeLocal node = new(cluster, cached, terminating, live);
        AssertTold("the first instance's cache", cached.Ask, "0 old 30");
        AssertTold("28 s later through the node", node.Answer, "28 old 5, 32.9 old 1, 33 own 30");
        SimulatedNodeLocal nobody = new(cluster, terminating);
        AssertTold("nobody listens", nobody.Answer, "34 ServFail");
    }

    private void AssertTold(string rule, Func<ReceivedQuery, DnsMessage?> server, string told)
    {
        foreach (var expected in told.Split(", "))
        {
            var at = TimeSpan.FromSeconds(double.Parse(expected.Split(' ')[0], CultureInfo.InvariantCulture));
            time.Advance(at > time.Elapsed ? at - time.Elapsed : TimeSpan.Zero);
            var says = server(ReceivedQuery.Create(Name, RrType.A)) switch
            {
                null => "closed",
                { Answers: [{ } only] } =>
                    string.Create(CultureInfo.InvariantCulture, $"{(only.Value == Fixtures.Own ? "own" : "old")} {only.Ttl}"),
                { } other => other.Rcode.ToString(),
            };
            Assert.Equal($"{rule}: {expected}", $"{rule}: {expected.Split(' ')[0]} {says}");
        }
    }
}
