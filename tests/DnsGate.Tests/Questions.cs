using System.Collections.Immutable;
using System.Net;
using DnsGate.Ask;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.TestKit;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.Tests;

/// <summary>The pod of these tests, and the questions about it.</summary>
internal static class Questions
{
    public const string Ip = "10.244.1.7";
    public const string OldIp = "10.244.2.9";
    public const string NameText = "zk-0.zk-headless.prod.svc.cluster.local";

    public static readonly DnsName Name =
        DnsName.TryParse(NameText, out var name, out _) ? name : throw new InvalidOperationException(NameText);

    public static PodZone Right => PodZone.For(NameText, Ip);

    public static PodZone Stale => PodZone.For(NameText, OldIp);

    public static Question About(IPEndPoint server, RecordType type = RecordType.A, CachePartition partition = CachePartition.Cd) => new(
        new ServerAddress(server.Address, server.Port),
        new Step(new ViewKey(ViewKind.Cluster), Stage.ClusterPrivate, type == RecordType.PTR ? Direction.Reverse : Direction.Forward),
        partition,
        type == RecordType.PTR ? DnsName.ReverseOf(IPAddress.Parse(Ip)) : Name,
        type,
        Sample: 0);

    public static View ViewOf(IPEndPoint server, ReversePolicy reverse = ReversePolicy.Contains) => new(
        new ViewKey(ViewKind.Cluster), Name, [IPAddress.Parse(Ip)], reverse, FamilyPolicy.Auto,
        Quorum.All, [new Server(new ServerAddress(server.Address, server.Port), "static")]);

    /// <summary>Asks on a thread of its own.</summary>
    public static Task<ImmutableArray<Observation>> AskAsync(
        this NameServerClient client, ImmutableArray<Question> questions, TimeSpan? deadline, CancellationToken stop) =>
        Task.Factory.StartNew(() => client.Ask(questions, deadline, whileWaiting: null, stop),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public static ImmutableArray<RecordType> OnlyA => [RecordType.A];
}
