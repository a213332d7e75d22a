using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;

namespace DnsGate.Core.Tests.Rules;

/// <summary>The pod of docs/scenarios.md: 10.244.1.7, before that 10.244.2.9; and name servers 10.244.0.1, 10.244.0.2, …</summary>
internal static class Fixtures
{
    public const string Own = "10.244.1.7";
    public const string OwnIPv6 = "fd00:244::7";
    public const string Old = "10.244.2.9";

    public static readonly DnsName Name = NameOf("zk-0.zk-headless.prod.svc.cluster.local");

    public static DnsName NameOf(string text) =>
        DnsName.TryParse(text, out var name, out var problem) ? name : throw new ArgumentException(problem, nameof(text));

    public static ImmutableArray<IPAddress> Ips(string addresses) =>
        [.. addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)];

    /// <summary>The address of the n-th name server of the cluster, from 1.</summary>
    public static ServerAddress S(int number) => new(IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"10.244.0.{number}")));

    /// <summary>A name server of resolv.conf.</summary>
    public static readonly ServerAddress Vip = new(IPAddress.Parse("10.96.0.10"));

    /// <summary>A cluster view over so many servers.</summary>
    public static View Cluster(int servers, string addresses = Own) => new(
        new ViewKey(ViewKind.Cluster), Name, Ips(addresses), ReversePolicy.Contains, FamilyPolicy.Auto, Quorum.All,
        [.. Enumerable.Range(1, servers).Select(number => new Server(S(number), "static"))]);

    /// <summary>An app view with one server.</summary>
    public static View App(int samples = 1, string addresses = Own) => Cluster(0, addresses) with
    {
        Key = new ViewKey(ViewKind.App),
        Quorum = Quorum.One,
        Servers = [new Server(Vip, "resolv.conf", samples, MayForward: true)],
    };

    /// <summary>An external view, from 0, with one server of its own for the pod's name outside.</summary>
    public static View External(int number = 0) => Cluster(0) with
    {
        Key = new ViewKey(ViewKind.External, number),
        Name = NameOf("zk-0.example.com"),
        Reverse = ReversePolicy.Off,
        Quorum = Quorum.One,
        Servers = [new Server(E(number), "static", MayForward: true)],
    };

    /// <summary>The name server of the n-th external view, from 0.</summary>
    public static ServerAddress E(int number) => new(IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"192.0.2.{number + 1}")));

    public static Listing Listing(params View[] views) => new([.. views], Coverage.Static);

    /// <summary>One observation: <c>Observed("A", "10.244.2.9 ttl 12")</c>; a PTR is that of the own address.</summary>
    public static Observation Observed(
        RecordType type, string words, ServerAddress? server = null, Stage stage = Stage.ClusterPrivate, int sample = 0)
    {
        var isReverse = type == RecordType.PTR;
        var question = new Question(
            server ?? S(1),
            new Step(new ViewKey(stage == Stage.App ? ViewKind.App : ViewKind.Cluster),
                stage, isReverse ? Direction.Reverse : Direction.Forward),
            stage == Stage.ClusterPrivate ? CachePartition.Cd : CachePartition.Plain,
            isReverse ? DnsName.ReverseOf(IPAddress.Parse(Own)) : Name,
            type,
            sample);
        return new Observation(question, FakeAnswers.Outcome(type, words), TimeSpan.FromMilliseconds(0.4));
    }

    /// <summary>One whole round in which every question is answered by this.</summary>
    public static RoundVerdict Round(
        Listing listing, Func<Question, Outcome> answer, RoundMemory? memory = null,
        TimeSpan at = default, List<ImmutableArray<Question>>? trips = null)
    {
        memory ??= new RoundMemory();
        var round = new RoundPlan(listing, memory.Retry);
        while (round.Next(at) is { Length: > 0 } questions)
        {
            trips?.Add(questions);
            round.Learn([.. questions.Select(question => new Observation(question, answer(question), TimeSpan.FromMilliseconds(0.4)))], at);
        }

        return memory.Last = round.Verdict(memory.Last);
    }

    /// <summary>One whole round over a cluster view whose servers say this, the first of them the first text.</summary>
    public static RoundVerdict Round(View view, params string[] told) => Round(Listing(view), AnswersOf(view, told));

    /// <summary>Servers that say this, by the order of the view.</summary>
    public static Func<Question, Outcome> AnswersOf(View view, params string[] told)
    {
        var servers = view.Servers.Zip(told).ToDictionary(pair => pair.First.Address, pair => FakeAnswers.By(pair.Second));
        return question => servers[question.Server].To(question);
    }
}

/// <summary>What one round leaves to the next: when servers may be asked again, and the verdict.</summary>
internal sealed class RoundMemory
{
    public RetryTable Retry { get; } = new(TimeSpan.FromSeconds(1));

    public RoundVerdict? Last { get; set; }
}
