using System.Diagnostics.Metrics;
using DnsGate.Core.Judge;
using DnsGate.Core.Report;
using DnsGate.Core.Report.Metrics;
using DnsGate.Core.Servers;
using DnsGate.Core.Spec;
using DnsGate.Core.Wire;
using DnsGate.Watch;

namespace DnsGate.Serve.Metrics;

/// <summary>
/// The gate in figures. Everything is an instrument of the meter <see cref="MeterName"/>, so that any collector of .NET sees
/// what <see cref="Render"/> shows; the loop tells, and whoever scrapes reads on a thread of its own, neither waiting for the
/// other longer than a number takes to be copied. No label is unbounded: views, types, reasons and states are closed sets,
/// sources are those of the configuration. What is known of each server by itself is in a meter of its own, for whoever asks.
/// </summary>
internal sealed class GateMetrics : IWatcher, IDisposable
{
    /// <summary>The meter.</summary>
    public const string MeterName = "dnsgate";

    /// <summary>The meter whose series are as many as there are servers.</summary>
    public const string ServersMeterName = "dnsgate.servers";

    // From a server on the same node, over one that is asked once more after half of --query-timeout, to a slow one over TCP.
    private static readonly double[] Bounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

    private readonly Meter serversMeter;
    private readonly MetricCollector collector;
    private readonly MetricCollector serversCollector;
    private readonly Histogram<double> durations;
    private readonly LabelledCounter rounds = new("verdict");
    private readonly LabelledCounter observations = new("view", "type", "reason");
    private readonly LabelledCounter changes = new("view");
    private readonly LabelledCounter errors = new("source");
    private readonly AgreementMemory agreement = new();
    private readonly TimeProvider time;

    // Replaced as a whole by the loop, read by whoever scrapes.
    private volatile Known known = new(null, 0, null);

    /// <summary>Makes the instruments; all families that can be there are there, at 0.</summary>
    /// <param name="spec">Tells the views, the sources and the pace of an open gate.</param>
    /// <param name="version">The version of the program.</param>
    /// <param name="commit">The commit that it was built from.</param>
    /// <param name="time">The wall clock.</param>
    public GateMetrics(GateSpec spec, string version, string commit, TimeProvider time)
    {
        this.time = time;
        Meter = new Meter(MeterName, version);
        serversMeter = new Meter(ServersMeterName, version);
        collector = new MetricCollector(Meter);
        serversCollector = new MetricCollector(serversMeter);

        var views = ConfiguredView.AllOf(spec);
        Gauge("dnsgate.build.info", null, () => [SnapshotFigures.Is(true, new("version", version), new("commit", commit))],
            "Always 1; which build this is.");
        Gauge("dnsgate.open", null, () => [SnapshotFigures.Is(known.Snapshot?.Status is GateStatus.Open or GateStatus.Disabled)],
            "Whether the gate is open: 1 from the opening on, and where it is switched off.");
        Gauge("dnsgate.disabled", null, () => [SnapshotFigures.Is(known.Snapshot?.Status == GateStatus.Disabled)],
            "Whether the gate is switched off by DNSGATE_DISABLED.");
        Gauge("dnsgate.agrees", null, () => SnapshotFigures.Agreement(known.Snapshot, views),
            "Whether all name servers of the view agreed in the last round; 0 where it did not come to them. 0 once the gate has opened is drift; external, not asked any more, then stays as it was.");
        Gauge("dnsgate.servers", "{server}", () => SnapshotFigures.Servers(known.Snapshot, views),
            "Name servers that are listed, by what they came to in the last round: agrees, disagrees, silent, unsettled (right with TTL 0), "
            + "not-required (not ready or terminating), not-asked.");
        Gauge("dnsgate.last_round.timestamp", "s", () => [new(known.LastRound)],
            "When the last round ended, in Unix time; 0 before the first one.");
        Gauge("dnsgate.watch.interval", "s", () => [new(spec.WatchInterval?.TotalSeconds ?? 0)],
            "Time between two rounds once the gate is open (--watch-interval); 0 where it is not watched then.");
        Gauge("dnsgate.time_to_open", "s", () => known.OpenedAfter is { } after ? [new(after)] : [],
            "Time from the start to the opening; there once the gate has opened.");
        Counter("dnsgate.rounds", "{round}", rounds,
            "Rounds, by what they came to: agrees, neutral (right, but with TTL 0), disagrees, undecidable.");
        Counter("dnsgate.observations", "{observation}", observations,
            "Questions that were asked, by what became of each by itself; the reasons are those of the verdict.");
        Counter("dnsgate.agreement.changes", "{change}", changes,
            "Name servers that began or ceased to agree; those that are new, not required or right with TTL 0 do not count.");
        Counter("dnsgate.discovery.errors", "{error}", errors,
            "Lists of name servers that a source could not give, whether or not its last list or another source stood in.");
        durations = Meter.CreateHistogram(
            "dnsgate.query.duration",
            "s",
            "Time from the first datagram of a question to the reply, resends included. Questions without a reply are not in here, "
            + "but in dnsgate_observations_total as timed-out and unreachable.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds });
        serversMeter.CreateObservableGauge(
            "dnsgate.server.agrees",
            () => SnapshotFigures.EachServer(known.Snapshot),
            unit: null,
            "Whether the name server agreed in the last round; none where it did not come to it. Only with ?servers=all: as many series as servers.");
        ShowAll(spec, views);
    }

    /// <summary>The meter of this gate.</summary>
    public Meter Meter { get; }

    /// <inheritdoc/>
    public void OnListing(Listing listing)
    {
        foreach (var source in listing.Sources)
        {
            errors.Add(source.Problem is null ? 0 : 1, source.Source);
        }
    }

    /// <inheritdoc/>
    public void OnAnswers(Listing listing, IReadOnlyList<Observation> answers)
    {
        foreach (var view in listing.Views)
        {
            var requiredTypes = ViewJudge.RequiredTypes(view, answers);
            var servers = view.Servers.ToDictionary(server => server.Address);
            foreach (var observation in answers)
            {
                if (observation.Question.Step.View == view.Key)
                {
                    Count(view.Kind, observation, ObservationJudge.Judge(view, servers[observation.Question.Server], requiredTypes, observation));
                }
            }
        }
    }

    /// <inheritdoc/>
    public void OnRound(Moment moment)
    {
        var snapshot = moment.Snapshot;
        var changed = agreement.Learn(snapshot);
        foreach (var kind in Enum.GetValues<ViewKind>())
        {
            if (changed[(int)kind] > 0)
            {
                changes.Add(changed[(int)kind], kind.Name());
            }
        }

        if (snapshot.Round is { } round)
        {
            rounds.Add(1, round.Name());
        }

        known = new Known(
            snapshot,
            snapshot.Round is null ? known.LastRound : (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds,
            known.OpenedAfter ?? (snapshot.Status == GateStatus.Open ? moment.Now.TotalSeconds : null));
    }

    /// <summary>The answer to <c>GET /metrics</c>: <see cref="PrometheusText.ContentType"/>. May be called on any thread.</summary>
    /// <param name="allServers">Whether the series of each server are wanted (<c>?servers=all</c>).</param>
    public string Render(bool allServers) => PrometheusText.Render(Collect(allServers));

    /// <summary>The same, not yet written.</summary>
    public IReadOnlyList<MetricFamily> Collect(bool allServers) => allServers ? [.. collector.Collect(), .. serversCollector.Collect()] : collector.Collect();

    public void Dispose()
    {
        collector.Dispose();
        serversCollector.Dispose();
        Meter.Dispose();
        serversMeter.Dispose();
    }

    private void Gauge(string name, string? unit, Func<IEnumerable<Measurement<double>>> observe, string description) =>
        Meter.CreateObservableGauge(name, observe, unit, description);

    private void Counter(string name, string unit, LabelledCounter counter, string description) =>
        Meter.CreateObservableCounter(name, counter.Observe, unit, description);

    /// <summary>Has everything that can be told of these views be told from the start: what appears at 1 was no increase to Prometheus.</summary>
    private void ShowAll(GateSpec spec, IReadOnlyList<ConfiguredView> views)
    {
        foreach (var verdict in Enum.GetValues<VerdictKind>())
        {
            rounds.Add(0, verdict.Name());
        }

        foreach (var source in ConfiguredView.SourcesOf(spec))
        {
            errors.Add(0, source);
        }

        foreach (var view in views)
        {
            var name = view.Kind.Name();
            changes.Add(0, name);
            collector.Expect(durations, new("view", name), new("transport", Transport(isTcp: false)));
            collector.Expect(durations, new("view", name), new("transport", Transport(isTcp: true)));
            foreach (var type in view.Types)
            {
                foreach (var reason in ObservationJudge.PossibleReasons(view.Kind, view.Reverse, type))
                {
                    observations.Add(0, name, type.ToString(), reason.Name());
                }
            }
        }
    }

    private void Count(ViewKind kind, Observation observation, Reason reason)
    {
        observations.Add(1, kind.Name(), observation.Question.Type.ToString(), reason.Name());
        if (!observation.Outcome.IsSilence)
        {
            durations.Record(observation.RoundTrip.TotalSeconds, new("view", kind.Name()), new("transport", Transport(observation.IsOverTcp)));
        }
    }

    private static string Transport(bool isTcp) => isTcp ? "tcp" : "udp";

    /// <summary>What the last rounds left.</summary>
    /// <param name="Snapshot">The last one; null before the first.</param>
    /// <param name="LastRound">When it ended, in seconds of Unix time; 0 before the first.</param>
    /// <param name="OpenedAfter">Seconds from the start to the opening; null before it.</param>
    private sealed record Known(Snapshot? Snapshot, double LastRound, double? OpenedAfter);
}
