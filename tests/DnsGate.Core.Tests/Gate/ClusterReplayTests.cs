using System.Globalization;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Gate;

/// <summary>
/// The gate in a cluster whose name servers are replaced, cut off and added while it waits. In every replay that opens,
/// every server that counts gives the application exactly the pod's address at that moment and afterwards; the numbers are
/// seconds from the moment when the last one turned right. Numbers in names of tests are those of docs/scenarios.md.
/// </summary>
public sealed class ClusterReplayTests(ITestOutputHelper output)
{
    private const double Never = 3600;

    [Theory]
    [InlineData("new kubeadm", "0 0.5 1", 5, 8)]
    [InlineData("new kubeadm", "0 3 7", 5, 8)]
    [InlineData("new kubeadm", "1 4 31.5", 5, 8)]
    [InlineData("ttl 5", "0 3 7", 5, 13)]
    [InlineData("classic", "0 0 0.2", 5, 14)]
    [InlineData("classic", "0 3 7", 5, 14)]
    [InlineData("classic", "1 4 31.5", 5, 17)]
    public void A_pod_is_replaced_and_each_server_is_late_by_its_own_time(string kind, string lags, double from, double to)
    {
        var cluster = new SimulatedCluster(replacedAt: 0.5);
        foreach (var lag in lags.Split(' '))
        {
            cluster.With(OptionsOf(kind) with { InformerLag = Seconds(lag) });
        }

        OpensWithin(cluster, from, to, $"{kind}, late by {lags} s");
    }

    [Theory]
    [InlineData("the others are right at once", 0, "4.5 NotReady, 20 Serving")]
    [InlineData("another is late", 14, "4.5 NotReady, 11 Serving")]
    [InlineData("listed as serving before it has synced", 0, "4.5 NotReady, 5.1 Serving")]
    public void TwentyOne_CoreDNS_is_updated_while_the_gate_waits(string why, double lag, string listedAs)
    {
        // The old instance gets SIGTERM at 3 s and is frozen on the old address; the new one starts then, and syncs at 10 s.
        var terminating = CoreDnsOptions.NewKubeadm with { InformerLag = Seconds("6"), TerminatedAt = Seconds("3") };
        var starting = CoreDnsOptions.NewKubeadm with { StartedAt = Seconds("4.5"), SyncedAt = Seconds("10") };
        var cluster = new SimulatedCluster()
            .With(CoreDnsOptions.NewKubeadm with { InformerLag = TimeSpan.FromSeconds(lag) })
            .With(terminating, "0 Serving, 3 Terminating, 8.5 gone")
            .With(starting, listedAs);
        var gate = OpensWithin(cluster, 0, 8, $"rolling update, {why}");
        Assert.Contains(gate.Asked, asked => asked.Question.Server == Fixtures.S(3));
        Assert.DoesNotContain(gate.Asked, asked => asked.Question.Server == Fixtures.S(2) && asked.At > Seconds("9.5"));
    }

    [Fact]
    public void TwentyTwo_a_server_whose_node_died_is_shown_and_not_required()
    {
        var cluster = new SimulatedCluster()
            .With(CoreDnsOptions.NewKubeadm with { InformerLag = Seconds("2") })
            .WithDead("0 Serving, 7 NotReady");
        var gate = cluster.Gate();
        Assert.Equal("closed timed-out", gate.Until(6.9).ToString());
        var (_, opened) = cluster.PlayUntilOpen(gate, 30);
        Assert.InRange(opened.TotalSeconds, 12, 16);
        var shown = Assert.Single(gate.Last!.Servers, server => server.Server.Address == Fixtures.S(2));
        Assert.False(shown.Server.Required);
        Assert.Equal(Reason.TimedOut, shown.Judgement.Reason);
        output.WriteLine(Invariant($"node died: not ready at 7 s, open at {opened.TotalSeconds:f1} s"));
    }

    [Fact]
    public void A_server_added_just_before_opening_is_asked_first_and_the_window_does_not_start_over()
    {
        var (gate, alone) = AddedBeforeOpening(CoreDnsOptions.NewKubeadm);
        Assert.Equal(Reason.ServersChanged, gate.Reason);
        var opened = gate.Until(60).OpenedAt!.Value - alone;
        Assert.InRange(opened.TotalSeconds, 0.5, 1.2);
        Assert.Contains(
            gate.Asked, asked => asked.Question is { Partition: CachePartition.Plain } question && question.Server == Fixtures.S(3));
    }

    [Fact]
    public void A_server_added_just_before_opening_keeps_the_gate_closed_while_it_is_wrong()
    {
        var (gate, alone) = AddedBeforeOpening(CoreDnsOptions.NewKubeadm with { InformerLag = Seconds("100") });
        Assert.Equal(Reason.ServersChanged, gate.Reason);
        Assert.Equal("closed stale-address", gate.Until(99).ToString());
        Assert.InRange(gate.Until(200).OpenedAt!.Value.TotalSeconds, 105, 108);
    }

    [Theory]
    [InlineData("the list is there again with the API server", 70)]
    [InlineData("the list is there again later", 150)]
    public void TwentyThree_the_API_server_is_gone_for_a_minute_and_servers_come_back_up_to_94_s_apart(string why, double listedAgain)
    {
        // Replaced 10 ms before it goes, too late for every informer.
        var cluster = new SimulatedCluster(replacedAt: 9.99) { NotListed = (Seconds("10"), TimeSpan.FromSeconds(listedAgain)) };
        foreach (var back in new[] { "71", "90.5", "164" })
        {
            cluster.With(CoreDnsOptions.Classic with { InformerLag = Seconds("0.05"), WithoutApi = (Seconds("10"), Seconds(back)) });
        }

        cluster.Time.Advance(Seconds("10"));
        OpensWithin(cluster, 5, 36, $"API server gone, {why}");
    }

    [Theory]
    [InlineData(50, 0)]
    [InlineData(61, 1)]
    [InlineData(300, 1)]
    public void TwentyThree_a_list_older_than_a_minute_does_not_open_the_gate(double rightAt, int waits)
    {
        var cluster = new SimulatedCluster { NotListed = (Seconds("3"), Seconds("400")) }
            .With(CoreDnsOptions.NewKubeadm with { InformerLag = TimeSpan.FromSeconds(rightAt) });
        var gate = cluster.Gate().Until(rightAt + 10);
        Assert.Equal(waits == 0 ? "open" : "closed discovery-failed", gate.ToString());
        Assert.Equal("open", gate.Until(402).ToString());
    }

    [Fact]
    public void One_replica_frozen_for_ever_never_opens()
    {
        var cluster = new SimulatedCluster(replacedAt: 1)
            .With(CoreDnsOptions.Classic)
            .With(CoreDnsOptions.NewKubeadm)
            .With(CoreDnsOptions.Classic);
        cluster[3].Freeze();
        Assert.Equal("closed stale-address", cluster.Gate().Until(Never).ToString());
    }

    [Theory]
    [InlineData("the old address", "new kubeadm", 0.4, 30.4)]
    [InlineData("the old address, from a cache that ends a second later", "classic", 29, 34)]
    [InlineData("NXDOMAIN", "new kubeadm", 0.4, 5.4)]
    public void A_node_cache_keeps_what_it_had_after_every_CoreDNS_agrees(string what, string kind, double askedAt, double keptUntil)
    {
        var cluster = new SimulatedCluster(replacedAt: 0.5).With(OptionsOf(kind)).With(OptionsOf(kind)).WithNodeLocal();
        if (what == "NXDOMAIN")
        {
            cluster.Data.SetLongAgo(SimulatedCluster.Name);
        }

        SimulatedCluster.AskAsApplication(cluster[1].Ask);
        cluster.Time.Advance(TimeSpan.FromSeconds(askedAt));
        SimulatedCluster.AskAsApplication(cluster.App!.Answer);
        var gate = cluster.Gate();
        gate.Until(keptUntil - 0.01);
        Assert.Null(gate.OpenedAt);
        var (_, opened) = cluster.PlayUntilOpen(gate, 120);
        output.WriteLine(Invariant($"node cache kept {what} until {keptUntil} s: open {opened.TotalSeconds - keptUntil:f1} s later"));
        Assert.InRange(opened.TotalSeconds - keptUntil, 5, 7);
    }

    [Fact]
    public void Eight_a_PTR_set_that_grows_when_the_pod_is_ready_does_not_start_the_window_over()
    {
        var cluster = new SimulatedCluster().With(CoreDnsOptions.NewKubeadm).With(CoreDnsOptions.Classic with { CacheTtl = 0 });
        cluster.Data.SetAt(Seconds("3"), "10-244-1-7.zk.prod.svc.cluster.local", Fixtures.Own);
        OpensWithin(cluster, 5, 5.2, "a second PTR at 3 s");
    }

    /// <summary>
    /// A gate over two right servers, and a third one that is listed for the first time when the list is taken once more before opening.
    /// </summary>
    private static (Replay Gate, TimeSpan WouldHaveOpenedAt) AddedBeforeOpening(CoreDnsOptions added)
    {
        var alone = new SimulatedCluster().With(CoreDnsOptions.NewKubeadm).With(CoreDnsOptions.NewKubeadm).Gate().Until(60).OpenedAt!.Value;
        var listed = string.Create(CultureInfo.InvariantCulture, $"{alone.TotalSeconds - 0.0005} Serving");
        var gate = new SimulatedCluster().With(CoreDnsOptions.NewKubeadm).With(CoreDnsOptions.NewKubeadm).With(added, listed).Gate();
        return (gate.Until(alone.TotalSeconds), alone);
    }

    private Replay OpensWithin(SimulatedCluster cluster, double from, double to, string why)
    {
        var gate = cluster.Gate();
        var (turnedRight, opened) = cluster.PlayUntilOpen(gate, 600);
        var after = (opened - turnedRight).TotalSeconds;
        output.WriteLine(Invariant($"{why}: last server right at {turnedRight.TotalSeconds:f1} s, open {after:f1} s later"));
        Assert.InRange(after, from, to);
        return gate;
    }

    private static CoreDnsOptions OptionsOf(string kind) => kind switch
    {
        "classic" => CoreDnsOptions.Classic,
        "ttl 5" => CoreDnsOptions.ShortTtl,
        _ => CoreDnsOptions.NewKubeadm,
    };

    private static TimeSpan Seconds(string seconds) => TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
