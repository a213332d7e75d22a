using System.Net;
using System.Text.RegularExpressions;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Rules;
using DnsGate.TestKit;

namespace DnsGate.Tests.Sidecar;

public sealed class GateMetricsTests
{
    private const double Began = 1767225600;
    private static readonly ViewKey Cluster = new(ViewKind.Cluster);
    private static readonly ViewKey App = new(ViewKind.App);
    private static readonly string[] Outside = ["--external", "{pod}.example.com@10.0.0.2", "--external", "{pod}.example.net@10.0.0.3"];

    [Fact]
    public void A_gate_that_opens_shows_the_series_of_metrics_txt() =>
        Assert.Equal(File.ReadAllLines(Repository.File("tests/DnsGate.Tests/Sidecar/metrics.txt")).Order(StringComparer.Ordinal),
            Story.Text().TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));

    [Fact]
    public void Members_are_counted_by_state_only_where_they_are_configured()
    {
        var scene = new MetricsScene("--peers", "replicas:3");
        Assert.Equal(["{state=\"found\"} 0", "{state=\"missing\"} 0"], scene.Lines("dnsgate_peers"));
        var peers = new[] { PeerState.Self, PeerState.Found, PeerState.Missing }
            .Select(state => new PeerVerdict(new Peer("zk", [MetricsScene.Name], state == PeerState.Self), state, "", []));
        scene.Publish(scene.Ask(GateStatus.Closed, (Cluster, $"10.244.0.1={MetricsScene.Own}")) with
        {
            Peers = new PeerSummary([.. peers], Needed: 2, HasTimedOut: false),
        });
        Assert.Equal(["{state=\"found\"} 2", "{state=\"missing\"} 1"], scene.Lines("dnsgate_peers"));
        Assert.Empty(new MetricsScene().Lines("dnsgate_peers"));
    }

    [Fact]
    public void All_families_and_series_are_there_before_the_first_round_at_0()
    {
        var scene = new MetricsScene(Outside);
        var families = scene.Families();

        Assert.Equal(
            ["dnsgate_agreement_changes_total", "dnsgate_agrees", "dnsgate_build_info", "dnsgate_disabled",
                "dnsgate_discovery_errors_total", "dnsgate_last_round_timestamp_seconds", "dnsgate_observations_total",
                "dnsgate_open", "dnsgate_query_duration_seconds", "dnsgate_rounds_total",
                "dnsgate_servers", "dnsgate_time_to_open_seconds", "dnsgate_watch_interval_seconds"],
            families.Select(family => family.Name).Order(StringComparer.Ordinal));
        Assert.Empty(families.Single(family => family.Name == "dnsgate_time_to_open_seconds").Series);
        Assert.All(
            families.Where(family =>
                family.Name is not ("dnsgate_build_info" or "dnsgate_watch_interval_seconds" or "dnsgate_time_to_open_seconds")),
            family =>
            {
                Assert.NotEmpty(family.Series);
                Assert.All(family.Series, series => Assert.Equal(0, series.Value));
            });
        var before = scene.Series();
        scene.Round(GateStatus.Closed, (Cluster, "10.244.0.1=10.244.2.9 10.244.0.2=SILENCE"),
            (App, "10.96.0.10=SERVFAIL"), (new(ViewKind.External), "10.0.0.2=10.244.1.7"));
        Assert.Equal(before, scene.Series());
    }

    [Fact]
    public void The_question_whether_the_name_exists_is_not_counted()
    {
        var scene = new MetricsScene();
        var before = scene.Metrics.Render(allServers: true);
        var snapshot = scene.Ask(GateStatus.Closed, (Cluster, ""));
        var question = new Question(
            new ServerAddress(IPAddress.Parse("10.244.0.1")),
            new Step(Cluster, Stage.ClusterPrivate, Direction.Forward),
            CachePartition.Cd,
            MetricsScene.Name,
            RecordType.PrivateUse,
            Sample: 0);
        var listing = new Listing([snapshot.Listing!.Views[0] with { Servers = [new Server(question.Server, "static")] }], Coverage.Static);
        var answer = new Outcome.Responded(new Answer.NoData(30), RecursionAvailable: false);
        scene.Metrics.OnAnswers(listing, [new Observation(question, answer, TimeSpan.FromMilliseconds(1))]);
        scene.Publish(snapshot);
        string[] Counted(string text) =>
            [.. text.Split('\n').Where(line => line.StartsWith("dnsgate_observations", StringComparison.Ordinal)
                || line.StartsWith("dnsgate_query", StringComparison.Ordinal))];
        Assert.Equal(Counted(before), Counted(scene.Metrics.Render(allServers: true)));
    }

    [Theory]
    [InlineData("--app off", "cluster")]
    [InlineData("--app resolv.conf", "app cluster")]
    [InlineData("--app off --external {pod}.example.com@10.0.0.2", "cluster external")]
    public void A_view_that_is_not_configured_is_not_there(string options, string views)
    {
        var scene = new MetricsScene(options.Split(' '));
        foreach (var family in scene.Families())
        {
            var shown = family.Series
                .SelectMany(series => Regex.Matches(series.Name, "view=\"([a-z]+)\""))
                .Select(match => match.Groups[1].Value)
                .Distinct()
                .Order(StringComparer.Ordinal);
            Assert.Contains(string.Join(' ', shown), new[] { "", views });
        }
    }

    [Fact]
    public void Types_and_reasons_that_cannot_occur_are_not_there()
    {
        var scene = new MetricsScene("--families", "ipv4", "--app", "off", "--external", "{pod}.example.com@10.0.0.2");
        var lines = scene.Lines("dnsgate_observations_total");

        Assert.DoesNotContain(
            lines, line => line.Contains("AAAA", StringComparison.Ordinal) || line.Contains("reverse-extra", StringComparison.Ordinal));
        Assert.DoesNotContain(
            lines, line => line.Contains("PTR", StringComparison.Ordinal) && line.Contains("external", StringComparison.Ordinal));
        var possible = new[] { (ViewKind.Cluster, RecordType.A), (ViewKind.Cluster, RecordType.PTR), (ViewKind.External, RecordType.A) }
            .Sum(row => ObservationJudge.PossibleReasons(row.Item1, ReversePolicy.Contains, row.Item2).Count());
        Assert.Equal(possible, lines.Length);
    }

    [Fact]
    public void A_gate_that_was_open_before_a_restart_is_open_agrees_until_it_has_asked_and_has_no_time_to_open()
    {
        var scene = new MetricsScene(["--app", "off", .. Outside]);
        scene.Publish(GateSnapshot.Resumed(
            new Identity(MetricsScene.Name, "--name", [IPAddress.Parse(MetricsScene.Own)], "--ip"), TimeSpan.FromHours(1)));
        Assert.Equal([" 1"], scene.Lines("dnsgate_open"));
        Assert.Equal(["{view=\"cluster\"} 1", "{view=\"external\"} 1"], scene.Lines("dnsgate_agrees"));
        Assert.Equal([" 0"], scene.Lines("dnsgate_last_round_timestamp_seconds"));
        Assert.All(scene.Lines("dnsgate_rounds_total"), line => Assert.EndsWith(" 0", line, StringComparison.Ordinal));

        var round = scene.Ask(
            GateStatus.Open, (Cluster, "10.244.0.1=10.244.1.7 10.244.0.2=10.244.1.7"), (new(ViewKind.External), "10.0.0.2=10.244.1.7"));
        scene.Publish(round with { IsResumed = true, Servers = [.. round.Servers.Where(server => server.View.Kind == ViewKind.Cluster)] });
        Assert.Equal(["{view=\"cluster\"} 1", "{view=\"external\"} 1"], scene.Lines("dnsgate_agrees"));
        Assert.Empty(scene.Lines("dnsgate_time_to_open_seconds"));
        Assert.All(scene.Lines("dnsgate_agreement_changes_total"), line => Assert.EndsWith(" 0", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Drift_shows_and_counts_and_the_gate_stays_open()
    {
        var scene = new MetricsScene("--app", "off");
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
        Assert.Equal(
            ["{verdict=\"agrees\"} 1", "{verdict=\"disagrees\"} 1", "{verdict=\"neutral\"} 0", "{verdict=\"undecidable\"} 0"],
            scene.Lines("dnsgate_rounds_total"));
    }

    [Fact]
    public void A_round_with_TTL_0_is_neutral_and_its_server_unsettled()
    {
        var scene = new MetricsScene("--app", "off");
        scene.Round(GateStatus.Closed, (Cluster, "10.244.0.1=10.244.1.7/0"));

        Assert.Equal(1, scene.Value("dnsgate_rounds_total{verdict=\"neutral\"}"));
        Assert.Equal(1, scene.Value("dnsgate_servers{state=\"unsettled\",view=\"cluster\"}"));
    }

    [Fact]
    public void Switched_off_it_is_open_and_disabled_and_was_never_opened()
    {
        var scene = new MetricsScene();
        scene.Publish(GateSnapshot.Disabled("an outage"));

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
        var scene = new MetricsScene("--watch-interval", option);
        Assert.Equal(seconds, scene.Value("dnsgate_watch_interval_seconds"));
    }

    [Fact]
    public void Each_list_that_a_source_could_not_give_counts()
    {
        var scene = new MetricsScene("--servers", "kube:kube-dns", "--app", "off");
        var failed = new SourceReport("kube:kube-system/kube-dns", Serves: true, new DiscoveryProblem(DiscoveryFault.Forbidden, "403"));
        scene.Listed(failed);
        scene.Listed(failed);
        scene.Listed(failed with { Problem = null }, new SourceReport("resolv.conf", Serves: true, null));
        scene.Round(GateStatus.Closed, (Cluster, "10.244.0.1=10.244.2.9"));

        Assert.Equal(
            ["{source=\"kube:kube-system/kube-dns\"} 2", "{source=\"resolv.conf\"} 0"], scene.Lines("dnsgate_discovery_errors_total"));
    }

    [Fact]
    public void Several_external_views_are_one_that_is_as_bad_as_the_worst()
    {
        var scene = new MetricsScene([.. Outside, "--app", "off"]);
        scene.Round(
            GateStatus.Closed,
            (Cluster, "10.244.0.1=10.244.1.7"),
            (new ViewKey(ViewKind.External, 0), "10.0.0.2=10.244.1.7"),
            (new ViewKey(ViewKind.External, 1), "10.0.0.2=10.244.2.9 10.0.0.3=10.244.1.7"));

        Assert.Equal(["{view=\"cluster\"} 1", "{view=\"external\"} 0"], scene.Lines("dnsgate_agrees"));
        Assert.Equal(2, scene.Value("dnsgate_servers{state=\"agrees\",view=\"external\"}"));
        Assert.Equal(
            [
                "{server=\"10.0.0.2:53\",view=\"external\"} 0",
                "{server=\"10.0.0.3:53\",view=\"external\"} 1",
                "{server=\"10.244.0.1:53\",view=\"cluster\"} 1",
            ],
            scene.Lines("dnsgate_server_agrees", allServers: true));
        Assert.Empty(scene.Lines("dnsgate_server_agrees"));
        Assert.Distinct(scene.Series(allServers: true));
    }

    [Fact]
    public void A_thousand_servers_that_come_and_go_add_no_series_unless_they_are_asked_for()
    {
        var scene = new MetricsScene("--app", "off");
        var before = scene.Series();
        for (var number = 0; number < 1000; number++)
        {
            scene.Round(
                GateStatus.Closed,
                (Cluster, $"10.1.{number / 250}.{1 + (number % 250)}={(number % 2 == 0 ? MetricsScene.Old : MetricsScene.Own)}"));
        }

        Assert.Equal(before, scene.Series());
        Assert.Equal(before.Count + 1, scene.Series(allServers: true).Count);
    }

    [Fact]
    public void A_server_that_left_the_list_has_no_series()
    {
        var scene = new MetricsScene("--app", "off");
        scene.Round(GateStatus.Closed, (Cluster, "10.244.0.1=10.244.2.9 10.244.0.2=10.244.2.9"));
        scene.Round(GateStatus.Closed, (Cluster, "10.244.0.2=10.244.1.7 10.244.0.3=10.244.2.9"));

        Assert.Equal(["{server=\"10.244.0.2:53\",view=\"cluster\"} 1", "{server=\"10.244.0.3:53\",view=\"cluster\"} 0"],
            scene.Lines("dnsgate_server_agrees", allServers: true).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_scrape_during_a_round_shows_the_round_before()
    {
        var scene = new MetricsScene("--app", "off");
        scene.Round(GateStatus.Closed, (Cluster, "10.244.0.1=10.244.2.9"));
        var before = scene.Metrics.Render(allServers: true);
        scene.Listed(new SourceReport("static", Serves: true, new DiscoveryProblem(DiscoveryFault.Unreachable, "timeout")));
        var next = scene.Ask(GateStatus.Closed, (Cluster, "10.244.0.1=10.244.1.7 10.244.0.2=SILENCE"));

        Assert.Equal(before, scene.Metrics.Render(allServers: true));
        scene.Publish(next);
        Assert.NotEqual(before, scene.Metrics.Render(allServers: true));
        Assert.Equal(1, scene.Value("dnsgate_discovery_errors_total{source=\"static\"}"));
    }

    [Fact]
    public void A_source_with_any_character_is_one_label_value()
    {
        var scene = new MetricsScene("--app", "resolv.conf:/etc/a \"b\"\\c");

        Assert.Contains("{source=\"resolv.conf:/etc/a \\\"b\\\"\\\\c\"} 0", scene.Lines("dnsgate_discovery_errors_total"));
    }

    [Fact]
    public async Task A_scrape_never_mixes_two_rounds()
    {
        var scene = new MetricsScene("--app", "off");
        using var stop = new CancellationTokenSource();
        TaskCompletionSource[] scraped = [new(), new(), new()];
        Task[] scrapers = [.. scraped.Select(first => Task.Run(() =>
        {
            for (double last = 0; !stop.IsCancellationRequested; first.TrySetResult())
            {
                // In each round one server is silent, and another, which is new, gives a wrong A and no AAAA record over TCP.
                var values = scene.Families(allServers: true)
                    .SelectMany(family => family.Series)
                    .ToDictionary(series => series.Name, series => series.Value);
                var rounds = values["dnsgate_rounds_total{verdict=\"disagrees\"}"];
                Assert.True(rounds >= last);
                last = rounds;
                Assert.Equal(rounds, values["dnsgate_observations_total{reason=\"stale-address\",type=\"A\",view=\"cluster\"}"]);
                Assert.Equal(rounds * 2, values["dnsgate_query_duration_seconds_count{transport=\"tcp\",view=\"cluster\"}"]);
                Assert.Equal(rounds * 2, values["dnsgate_query_duration_seconds_bucket{transport=\"tcp\",view=\"cluster\",le=\"+Inf\"}"]);
                Assert.Equal(rounds == 0 ? 0 : Began + rounds, values["dnsgate_last_round_timestamp_seconds"]);
                Assert.Equal(rounds == 0 ? 0 : 1, values["dnsgate_servers{state=\"silent\",view=\"cluster\"}"]);
                Assert.Equal(
                    rounds == 0 ? [] : [rounds],
                    values.Where(series => series.Key.StartsWith("dnsgate_server_agrees{server=\"10.1.", StringComparison.Ordinal))
                        .Select(series => Number(series.Key)));
            }
        }))];
        for (var round = 1; round <= 500; round++)
        {
            scene.Advance(1);
            scene.Round(GateStatus.Closed, (Cluster, $"10.1.{round / 250}.{round % 250}=10.244.2.9 10.244.0.2=SILENCE"));
            if (round == 250)
            {
                // On a busy machine all rounds could be over before the first scrape. A scraper ends early only when it fails.
                await Task.WhenAny(Task.WhenAll(scraped.Select(first => first.Task)), Task.WhenAny(scrapers));
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(scrapers);
        Assert.Equal(500, scene.Value("dnsgate_rounds_total{verdict=\"disagrees\"}"));

        static double Number(string series)
        {
            var number = Regex.Match(series, @"10\.1\.(\d+)\.(\d+)");
            return (int.Parse(number.Groups[1].Value) * 250) + int.Parse(number.Groups[2].Value);
        }
    }
}
