using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using DnsGate.Core.Judge;
using DnsGate.Core.Report;
using DnsGate.Core.Report.Metrics;
using DnsGate.Core.Servers;
using DnsGate.TestKit;

namespace DnsGate.Tests.Serve;

public sealed class GateMetricsTests
{
    private static readonly ViewKey Cluster = new(ViewKind.Cluster);
    private static readonly ViewKey App = new(ViewKind.App);
    private static readonly string[] Outside = ["--external", "{pod}.example.com@10.0.0.2", "--external", "{pod}.example.net@10.0.0.3"];

    [Fact]
    public void The_text_of_a_gate_that_opens() => Assert.Equal(File.ReadAllText(Repository.File("tests/DnsGate.Tests/Serve/metrics.txt")), Story.Text());

    [Fact]
    public void All_families_and_series_are_there_before_the_first_round_at_0()
    {
        using var scene = new MetricsScene(Outside);
        var families = scene.Metrics.Collect(allServers: false);

        Assert.Equal(
            ["dnsgate_agreement_changes_total", "dnsgate_agrees", "dnsgate_build_info", "dnsgate_disabled", "dnsgate_discovery_errors_total", "dnsgate_last_round_timestamp_seconds", "dnsgate_observations_total",
                "dnsgate_open", "dnsgate_query_duration_seconds", "dnsgate_rounds_total", "dnsgate_servers", "dnsgate_time_to_open_seconds", "dnsgate_watch_interval_seconds"],
            families.Select(family => family.Name).Order(StringComparer.Ordinal));
        Assert.Empty(families.Single(family => family.Name == "dnsgate_time_to_open_seconds").Samples);
        Assert.All(families.Where(family => family.Name is not ("dnsgate_build_info" or "dnsgate_watch_interval_seconds" or "dnsgate_time_to_open_seconds")), family =>
        {
            Assert.NotEmpty(family.Samples);
            Assert.All(family.Samples, sample => Assert.Equal(0, sample is Sample.Distribution distribution ? distribution.Sum + distribution.Counts.Sum() : ((Sample.Number)sample).Value));
        });
        var before = SeriesOf(scene);
        scene.Round(GateStatus.Closed, (Cluster, "10.244.0.1=10.244.2.9 10.244.0.2=SILENCE"), (App, "10.96.0.10=SERVFAIL"), (new(ViewKind.External), "10.0.0.2=10.244.1.7"));
        Assert.Equal(before, SeriesOf(scene));
    }

    [Theory]
    [InlineData("--app off", "cluster")]
    [InlineData("--app resolv.conf", "app cluster")]
    [InlineData("--app off --external {pod}.example.com@10.0.0.2", "cluster external")]
    public void A_view_that_is_not_configured_is_not_there(string options, string views)
    {
        using var scene = new MetricsScene(options.Split(' '));
        foreach (var family in scene.Metrics.Collect(allServers: false))
        {
            var labels = family.Samples.SelectMany(sample => sample.Labels).Where(label => label.Name == "view").Select(label => label.Value).Distinct().Order(StringComparer.Ordinal).ToList();
            Assert.Contains(string.Join(' ', labels), new[] { "", views });
        }
    }

    [Fact]
    public void Types_and_reasons_that_cannot_occur_are_not_there()
    {
        using var scene = new MetricsScene("--families", "ipv4", "--app", "off", "--external", "{pod}.example.com@10.0.0.2");
        var lines = scene.Lines("dnsgate_observations_total");

        Assert.DoesNotContain(lines, line => line.Contains("AAAA", StringComparison.Ordinal) || line.Contains("reverse-extra", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("PTR", StringComparison.Ordinal) && line.Contains("external", StringComparison.Ordinal));
        Assert.Equal(12 + 10 + 12, lines.Length);
    }

    [Fact]
    public void Drift_shows_and_counts_and_the_gate_stays_open()
    {
        using var scene = new MetricsScene("--app", "off");
        scene.Advance(8);
        scene.Round(GateStatus.Open, (Cluster, "10.244.0.1=10.244.1.7 10.244.0.2=10.244.1.7"));
        scene.Advance(60);
        var drift = scene.Round(GateStatus.Open, (Cluster, "10.244.0.1=10.244.1.7 10.244.0.2=10.244.2.9"));

        Assert.Equal(VerdictKind.Disagrees, drift.Round);
        Assert.Equal([" 1"], scene.Lines("dnsgate_open"));
        Assert.Equal(["{view=\"cluster\"} 0"], scene.Lines("dnsgate_agrees"));
        Assert.Equal(["{view=\"cluster\"} 1"], scene.Lines("dnsgate_agreement_changes_total"));
        Assert.Equal([" 8"], scene.Lines("dnsgate_time_to_open_seconds"));
        Assert.Equal([" 1767225668"], scene.Lines("dnsgate_last_round_timestamp_seconds"));
        Assert.Equal(["{verdict=\"agrees\"} 1", "{verdict=\"disagrees\"} 1", "{verdict=\"neutral\"} 0", "{verdict=\"undecidable\"} 0"], scene.Lines("dnsgate_rounds_total"));
    }

    [Fact]
    public void A_round_with_TTL_0_is_neutral_and_its_server_unsettled()
    {
        using var scene = new MetricsScene("--app", "off");
        scene.Round(GateStatus.Closed, (Cluster, "10.244.0.1=10.244.1.7/0"));

        Assert.Equal(1, scene.Value("dnsgate_rounds_total{verdict=\"neutral\"}"));
        Assert.Equal(1, scene.Value("dnsgate_servers{state=\"unsettled\",view=\"cluster\"}"));
    }

    [Fact]
    public void Switched_off_it_is_open_and_disabled_and_was_never_opened()
    {
        using var scene = new MetricsScene();
        scene.Publish(Snapshot.Disabled("an outage"));

        Assert.Equal([" 1"], scene.Lines("dnsgate_open"));
        Assert.Equal([" 1"], scene.Lines("dnsgate_disabled"));
        Assert.Empty(scene.Lines("dnsgate_time_to_open_seconds"));
        Assert.Equal([" 0"], scene.Lines("dnsgate_last_round_timestamp_seconds"));
        Assert.All(scene.Lines("dnsgate_rounds_total"), line => Assert.EndsWith(" 0", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("0", 0)]
    public void The_pace_of_the_watch_is_told(string option, double seconds)
    {
        using var scene = new MetricsScene("--watch-interval", option);
        Assert.Equal(seconds, scene.Value("dnsgate_watch_interval_seconds"));
    }

    [Fact]
    public void Each_list_that_a_source_could_not_give_counts()
    {
        using var scene = new MetricsScene("--servers", "kube:kube-dns", "--app", "off");
        var failed = new SourceReport("kube:kube-system/kube-dns", Serves: true, new DiscoveryProblem(DiscoveryFault.Forbidden, "403"));
        scene.Listed(failed);
        scene.Listed(failed);
        scene.Listed(failed with { Problem = null }, new SourceReport("resolv.conf", Serves: true, null));

        Assert.Equal(["{source=\"kube:kube-system/kube-dns\"} 2", "{source=\"resolv.conf\"} 0"], scene.Lines("dnsgate_discovery_errors_total"));
    }

    [Fact]
    public void Several_external_views_are_one_that_is_as_bad_as_the_worst()
    {
        using var scene = new MetricsScene([.. Outside, "--app", "off"]);
        scene.Round(
            GateStatus.Closed,
            (Cluster, "10.244.0.1=10.244.1.7"),
            (new ViewKey(ViewKind.External, 0), "10.0.0.2=10.244.1.7"),
            (new ViewKey(ViewKind.External, 1), "10.0.0.2=10.244.2.9 10.0.0.3=10.244.1.7"));

        Assert.Equal(["{view=\"cluster\"} 1", "{view=\"external\"} 0"], scene.Lines("dnsgate_agrees"));
        Assert.Equal(2, scene.Value("dnsgate_servers{state=\"agrees\",view=\"external\"}"));
        Assert.Equal(
            ["{server=\"10.0.0.2:53\",view=\"external\"} 0", "{server=\"10.0.0.3:53\",view=\"external\"} 1", "{server=\"10.244.0.1:53\",view=\"cluster\"} 1"],
            scene.Lines("dnsgate_server_agrees", allServers: true));
        Assert.Empty(scene.Lines("dnsgate_server_agrees"));
        Assert.Distinct(SeriesOf(scene, allServers: true));
    }

    [Fact]
    public void A_thousand_servers_that_come_and_go_add_no_series_unless_they_are_asked_for()
    {
        using var scene = new MetricsScene("--app", "off");
        var before = SeriesOf(scene);
        for (var number = 0; number < 1000; number++)
        {
            scene.Round(GateStatus.Closed, (Cluster, $"10.1.{number / 250}.{1 + (number % 250)}={(number % 2 == 0 ? MetricsScene.Old : MetricsScene.Own)}"));
        }

        Assert.Equal(before, SeriesOf(scene));
        Assert.Equal(before.Count + 1, SeriesOf(scene, allServers: true).Count);
    }

    [Fact]
    public void Another_listener_sees_the_same_numbers_however_late_it_comes()
    {
        using var scene = new MetricsScene("--app", "off");
        var heard = new Dictionary<string, double>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => Enable(instrument, self) };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => heard[Key(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => heard[Key(instrument, tags)] = instrument is Histogram<double> ? heard.GetValueOrDefault(Key(instrument, tags)) + value : value);
        scene.Round(GateStatus.Closed, (Cluster, "10.244.0.1=10.244.2.9 10.244.0.2=SILENCE"));
        listener.Start();
        scene.Round(GateStatus.Open, (Cluster, "10.244.0.1=10.244.1.7 10.244.0.2=10.244.1.7"));
        listener.RecordObservableInstruments();

        var shown = scene.Metrics.Collect(allServers: false)
            .SelectMany(family => family.Samples.OfType<Sample.Number>().Select(sample => (Key: $"{family.Name}{string.Concat(sample.Labels.Select(label => $" {label.Name}={label.Value}"))}", sample.Value)))
            .ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal(shown, heard.Where(pair => !pair.Key.Contains("duration", StringComparison.Ordinal)).ToDictionary());
        Assert.Contains(heard, pair => pair.Key == "dnsgate_query_duration_seconds view=cluster transport=udp" && pair.Value > 0);

        void Enable(Instrument instrument, MeterListener self)
        {
            // Other tests have a meter of this name, too.
            if (ReferenceEquals(instrument.Meter, scene.Metrics.Meter))
            {
                self.EnableMeasurementEvents(instrument);
            }
        }

        static string Key(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var kind = instrument is ObservableCounter<long> ? MetricKind.Counter : MetricKind.Gauge;
            return $"{PrometheusName.Of(instrument.Name, instrument.Unit, kind)}{string.Concat(tags.ToArray().Select(tag => $" {tag.Key}={tag.Value}"))}";
        }
    }

    [Fact]
    public async Task Scraping_while_the_loop_tells_shows_only_whole_series_that_never_fall()
    {
        using var scene = new MetricsScene("--app", "off");
        using var stop = new CancellationTokenSource();
        Task[] scrapers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var series = SeriesOf(scene);
            for (double last = 0; !stop.IsCancellationRequested;)
            {
                var text = scene.Metrics.Render(allServers: true);
                var rounds = double.Parse(Regex.Match(text, "dnsgate_rounds_total{verdict=\"disagrees\"} (.*)").Groups[1].Value);
                Assert.True(rounds >= last);
                last = rounds;
                Assert.Equal(series, SeriesOf(scene));
            }
        }))];
        for (var round = 0; round < 500; round++)
        {
            scene.Round(GateStatus.Closed, (Cluster, "10.244.0.1=10.244.2.9 10.244.0.2=SILENCE"));
        }

        await stop.CancelAsync();
        await Task.WhenAll(scrapers);
        Assert.Equal(500, scene.Value("dnsgate_rounds_total{verdict=\"disagrees\"}"));
        Assert.Equal(500, scene.Value("dnsgate_query_duration_seconds_count{transport=\"tcp\",view=\"cluster\"}") / 2);
    }

    private static List<string> SeriesOf(MetricsScene scene, bool allServers = false) =>
        [.. scene.Metrics.Render(allServers).Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line[..line.LastIndexOf(' ')]).Where(line => line != "dnsgate_time_to_open_seconds")];
}
