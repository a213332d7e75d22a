using DnsGate.Core.Model;
using Prometheus;

namespace DnsGate.Sidecar.Metrics;

/// <summary>Counts what the sources of DNS servers could not list.</summary>
internal sealed class SourceMetrics(MetricFactory metrics)
{
    private readonly Counter errors = metrics.CreateCounter(
        "dnsgate_discovery_errors_total",
        "Failed attempts to list DNS servers, by source, including those where an earlier list or another source was used.",
        "source");

    /// <summary>Creates a series for each source, with the value 0.</summary>
    /// <param name="sources">The sources as they are written on the command line.</param>
    public void CreateSeries(IEnumerable<string> sources)
    {
        foreach (var source in sources)
        {
            errors.WithLabels(source);
        }
    }

    /// <summary>Counts the sources that failed.</summary>
    public void Count(Listing listing)
    {
        foreach (var source in listing.Sources)
        {
            errors.WithLabels(source.Source).Inc(source.Problem is null ? 0 : 1);
        }
    }
}
