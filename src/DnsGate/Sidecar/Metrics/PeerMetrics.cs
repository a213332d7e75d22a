using DnsGate.Core.Model;
using Prometheus;

namespace DnsGate.Sidecar.Metrics;

/// <summary>How many members of <c>--peers</c> exist. Declared only where that option is given.</summary>
internal sealed class PeerMetrics
{
    private static readonly string Found = PeerState.Found.Name();
    private static readonly string Missing = PeerState.Missing.Name();

    private readonly Gauge peers;

    public PeerMetrics(MetricFactory metrics)
    {
        peers = metrics.CreateGauge(
            "dnsgate_peers",
            "Members of --peers by their state when the gate opened, or in the last round: found (this pod included), missing. 0 before "
            + "the own name has settled.",
            "state");
        peers.WithLabels(Found);
        peers.WithLabels(Missing);
    }

    /// <summary>A round has ended.</summary>
    public void Update(GateSnapshot snapshot)
    {
        peers.WithLabels(Found).Set(snapshot.Peers?.Found ?? 0);
        peers.WithLabels(Missing).Set(snapshot.Peers?.Missing.Count() ?? 0);
    }
}
