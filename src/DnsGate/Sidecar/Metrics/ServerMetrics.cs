using DnsGate.Core.Model;
using Prometheus;

namespace DnsGate.Sidecar.Metrics;

/// <summary>What each DNS server said in the last round. A server that left the list has no series.</summary>
internal sealed class ServerMetrics(MetricFactory metrics)
{
    private readonly Gauge agrees = metrics.CreateGauge(
        "dnsgate_server_agrees",
        "1 if the DNS server agreed in the last round; absent if it was not queried. Only with ?servers=all: one series per server.",
        "server",
        "view");

    /// <summary>A round has ended.</summary>
    public void Update(GateSnapshot snapshot)
    {
        // A server in several external views agrees when it agrees in all of them.
        var servers = snapshot.Servers
            .GroupBy(server => (Address: server.Server.Address.ToString(), View: server.View.Kind.Name()))
            .ToDictionary(group => group.Key, group => group.All(server => server.Agrees));
        foreach (var labels in agrees.GetAllLabelValues().Where(labels => !servers.ContainsKey((labels[0], labels[1]))))
        {
            agrees.RemoveLabelled(labels);
        }

        foreach (var ((address, view), agreed) in servers)
        {
            agrees.WithLabels(address, view).Set(agreed ? 1 : 0);
        }
    }
}
