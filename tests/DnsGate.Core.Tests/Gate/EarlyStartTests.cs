using System.Collections.Immutable;
using System.Globalization;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.Core.Tests.Gate;

/// <summary>A gate that starts before its record is published: how long after the publication it opens.</summary>
public sealed class EarlyStartTests(ITestOutputHelper output)
{
    private const int Seeds = 200;
    private const int Servers = 3;

    /// <summary>
    /// The median and the 90th percentile of the time from the publication to the opening, in seconds. Settling takes 5 s of it. The
    /// publication is spread over a second, so that it meets every phase of the rounds.
    /// </summary>
    [Theory]
    [InlineData("classic", "absent", 0, 5.5, 5.5)]
    [InlineData("classic", "absent", 1, 6, 8.5)]
    [InlineData("classic", "absent", 3, 8, 8.5)]
    [InlineData("classic", "absent", 10, 6.5, 7)]
    [InlineData("classic", "absent", 20, 15.5, 16)]
    [InlineData("classic", "absent", 30, 6, 7.5)]
    [InlineData("ttl 5", "absent", 3, 6, 8)]
    [InlineData("new kubeadm", "absent", 3, 6, 6.5)]
    [InlineData("classic", "old address", 3, 13.5, 14)]
    [InlineData("classic", "old address", 10, 6.5, 7)]
    [InlineData("classic", "old address until 1 s before", 3, 13.5, 14)]
    public void A_record_that_is_published_after_the_start(string kind, string before, double early, double median, double ninetieth)
    {
        List<double> opened = [.. Enumerable.Range(1, Seeds).Select(seed => Play(kind, before, early, seed)).Order()];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kind}, {before}, {early} s early: median {opened[Seeds / 2]:f2}, 90 % {opened[Seeds * 9 / 10]:f2}, last {opened[^1]:f2}"));
        Assert.InRange(opened[0], 5, 30);
        Assert.InRange(opened[Seeds / 2], 5, median);
        Assert.InRange(opened[Seeds * 9 / 10], 5, ninetieth);
    }

    [Theory]
    [InlineData("CoreDNS", true)]
    [InlineData("CoreDNS that does not cache names of the cluster", false)]
    [InlineData("a resolver, which sets RA", false)]
    [InlineData("a server of resolv.conf", false)]
    [InlineData("a virtual address", false)]
    [InlineData("a server that is not ready", false)]
    [InlineData("an old address", false)]
    [InlineData("NXDOMAIN for one type only", false)]
    public void Only_a_server_that_caches_by_type_is_asked_whether_a_missing_name_exists(string server, bool isAsked)
    {
        var time = new ManualTime();
        var cluster = new ClusterData(time);
        var isCached = server != "CoreDNS that does not cache names of the cluster";
        var instance = new SimulatedCoreDns(cluster, isCached ? CoreDnsOptions.Classic : CoreDnsOptions.NewKubeadm);
        if (server == "an old address")
        {
            cluster.SetLongAgo(Fixtures.Name.ToString(), Fixtures.Old);
        }

        Outcome Ask(Question question, TimeSpan now) => (server, SimulationRunner.Outcome(question, instance.Ask)) switch
        {
            _ when question.Server != Fixtures.S(1) => FakeAnswers.Outcome(question.Type, "SERVFAIL"),
            ("a resolver, which sets RA", Outcome.Responded answer) => answer with { RecursionAvailable = true },
            ("NXDOMAIN for one type only", _) when question.Type == RecordType.AAAA => FakeAnswers.Outcome(question.Type, "NODATA"),
            var (_, outcome) => outcome,
        };

        // The second server keeps the gate closed, and has a round begin every second.
        var asked = new Server(Fixtures.S(1), "kube:kube-system/kube-dns");
        var view = Fixtures.Cluster(2) with
        {
            Servers = [server switch
            {
                "a server of resolv.conf" => asked with { MayForward = true },
                "a virtual address" => asked with { Samples = Server.SamplesOfVirtualAddress },
                "a server that is not ready" => asked with { Condition = EndpointCondition.NotReady },
                _ => asked,
            }, new Server(Fixtures.S(2), "kube:kube-system/kube-dns")],
        };
        var replay = new Replay(time, Fixtures.Listing(view), Ask).Until(60);

        var questions = replay.Asked.Where(question => question.Question.IsForExistence).Select(question => question.Question).ToList();
        Assert.Equal(isAsked, questions.Count > 0);
        Assert.Equal(questions.Count, questions.Select(question => question.Type).Distinct().Count());
        Assert.All(questions, question => Assert.Equal(CachePartition.Cd, question.Partition));
    }

    private static double Play(string kind, string before, double early, int seed)
    {
        var time = new ManualTime();
        var cluster = new ClusterData(time);
        var options = kind switch
        {
            "classic" => CoreDnsOptions.Classic,
            "ttl 5" => CoreDnsOptions.ShortTtl,
            _ => CoreDnsOptions.NewKubeadm,
        };
        ImmutableArray<SimulatedCoreDns> instances = [.. Enumerable.Range(0, Servers).Select(_ => new SimulatedCoreDns(cluster, options))];
        var name = Fixtures.Name.ToString();
#pragma warning disable CA5394 // A simulation that can be repeated is the point.
        var publishedAt = early + ((new Random(seed).NextDouble() - 0.5) * Math.Min(1, 2 * early));
#pragma warning restore CA5394
        if (before != "absent")
        {
            cluster.SetLongAgo(name, Fixtures.Old);
        }

        if (before == "old address until 1 s before")
        {
            cluster.SetAt(TimeSpan.FromSeconds(publishedAt - 1), name);
        }

        cluster.SetAt(TimeSpan.FromSeconds(publishedAt), name, Fixtures.Own);
        var servers = instances.Index().ToDictionary(item => Fixtures.S(item.Index + 1), item => item.Item);
        var replay = new Replay(
            time,
            Fixtures.Listing(Fixtures.Cluster(Servers)),
            (question, _) => SimulationRunner.Outcome(question, servers[question.Server].Ask),
            seed);

        // The moment it is published, every server would tell the application so: the gate has left nothing in its partition.
        replay.Until(publishedAt + 0.0001);
        var query = ReceivedQuery.Create(name, RrType.A);
        Assert.All(instances, instance => Assert.Equal(Fixtures.Own, Assert.Single(instance.Peek(query).Answers).Value));
        replay.Until(publishedAt + 120);
        Assert.DoesNotContain(replay.Asked, asked =>
            asked.Question.Partition == CachePartition.Plain && asked.Outcome is Outcome.Responded { Answer: Answer.NxDomain });
        return replay.OpenedAt!.Value.TotalSeconds - publishedAt;
    }
}
