using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Sidecar.Metrics;
using DnsGate.TestKit;

namespace DnsGate.Tests.Sidecar;

/// <summary>Plays rounds to the metrics, as the loop does: 10.244.1.7 is right, whatever else is said is wrong.</summary>
internal sealed class MetricsScene
{
    public const string Own = "10.244.1.7";
    public const string Old = "10.244.2.9";

    private readonly ManualTime time = new();
    private readonly GateOptions spec;
    private History timeline = History.Empty;

    /// <summary>Metrics of a gate with these options.</summary>
    public MetricsScene(params string[] options)
    {
        spec = SpecOf(options);
        Metrics = new GateMetrics(spec, "1.2.3", "0123abc", time);
    }

    public GateMetrics Metrics { get; }

    public static DnsName Name => DnsName.TryParse("zk-0.zk-headless.prod.svc.cluster.local", out var name, out var problem)
        ? name
        : throw new InvalidOperationException(problem);

    public static GateOptions SpecOf(params string[] options)
    {
        var values = options.Chunk(2).GroupBy(pair => pair[0]).ToDictionary(
            group => OptionTable.All.Single(setting => setting.Flag == group.Key),
            group => (IReadOnlyList<string>)[.. group.Select(pair => pair[1])]);
        var reader = new OptionReader(values, _ => null);
        return reader.Read(TimeSpan.Zero);
    }

    public void Advance(double seconds) => time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>The sources were listed. The metrics show it when the round ends.</summary>
    public void Listed(params SourceReport[] sources) => Metrics.OnListing(new Listing([], Coverage.Static) { Sources = [.. sources] });

    /// <summary>
    /// One round over servers that say this of the name: <c>10.244.0.1=10.244.1.7 10.244.0.2=SILENCE</c>, those of the views in this
    /// order. A star after an address: not required.
    /// </summary>
    public GateSnapshot Round(GateStatus status, params (ViewKey View, string Servers)[] views)
    {
        var snapshot = Ask(status, views);
        Publish(snapshot);
        return snapshot;
    }

    /// <summary>The same round up to its last answer: it has not ended.</summary>
    public GateSnapshot Ask(GateStatus status, params (ViewKey View, string Servers)[] views)
    {
        var listing = new Listing([.. views.Select(view => ViewOf(view.View, view.Servers))], Coverage.Static);
        var told = views.SelectMany(view => Words(view.Servers).Select(words => (Key: (view.View, Address(words[0])), Says: words[1])))
            .ToDictionary(pair => pair.Key, pair => pair.Says);
        Metrics.OnListing(listing);
        var isWatched = status == GateStatus.Open && timeline.Gate.LastOrDefault().Value == GateStatus.Open;
        var round = new RoundPlan(listing, new RetryTable(TimeSpan.FromSeconds(1)), isWatched ? RoundScope.Watch : RoundScope.All);
        while (round.Next(time.Elapsed) is { Length: > 0 } questions)
        {
            ImmutableArray<Observation> answers = [.. questions.Select(question =>
                Observed(question, told[(question.Step.View, question.Server)]))];
            Metrics.OnAnswers(listing, answers);
            round.Learn(answers, time.Elapsed);
        }

        var verdict = round.Verdict();
        return new GateSnapshot
        {
            Status = status,
            Reason = verdict.Reason,
            Listing = listing,
            Servers = verdict.Servers,
            Round = verdict.Kind,
        };
    }

    public void Publish(GateSnapshot snapshot)
    {
        timeline = timeline.After(snapshot, time.Elapsed);
        Metrics.OnRound(snapshot with { History = timeline, Now = time.Elapsed });
    }

    /// <summary>The families of the text.</summary>
    public IReadOnlyList<MetricFamily> Families(bool allServers = false) => MetricFamily.Parse(Metrics.Render(allServers));

    /// <summary>The names and labels of all series.</summary>
    public List<string> Series(bool allServers = false) =>
        [.. Families(allServers).SelectMany(family => family.Series.Select(series => series.Name))];

    /// <summary>The lines of the text that begin so, without that beginning, sorted: <c>{view="app"} 1</c>.</summary>
    public string[] Lines(string name, bool allServers = false) =>
        [.. Metrics.Render(allServers)
            .Split('\n')
            .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))
            .Select(line => line[name.Length..])
            .Order(StringComparer.Ordinal)];

    /// <summary>The value of one series.</summary>
    public double Value(string series) =>
        double.Parse(
            Metrics.Render(allServers: true)
                .Split('\n')
                .Single(line => line.StartsWith(series + " ", StringComparison.Ordinal))[(series.Length + 1)..],
            CultureInfo.InvariantCulture);

    private View ViewOf(ViewKey key, string servers) => new(
        key,
        Name,
        [IPAddress.Parse(Own)],
        key.Kind == ViewKind.External ? spec.ExternalReverse : spec.Reverse,
        spec.Families,
        Quorum.All,
        [.. Words(servers).Select(words => new Server(Address(words[0]), "static")
        {
            Condition = words[0].EndsWith('*') ? EndpointCondition.Terminating : EndpointCondition.Serving,
        })]);

    private static IEnumerable<string[]> Words(string servers) =>
        servers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(server => server.Split('='));

    private static ServerAddress Address(string text) => new(IPAddress.Parse(text.TrimEnd('*')));

    private static Observation Observed(Question question, string says)
    {
        Outcome outcome = says switch
        {
            "SILENCE" => new Outcome.TimedOut(),
            "SERVFAIL" => new Outcome.Responded(new Answer.ServerError(ResponseCode.ServFail), false),
            _ when question.Type == RecordType.PTR => new Outcome.Responded(new Answer.Records([new RecordData.Pointer(Name)], 30), false),
            _ when question.Type == RecordType.AAAA => new Outcome.Responded(new Answer.NoData(30), false),
            _ => new Outcome.Responded(
                new Answer.Records(
                    [new RecordData.Address(IPAddress.Parse(says.Split('/')[0]))], says.EndsWith("/0", StringComparison.Ordinal) ? 0u : 30),
                false),
        };
        return new Observation(question, outcome, TimeSpan.FromMilliseconds(outcome.IsSilence ? 500 : 0.4)) { IsOverTcp = says == Old };
    }
}
