using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.Core.Tests.Gate;

/// <summary>
/// Many pods that restart together, each with a name and addresses of its own, over the same simulated CoreDNS instances,
/// all on one clock that nobody waits for. The gates start within <see cref="Spread"/>; each pod's old record goes up to
/// 5 s before its gate starts, its new one comes up to 2 s after, and an instance sees either up to <see cref="LongestLag"/>
/// later: the first at once, the last latest. The application's name server is the virtual IP over the instances.
/// </summary>
internal sealed class MassRestart
{
    public const int Servers = 20;

    public static readonly TimeSpan Spread = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(10);

    private static readonly CachePartition[] PrivatePartitions = [CachePartition.Cd, CachePartition.Do, CachePartition.CdDo];

    private readonly ManualTime time = new();
    private readonly SimulatedCoreDns[] instances;
    private readonly ServerAddress[] addresses = [.. Enumerable.Range(1, Servers).Select(Fixtures.S)];
    private readonly Dictionary<ServerAddress, int> numbers;
    private readonly Dictionary<string, RecordData> read = [];
    private readonly PriorityQueue<Action, TimeSpan> due = new();
    private readonly List<int[]> perSecond = [];
#pragma warning disable CA5394 // A simulation that can be repeated is the point.
    private readonly Random chance = new(20);
#pragma warning restore CA5394

    public MassRestart(CoreDnsOptions options, int pods)
    {
        var cluster = new ClusterData(time);
        instances = [.. Enumerable.Range(0, Servers)
            .Select(server => new SimulatedCoreDns(cluster, options with { InformerLag = LongestLag * server / (Servers - 1) }))];
        numbers = addresses.Index().ToDictionary(item => item.Item, item => item.Index);
        Pods = [.. Enumerable.Range(0, pods)
            .Select(number => new RestartedPod(number, TimeSpan.FromSeconds(6) + (Spread * Chance()), Chance()))];
        foreach (var pod in Pods)
        {
            cluster.SetLongAgo(pod.Name, pod.Old);
            cluster.SetAt(pod.StartsAt - TimeSpan.FromSeconds(5 * Chance()), pod.Name);
            cluster.SetAt(pod.PublishedAt, pod.Name, pod.Own);
            due.Enqueue(() => Start(pod), pod.StartsAt);
            due.Enqueue(() => pod.SeesAllRightAt = WhenItCouldSee(pod), pod.LastServerKnowsAt);
        }
    }

    public ImmutableArray<RestartedPod> Pods { get; }

    /// <summary>Questions that a server got in its busiest second, the most at any.</summary>
    public int Peak => perSecond.Max(second => second.Max());

    /// <summary>Questions per server and second, from the first question to the last.</summary>
    public double Mean => perSecond.Average(second => second.Average());

    /// <summary>Plays until every pod has opened; at most so long.</summary>
    public MassRestart Until(double seconds)
    {
        while (due.TryDequeue(out var action, out var at) && at < TimeSpan.FromSeconds(seconds))
        {
            time.Advance(at > time.Elapsed ? at - time.Elapsed : TimeSpan.Zero);
            action();
        }

        return this;
    }

    private void Start(RestartedPod pod)
    {
        var cluster = Fixtures.Cluster(Servers, pod.Own) with { Name = Fixtures.NameOf(pod.Name) };
        var app = Fixtures.App(Server.SamplesOfVirtualAddress, pod.Own) with { Name = cluster.Name };
        pod.Gate = new Replay(time, Fixtures.Listing(cluster, app), (question, now) => Ask(pod, question, now), seed: pod.Number)
        {
            KeepsQuestions = false,
            KeepsSnapshots = false,
        };
        Step(pod);
    }

    private void Step(RestartedPod pod)
    {
        pod.Gate!.Step();
        if (!pod.Gate.HasEnded)
        {
            due.Enqueue(() => Step(pod), pod.Gate.NextAt);
            return;
        }

        pod.WasRightWhenItOpened = instances.All(instance =>
            IsRight(pod, instance, CachePartition.Plain, RrType.A) && IsRight(pod, instance, CachePartition.Plain, RrType.Ptr));
    }

    private Outcome.Responded Ask(RestartedPod pod, Question question, TimeSpan now)
    {
        var isVirtual = !numbers.TryGetValue(question.Server, out var server);
        pod.Count(isVirtual ? Servers + question.Sample : server, now);
        server = isVirtual ? (int)(Servers * Chance()) : server;
        var second = (int)(now - TimeSpan.FromSeconds(6)).TotalSeconds;
        while (perSecond.Count <= second)
        {
            perSecond.Add(new int[Servers]);
        }

        perSecond[second][server]++;
        var message = instances[server].Answer(pod.Query((RrType)question.Type, question.Partition));
        return new Outcome.Responded(Read(message), message.RecursionAvailable, message.Authoritative);
    }

    /// <summary>What the reader of replies makes of the message: a million of them are not written and read.</summary>
    private Answer Read(DnsMessage message) => message switch
    {
        { Rcode: Rcode.NxDomain } => new Answer.NxDomain(message.Authority[0].Ttl),
        { Rcode: not Rcode.NoError } => new Answer.ServerError((ResponseCode)message.Rcode),
        { Answers: [] } => new Answer.NoData(message.Authority[0].Ttl),
        _ => new Answer.Records([.. message.Answers.Select(Read)], message.Answers[0].Ttl),
    };

    private RecordData Read(Rr record)
    {
        if (!read.TryGetValue(record.Value, out var data))
        {
            data = record.Type == RrType.Ptr
                ? new RecordData.Pointer(Fixtures.NameOf(record.Value))
                : new RecordData.Address(IPAddress.Parse(record.Value));
            read[record.Value] = data;
        }

        return data;
    }

    private TimeSpan WhenItCouldSee(RestartedPod pod) => instances.Max(instance =>
        Later(RightFrom(pod, instance, CachePartition.Plain), PrivatePartitions.Min(partition => RightFrom(pod, instance, partition))));

    private TimeSpan RightFrom(RestartedPod pod, SimulatedCoreDns instance, CachePartition partition) =>
        new[] { RrType.A, RrType.Aaaa, RrType.Ptr }.Max(type =>
            IsRight(pod, instance, partition, type)
                ? time.Elapsed
                : Later(time.Elapsed, instance.KeptUntil(pod.Query(type, partition)) ?? default));

    private static bool IsRight(RestartedPod pod, SimulatedCoreDns instance, CachePartition partition, RrType type)
    {
        var message = instance.Peek(pod.Query(type, partition));
        return type == RrType.Aaaa
            ? message is { Rcode: Rcode.NoError, Answers: [] }
            : message.Answers is [{ Value: var only }] && only == (type == RrType.A ? pod.Own : pod.Name);
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

#pragma warning disable CA5394 // As above.
    private double Chance() => chance.NextDouble();
#pragma warning restore CA5394
}

/// <summary>One of them.</summary>
/// <param name="Number">Its number, the seed of its gate too.</param>
/// <param name="StartsAt">When its gate starts.</param>
/// <param name="Late">From 0 to 1: how late its new address is published.</param>
internal sealed record RestartedPod(int Number, TimeSpan StartsAt, double Late)
{
    private readonly double[] levels = new double[MassRestart.Servers + Server.SamplesOfVirtualAddress];
    private readonly TimeSpan[] counted = new TimeSpan[MassRestart.Servers + Server.SamplesOfVirtualAddress];

    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"zk-{Number}.zk-headless.prod.svc.cluster.local");

    public string Old { get; } = string.Create(CultureInfo.InvariantCulture, $"10.1.{Number / 250}.{1 + (Number % 250)}");

    public string Own { get; } = string.Create(CultureInfo.InvariantCulture, $"10.2.{Number / 250}.{1 + (Number % 250)}");

    public TimeSpan PublishedAt => StartsAt + TimeSpan.FromSeconds(2 * Late);

    /// <summary>When the instance that lags most has the new address, whatever caches keep.</summary>
    public TimeSpan LastServerKnowsAt => PublishedAt + MassRestart.LongestLag;

    public Replay? Gate { get; set; }

    /// <summary>
    /// When the last server had turned right, and what the gate's own questions had drawn into the caches before had ended
    /// there. Nobody else asks for this name, so at the moment when the last server knows the new address every wrong answer
    /// that a cache still keeps was drawn by the gate. A server can be seen to be right when the first of its private
    /// partitions (CD, DO, both) keeps no wrong A, AAAA or PTR any more, and the plain one neither; this is the latest of
    /// these moments over all servers. Exact, not in the whole seconds of a TTL.
    /// </summary>
    public TimeSpan SeesAllRightAt { get; set; }

    /// <summary>Whether every instance gave the application its address and name when it opened.</summary>
    public bool WasRightWhenItOpened { get; set; }

    /// <summary>
    /// The most that one server (one sample of the virtual address) was ever asked beyond the average:
    /// the level of a bucket that leaks as fast.
    /// </summary>
    public double HighestLevel { get; private set; }

    public void Count(int server, TimeSpan now)
    {
        var leaked = (now - counted[server]).TotalSeconds * Pace.QuestionsPerSecond;
        (levels[server], counted[server]) = (Math.Max(0, levels[server] - leaked) + 1, now);
        HighestLevel = Math.Max(HighestLevel, levels[server]);
    }

    public ReceivedQuery Query(RrType type, CachePartition partition) => new()
    {
        Name = type == RrType.Ptr ? TestKit.ReverseName.From(Own) : Name,
        Type = type,
        CD = partition is CachePartition.Cd or CachePartition.CdDo,
        DO = partition is CachePartition.Do or CachePartition.CdDo,
    };
}
