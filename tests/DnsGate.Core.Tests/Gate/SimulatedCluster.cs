using System.Collections.Immutable;
using System.Globalization;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;
using DnsGate.TestKit;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.Core.Tests.Gate;

/// <summary>
/// A cluster in virtual time whose name servers come and go while one gate waits, and what the application would be told at
/// every moment. The pod is that of <see cref="Fixtures"/>: it had the old address long ago, and gets its own at a time.
/// </summary>
internal sealed class SimulatedCluster
{
    // How finely it is looked when the last server turned right.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private readonly List<Member> members = [];
    private readonly List<(TimeSpan At, ServerAddress Server, EndpointCondition? Standing)> changes = [];

    public SimulatedCluster(double replacedAt = 0)
    {
        Data = new ClusterData(Time);
        Data.SetLongAgo(Name, Fixtures.Old);
        Data.SetAt(TimeSpan.FromSeconds(replacedAt), Name, Fixtures.Own);
    }

    public static string Name => Fixtures.Name.ToString();

    public ManualTime Time { get; } = new();

    public ClusterData Data { get; }

    /// <summary>The application's name server; null when it has none of its own.</summary>
    public SimulatedNodeLocal? App { get; private set; }

    /// <summary>While this lasts nobody can be listed: the last list stays, and grows old.</summary>
    public (TimeSpan From, TimeSpan Until)? NotListed { get; init; }

    public SimulatedCoreDns this[int number] => members[number - 1].Instance!;

    /// <summary>
    /// Adds an instance that is listed in these states from these times on; <c>0 Serving</c> when
    /// nothing is said. <c>gone</c> is not listed.
    /// </summary>
    public SimulatedCluster With(CoreDnsOptions options, string listed = "0 Serving") => With(new SimulatedCoreDns(Data, options), listed);

    /// <summary>Adds an instance whose node has died: it says nothing at all, not even that nobody listens.</summary>
    public SimulatedCluster WithDead(string listed) => With((SimulatedCoreDns?)null, listed);

    private SimulatedCluster With(SimulatedCoreDns? instance, string listed)
    {
        var member = new Member(Fixtures.S(members.Count + 1), instance);
        members.Add(member);
        foreach (var change in listed.Split(',', StringSplitOptions.TrimEntries))
        {
            var (at, standing) = (change.Split(' ')[0], change.Split(' ')[1]);
            changes.Add((Seconds(double.Parse(at, CultureInfo.InvariantCulture)), member.Address,
                standing == "gone" ? null : Enum.Parse<EndpointCondition>(standing)));
        }

        return this;
    }

    /// <summary>Puts a node cache in front of all instances, which the application asks.</summary>
    public SimulatedCluster WithNodeLocal()
    {
        App = new SimulatedNodeLocal(Data, [.. members.Select(member => member.Instance!)]);
        return this;
    }

    /// <summary>Somebody else asks for the name now: what caches keep from then on is no doing of the gate.</summary>
    public static void AskAsApplication(Func<ReceivedQuery, DnsMessage?> server)
    {
        server(ReceivedQuery.Create(Name, RrType.A));
        server(ReceivedQuery.Create(Name, RrType.Aaaa));
    }

    public Replay Gate(int seed = 1) => new(Time, List, Ask, seed);

    /// <summary>
    /// Plays until the gate opens, and holds it to the invariant: at that moment every required server, and the application's,
    /// really gives the application exactly the pod's address and its name, and so they do for the next 40 s.
    /// </summary>
    /// <returns>When the last of them turned right, and when it opened.</returns>
    public (TimeSpan TurnedRight, TimeSpan Opened) PlayUntilOpen(Replay gate, double limit)
    {
        var turnedRight = TimeSpan.Zero;
        while (!gate.HasEnded)
        {
            Assert.True(Time.Elapsed < Seconds(limit), $"at {limit} s it is {gate}");
            while (Time.Elapsed < gate.NextAt)
            {
                Time.Advance(gate.NextAt - Time.Elapsed is var left && left < Look ? left : Look);
                turnedRight = WrongForApplication().Length == 0 ? turnedRight : Time.Elapsed;
            }

            gate.Step();
        }

        for (var later = 0; later <= 40; later++)
        {
            Assert.Equal("", string.Join("; ", WrongForApplication()));
            Time.Advance(Seconds(1));
        }

        return (turnedRight, gate.OpenedAt!.Value);
    }

    public Listing List(TimeSpan at)
    {
        var listedAt = NotListed is var (from, until) && at >= from && at < until ? from : at;
        var servers = changes.Where(change => change.At <= listedAt).GroupBy(change => change.Server).Select(group => group.Last())
            .Where(change => change.Standing is not null)
            .Select(change => new Server(change.Server, "kube:kube-system/kube-dns") { Condition = change.Standing!.Value });
        var view = Fixtures.Cluster(0) with { Servers = [.. servers] };
        return new Listing(App is null ? [view] : [view, Fixtures.App()], Coverage.Complete) { Age = at - listedAt };
    }

    private Outcome Ask(Question question, TimeSpan now)
    {
        if (question.Server == Fixtures.Vip)
        {
            return SimulationRunner.Outcome(question, App!.Answer);
        }

        return members.First(member => member.Address == question.Server).Instance is { } instance
            ? SimulationRunner.Outcome(question, instance.Ask)
            : new Outcome.TimedOut();
    }

    /// <summary>Whoever would tell the application something wrong now: the servers that count, and its own.</summary>
    private ImmutableArray<string> WrongForApplication()
    {
        var required = List(Time.Elapsed).Views[0].Servers.Where(server => server.Required).Select(server => server.Address);
        var wrong = members.Where(member => required.Contains(member.Address)
            && !IsRight(query => member.Instance is { IsListening: true } instance ? instance.Peek(query) : null))
            .Select(member => member.Address.ToString());
        return App is null || IsRight(App.Peek) ? [.. wrong] : [.. wrong, "app"];
    }

    private static bool IsRight(Func<ReceivedQuery, DnsMessage?> peek) =>
        peek(ReceivedQuery.Create(Name, RrType.A)) is { Answers: [{ Value: Fixtures.Own }] }
        && peek(ReceivedQuery.Create(Name, RrType.Aaaa)) is { Rcode: Rcode.NoError, Answers: [] }
        && peek(ReceivedQuery.Create(TestKit.ReverseName.From(Fixtures.Own), RrType.Ptr)) is { } reverse
        && reverse.Answers.Any(record => record.Value == Name);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private sealed record Member(ServerAddress Address, SimulatedCoreDns? Instance);
}
