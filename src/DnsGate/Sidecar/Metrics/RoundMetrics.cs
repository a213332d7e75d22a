using DnsGate.Core.Model;
using DnsGate.Core.Report.Metrics;
using Prometheus;

namespace DnsGate.Sidecar.Metrics;

/// <summary>What the gate and its views said in the last round, and how often they said what.</summary>
internal sealed class RoundMetrics(MetricFactory metrics, IReadOnlyList<ConfiguredView> views, TimeProvider time)
{
    private readonly Gauge open = metrics.CreateGauge(
        "dnsgate_open",
        "1 once the gate has opened, or if it is switched off.");

    private readonly Gauge disabled = metrics.CreateGauge(
        "dnsgate_disabled",
        "1 if DNSGATE_DISABLED switches the gate off.");

    private readonly Gauge timeToOpen = metrics.CreateGauge(
        "dnsgate_time_to_open_seconds",
        "Time from the start to the opening. Absent until the gate has opened.",
        new GaugeConfiguration { SuppressInitialValue = true });

    private readonly Gauge lastRound = metrics.CreateGauge(
        "dnsgate_last_round_timestamp_seconds",
        "Unix time at which the last round ended; 0 before the first round.");

    private readonly Counter rounds = metrics.CreateCounter(
        "dnsgate_rounds_total",
        "Rounds by outcome: agrees, neutral (right, but with TTL 0), disagrees, undecidable.",
        "verdict");

    private readonly Gauge agrees = metrics.CreateGauge(
        "dnsgate_agrees",
        "1 if all DNS servers of the view agreed in the last round, 0 if not or if they were not queried. 0 after the opening is drift. "
        + "The external view keeps its value after the opening.",
        "view");

    private readonly Gauge servers = metrics.CreateGauge(
        "dnsgate_servers",
        "Listed DNS servers by their state in the last round: agrees, disagrees, silent, unsettled (right with TTL 0), not-required (not "
        + "ready or terminating), not-asked.",
        "state",
        "view");

    private readonly Counter changes = metrics.CreateCounter(
        "dnsgate_agreement_changes_total",
        "Changes of a DNS server between agreeing and not agreeing. New, not required and TTL-0 servers are not counted.",
        "view");

    private readonly AgreementMemory agreement = new();
    private bool hasOpened;

    /// <summary>Creates all series, with the value 0.</summary>
    public void CreateSeries()
    {
        foreach (var verdict in Enum.GetValues<VerdictKind>())
        {
            rounds.WithLabels(verdict.Name());
        }

        foreach (var view in views)
        {
            agrees.WithLabels(view.Kind.Name());
            changes.WithLabels(view.Kind.Name());
            foreach (var state in Enum.GetValues<ServerState>())
            {
                servers.WithLabels(state.Name(), view.Kind.Name());
            }
        }
    }

    /// <summary>A round has ended.</summary>
    public void Update(GateSnapshot snapshot)
    {
        open.Set(Value(snapshot.IsOpen));
        disabled.Set(Value(snapshot.Status == GateStatus.Disabled));
        if (snapshot is { Status: GateStatus.Open, IsResumed: false } && !hasOpened)
        {
            hasOpened = true;
            timeToOpen.Set(snapshot.Now.TotalSeconds);
        }

        if (snapshot.Round is { } round)
        {
            rounds.WithLabels(round.Name()).Inc();
            lastRound.Set((time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);
        }

        var changed = agreement.Learn(snapshot);
        foreach (var view in views)
        {
            var name = view.Kind.Name();
            agrees.WithLabels(name).Set(Value(MetricValues.Agrees(snapshot, view.Kind)));
            changes.WithLabels(name).Inc(changed[(int)view.Kind]);
            var counts = MetricValues.Servers(snapshot, view.Kind);
            foreach (var state in Enum.GetValues<ServerState>())
            {
                servers.WithLabels(state.Name(), name).Set(counts[(int)state]);
            }
        }
    }

    private static double Value(bool isTrue) => isTrue ? 1 : 0;
}
