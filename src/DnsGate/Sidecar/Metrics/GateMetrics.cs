using System.Text;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Loop;
using Prometheus;

namespace DnsGate.Sidecar.Metrics;

/// <summary>
/// The metrics of the gate. Each is declared where it is counted: <see cref="QuestionMetrics"/>, <see cref="SourceMetrics"/>,
/// <see cref="RoundMetrics"/>, <see cref="PeerMetrics"/>, <see cref="ServerMetrics"/>. The set of label values is closed: views, types,
/// reasons and states are enums, sources are those of the configuration. Only <see cref="ServerMetrics"/> has as many series as there are
/// servers. A scrape shows complete rounds: what the loop counts is applied when the round ends, under the lock that a scrape takes.
/// </summary>
internal sealed class GateMetrics : ILoopObserver
{
    /// <summary>The media type of the text.</summary>
    public const string ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;

    private readonly CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly CollectorRegistry serverRegistry = Prometheus.Metrics.NewCustomRegistry();
    private readonly SourceMetrics sources;
    private readonly QuestionMetrics questions;
    private readonly RoundMetrics rounds;
    private readonly ServerMetrics servers;
    private readonly PeerMetrics? peers;
    private readonly Lock updating = new();

    // Of the round that has not ended. Used by the loop alone.
    private readonly List<Action> counted = [];

    /// <summary>Declares the metrics. All series that the configured views can have exist from now on, with the value 0.</summary>
    /// <param name="options">The configuration: views, sources and the watch interval.</param>
    /// <param name="version">The version of the program.</param>
    /// <param name="commit">The commit that it was built from.</param>
    /// <param name="time">The wall clock.</param>
    public GateMetrics(GateOptions options, string version, string commit, TimeProvider time)
    {
        var metrics = FactoryOf(registry);
        var views = ConfiguredView.AllOf(options);
        metrics.CreateGauge("dnsgate_build_info", "Always 1; the labels name the build.", "commit", "version")
            .WithLabels(commit, version)
            .Set(1);
        metrics.CreateGauge(
            "dnsgate_watch_interval_seconds",
            "Time between two rounds once the gate is open (--watch-interval); 0 if an open gate is not watched.")
            .Set(options.WatchInterval?.TotalSeconds ?? 0);
        sources = new SourceMetrics(metrics);
        questions = new QuestionMetrics(metrics);
        rounds = new RoundMetrics(metrics, views, time);
        peers = options.Peers.IsEmpty ? null : new PeerMetrics(metrics);
        servers = new ServerMetrics(FactoryOf(serverRegistry));

        // A series that appears with the value 1 is no increase to Prometheus.
        sources.CreateSeries(ConfiguredView.SourcesOf(options));
        questions.CreateSeries(views);
        rounds.CreateSeries();
    }

    /// <inheritdoc/>
    public void OnListing(Listing listing) => counted.Add(() => sources.Count(listing));

    /// <inheritdoc/>
    public void OnAnswers(Listing listing, IReadOnlyList<Observation> observations) =>
        counted.Add(() => questions.Count(listing, observations));

    /// <inheritdoc/>
    public void OnRound(GateSnapshot snapshot)
    {
        lock (updating)
        {
            counted.ForEach(count => count());
            counted.Clear();
            rounds.Update(snapshot);
            servers.Update(snapshot);
            peers?.Update(snapshot);
        }
    }

    /// <summary>The response to <c>GET /metrics</c>, in the Prometheus text format. May be called on any thread.</summary>
    /// <param name="allServers">Whether to add the series of each server (<c>?servers=all</c>).</param>
    public string Render(bool allServers)
    {
        using var text = new MemoryStream();
        lock (updating)
        {
            Write(registry, text);
            if (allServers)
            {
                Write(serverRegistry, text);
            }
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    // The text format has no exemplars, and the search for a trace to name in them needs random numbers: an empty root has no /dev/urandom.
    private static MetricFactory FactoryOf(CollectorRegistry registry)
    {
        var factory = Prometheus.Metrics.WithCustomRegistry(registry);
        factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        return factory;
    }

    // The task has completed when it is returned: writing to memory never waits.
    private static void Write(CollectorRegistry registry, MemoryStream text) =>
        registry.CollectAndExportAsTextAsync(text).GetAwaiter().GetResult();
}
