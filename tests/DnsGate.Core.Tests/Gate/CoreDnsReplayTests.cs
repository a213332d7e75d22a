using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.Core.Tests.Gate;

/// <summary>
/// The gate against simulated CoreDNS instances with their caches and lags, in virtual time, message for
/// message. Numbers are those of docs/scenarios.md.
/// </summary>
public sealed class CoreDnsReplayTests
{
    private readonly ManualTime time = new();
    private readonly ClusterData cluster;

    public CoreDnsReplayTests() => cluster = new ClusterData(time);

    [Theory]
    [InlineData("classic", 3, 40)]
    [InlineData("new kubeadm", 3, 12)]
    [InlineData("ttl 5", 3, 18)]
    public void Two_one_instance_lags_behind(string kind, double lag, double opensBy)
    {
        var laggard = OptionsOf(kind) with { InformerLag = TimeSpan.FromSeconds(lag) };
        cluster.SetLongAgo(Name, Fixtures.Old);
        cluster.Set(Name, Fixtures.Own);
        var replay = Gate(OptionsOf(kind), laggard, OptionsOf(kind)).Until(2.9);
        Assert.Equal("closed stale-address", replay.ToString());
        replay.Until(120);
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, lag + 5, opensBy);
    }

    [Fact]
    public void Fifteen_an_old_address_from_a_cache_with_12_seconds_left_is_asked_again_when_it_expires_not_twelve_times()
    {
        cluster.SetLongAgo(Name, Fixtures.Old);
        var instance = new SimulatedCoreDns(cluster, CoreDnsOptions.Classic);
        Assert.Equal(Fixtures.Old, AskAsApplication(instance));
        time.Advance(TimeSpan.FromSeconds(18));
        cluster.Set(Name, Fixtures.Own);
        var replay = GateOver(instance).Until(29.9);
        Assert.Equal("closed stale-address", replay.ToString());
        var asked = replay.Asked.Count(asked => asked.Question.Type == RecordType.A && asked.Question.Partition == CachePartition.Plain);
        Assert.InRange(asked, 1, 4);
        Assert.InRange(replay.Asked.Count, 1, 24);
        replay.Until(120);
        // The entry ends at 30; the next round, and the window of 5 s.
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, 35, 38.5);
    }

    [Theory]
    [InlineData("classic", 7, 50)]
    [InlineData("classic", 0.5, 45)]
    [InlineData("ttl 5", 7, 25)]
    [InlineData("new kubeadm", 7, 16)]
    public void Sixteen_the_application_never_sees_an_NXDOMAIN_that_the_gate_planted(string kind, double appearsAt, double opensBy)
    {
        SimulatedCoreDns[] instances = [.. Enumerable.Range(0, 3).Select(_ => new SimulatedCoreDns(cluster, OptionsOf(kind)))];
        cluster.SetAt(TimeSpan.FromSeconds(appearsAt), Name, Fixtures.Own);
        var replay = GateOver(instances).Until(appearsAt);
        Assert.Equal("closed name-missing", replay.ToString());
        Assert.DoesNotContain(replay.Asked, asked => asked.Question.Partition == CachePartition.Plain);
        // The moment it appears, the application is told so by every instance: nothing was planted in its partition.
        replay.Until(appearsAt + 0.001);
        Assert.All(instances, instance => Assert.Equal(Fixtures.Own, AskAsApplication(instance)));
        replay.Until(200);
        Assert.DoesNotContain(replay.Asked, asked =>
            asked.Question.Partition == CachePartition.Plain && asked.Outcome is Outcome.Responded { Answer: Answer.NxDomain });
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, appearsAt + 5, opensBy);
    }

    [Fact]
    public void Sixteen_plain_questions_wait_until_every_instance_is_right_privately()
    {
        cluster.Set(Name, Fixtures.Own);
        var replay = Gate(CoreDnsOptions.Classic, CoreDnsOptions.Classic with { InformerLag = TimeSpan.FromSeconds(9) }).Until(8.9);
        Assert.All(replay.Asked, asked => Assert.NotEqual(CachePartition.Plain, asked.Question.Partition));
        replay.Until(120);
        Assert.NotNull(replay.OpenedAt);
        Assert.DoesNotContain(replay.Asked, asked =>
            asked.Question.Partition == CachePartition.Plain && asked.Outcome is Outcome.Responded { Answer: Answer.NxDomain });
    }

    [Fact]
    public void No_PTR_is_asked_too_early_so_that_none_stays_missing_for_30_seconds()
    {
        cluster.SetAt(TimeSpan.FromSeconds(7.3), Name, Fixtures.Own);
        var replay = Gate(CoreDnsOptions.NewKubeadm, CoreDnsOptions.NewKubeadm with { InformerLag = TimeSpan.FromSeconds(2) }).Until(60);
        Assert.All(
            replay.Asked.Where(asked => asked.Question.Type == RecordType.PTR),
            asked => Assert.IsType<Answer.Records>(Assert.IsType<Outcome.Responded>(asked.Outcome).Answer));
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, 14.3, 19);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(61.7)]
    [InlineData(300)]
    public void On_a_new_kubeadm_cluster_without_cache_a_change_is_noticed_within_a_few_seconds(double at)
    {
        cluster.SetLongAgo(Name, Fixtures.Old);
        cluster.SetAt(TimeSpan.FromSeconds(at), Name, Fixtures.Own);
        var replay = Gate(CoreDnsOptions.NewKubeadm, CoreDnsOptions.NewKubeadm, CoreDnsOptions.NewKubeadm).Until(at + 60);
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, at + 5, at + 5 + 4);
    }

    [Theory]
    [InlineData("classic", 24)]
    [InlineData("new kubeadm", 24)]
    public void Twelve_thirteen_SERVFAIL_until_synced_while_the_upstream_answers_reverse_names(string kind, double opensBy)
    {
        cluster.Set(Name, Fixtures.Own);
        var unsynced = OptionsOf(kind) with
        {
            SyncedAt = TimeSpan.FromSeconds(10),
            Upstream = query => DnsMessage.WithAnswers(Rr.Ptr(query.Name, "ip-10-244-1-7.eu-west-1.compute.internal", 300)),
        };
        var replay = Gate(OptionsOf(kind), unsynced).Until(9.9);
        Assert.Equal("closed server-failure", replay.ToString());
        replay.Until(120);
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, 15, opensBy);
    }

    [Fact]
    public void Thirteen_a_PTR_that_the_upstream_answers_keeps_it_closed()
    {
        cluster.Set(Name, Fixtures.Own);
        cluster.Set("zk-1.zk-headless.prod.svc.cluster.local", "10.244.3.3");
        var instance = new SimulatedCoreDns(cluster, CoreDnsOptions.NewKubeadm);
        var replay = new Replay(time, Fixtures.Listing(Fixtures.Cluster(1)), (question, _) =>
            question.Type == RecordType.PTR
                ? FakeAnswers.Outcome(RecordType.PTR, "ip-10-244-1-7.eu-west-1.compute.internal ra")
                : Ask(instance, question)).Until(120);
        Assert.Equal("closed reverse-forwarded", replay.ToString());
    }

    [Fact]
    public void Eight_a_second_Service_over_the_pod_adds_a_name_and_it_opens()
    {
        cluster.Set(Name, Fixtures.Own);
        cluster.Set("10-244-1-7.zk.prod.svc.cluster.local", Fixtures.Own);
        Assert.InRange(Gate(CoreDnsOptions.Classic, CoreDnsOptions.NewKubeadm).Until(30).OpenedAt!.Value.TotalSeconds, 5, 6);
    }

    [Fact]
    public void A_frozen_instance_keeps_it_closed_for_ever_and_thawing_opens_it()
    {
        cluster.SetLongAgo(Name, Fixtures.Old);
        SimulatedCoreDns frozen = new(cluster, CoreDnsOptions.NewKubeadm);
        frozen.Freeze();
        time.Advance(TimeSpan.FromSeconds(1));
        cluster.Set(Name, Fixtures.Own);
        var replay = GateOver(new SimulatedCoreDns(cluster, CoreDnsOptions.NewKubeadm), frozen).Until(600);
        Assert.Equal("closed stale-address", replay.ToString());
        frozen.Thaw();
        Assert.InRange(replay.Until(660).OpenedAt!.Value.TotalSeconds, 605, 610);
    }

    [Fact]
    public void A_plain_cache_that_serves_stale_entries_with_TTL_0_comes_right()
    {
        cluster.SetLongAgo(Name, Fixtures.Old);
        var instance = new SimulatedCoreDns(cluster, CoreDnsOptions.Classic with { ServesStale = TimeSpan.FromHours(1) });
        AskAsApplication(instance);
        time.Advance(TimeSpan.FromSeconds(60));
        cluster.Set(Name, Fixtures.Own);
        var replay = GateOver(instance).Until(120);
        Assert.InRange(replay.OpenedAt!.Value.TotalSeconds, 65, 70);
    }

    [Fact]
    public void A_dual_stack_pod_opens_when_both_families_are_right()
    {
        cluster.SetLongAgo(Name, Fixtures.Old, Fixtures.OwnIPv6);
        cluster.SetAt(TimeSpan.FromSeconds(4), Name, Fixtures.Own, Fixtures.OwnIPv6);
        var instance = new SimulatedCoreDns(cluster, CoreDnsOptions.NewKubeadm);
        var replay = new Replay(time, Fixtures.Listing(Fixtures.Cluster(1, $"{Fixtures.Own} {Fixtures.OwnIPv6}")), (question, _) =>
            Ask(instance, question)).Until(3.9);
        Assert.Equal("closed extra-address", replay.ToString());
        Assert.InRange(replay.Until(60).OpenedAt!.Value.TotalSeconds, 9, 13);
    }

    private static string Name => Fixtures.Name.ToString();

    private static CoreDnsOptions OptionsOf(string kind) => kind switch
    {
        "classic" => CoreDnsOptions.Classic,
        "ttl 5" => CoreDnsOptions.ShortTtl,
        _ => CoreDnsOptions.NewKubeadm,
    };

    private Replay Gate(params CoreDnsOptions[] options) => GateOver([.. options.Select(option => new SimulatedCoreDns(cluster, option))]);

    private Replay GateOver(params SimulatedCoreDns[] instances)
    {
        var servers = instances.Index().ToDictionary(item => Fixtures.S(item.Index + 1), item => item.Item);
        return new Replay(
            time, Fixtures.Listing(Fixtures.Cluster(instances.Length)), (question, _) => Ask(servers[question.Server], question));
    }

    /// <summary>What the application would be told: the address, or the code. It asks, and fills the cache, like any client.</summary>
    private static string AskAsApplication(SimulatedCoreDns instance)
    {
        var message = instance.Answer(ReceivedQuery.Create(Name, RrType.A));
        return message.Answers.Count == 0 ? message.Rcode.ToString() : message.Answers[0].Value;
    }

    private static Outcome Ask(SimulatedCoreDns instance, Question question) => SimulationRunner.Outcome(question, instance.Ask);
}
