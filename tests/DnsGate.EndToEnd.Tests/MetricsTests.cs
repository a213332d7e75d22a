using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>The metrics of the sidecar and the examples of k8s-examples/monitoring, as Prometheus and its tools take them.</summary>
public sealed class MetricsTests
{
    private static readonly string Monitoring = Repository.File("k8s-examples/monitoring");

    [Theory]
    [InlineData("metrics")]
    [InlineData("metrics?servers=all")]
    public async Task Promtool_finds_nothing_to_say_of_the_text_closed_open_and_switched_off(string path)
    {
        Machine.NeedsProgram("promtool", "prometheus");
        await using NameServers servers = new(Pod.Right, Pod.Stale.WithTtl(1));
        await using var sidecar = await SidecarProcess.StartAsync(servers, "--external", "{pod}.example.com@127.0.0.1:9");
        await sidecar.StatusAsync(now => now.GetProperty("reason").GetString() == "stale-address");
        var closed = await CheckedAsync(sidecar, path);

        await using var open = await SidecarProcess.StartAsync(servers, "--servers", $"{servers[0].Address}");
        await open.OpensAsync();
        var opened = await CheckedAsync(open, path);

        await using var disabled = await SidecarProcess.StartAsync(listen =>
            Child.Start(Executable.Path, SidecarProcess.Arguments(listen, servers),
                new Dictionary<string, string> { ["DNSGATE_DISABLED"] = "an outage" }));
        await disabled.StatusAsync(now => now.GetProperty("state").GetString() == "disabled");
        var off = await CheckedAsync(disabled, path);

        Assert.Contains("\ndnsgate_open 0\n", closed, StringComparison.Ordinal);
        Assert.Contains(
            "\ndnsgate_observations_total{reason=\"stale-address\",type=\"A\",view=\"cluster\"} ", closed, StringComparison.Ordinal);
        Assert.Contains("\ndnsgate_agrees{view=\"external\"} 0\n", closed, StringComparison.Ordinal);
        Assert.Contains("\ndnsgate_open 1\n", opened, StringComparison.Ordinal);
        Assert.Matches("\ndnsgate_time_to_open_seconds [0-9]", opened);
        Assert.Contains("\ndnsgate_disabled 1\n", off, StringComparison.Ordinal);
        Assert.Equal(
            path != "metrics",
            opened.Contains($"\ndnsgate_server_agrees{{server=\"{servers[0].Address}\",view=\"cluster\"}} 1\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_real_Prometheus_sees_the_gate_closed_open_and_drifting_and_its_alerts_follow()
    {
        await using NameServers servers = new(Pod.Right, Pod.Stale.WithTtl(1));
        await using var sidecar = await SidecarProcess.StartAsync(servers, "--watch-interval", "1s");
        await using var prometheus = await PrometheusServer.StartAsync(sidecar.At, Rules());

        await prometheus.ShowsAsync("dnsgate_open", 0);
        await prometheus.ShowsAsync("dnsgate_servers{state=\"disagrees\"}", 1);
        await AlertsAsync(prometheus, "DnsGateClosed", "DnsGateServerDisagrees");
        Assert.Equal("", await prometheus.ScrapeErrorAsync());
        Assert.Null(await prometheus.ValueAsync("dnsgate_time_to_open_seconds"));

        servers[1].Behaviour = Pod.Right;
        await prometheus.ShowsAsync("dnsgate_open", 1);
        await prometheus.ShowsAsync("dnsgate_agrees{view=\"cluster\"}", 1);
        await prometheus.ShowsAsync("dnsgate_agreement_changes_total", 1);
        await prometheus.ShowsAsync("dnsgate_time_to_open_seconds > bool 0", 1);
        await prometheus.ShowsAsync("time() - dnsgate_last_round_timestamp_seconds < bool 30", 1);
        await prometheus.ShowsAsync(
            "histogram_quantile(0.99, sum by (le) (dnsgate_query_duration_seconds_bucket{view=\"cluster\"})) < bool 5", 1);
        await AlertsAsync(prometheus);

        servers[0].Behaviour = Pod.Missing.WithTtl(1);
        await prometheus.ShowsAsync("dnsgate_agrees{view=\"cluster\"}", 0);
        await prometheus.ShowsAsync("dnsgate_agreement_changes_total", 2);
        await prometheus.ShowsAsync("dnsgate_open", 1);
        await AlertsAsync(prometheus, "DnsGateDrift");
        Assert.Equal("", await prometheus.ScrapeErrorAsync());
    }

    [Fact]
    public async Task Promtool_accepts_the_rules_and_their_tests_hold()
    {
        Machine.NeedsProgram("promtool", "prometheus");
        using TemporaryDirectory directory = new();
        var rules = directory.Write("rules.yaml", Rules());
        var tests = directory.Write("rules_test.yaml", await File.ReadAllTextAsync(Path.Combine(Monitoring, "rules_test.yaml")));

        var check = await Child.RunAsync("promtool", ["check", "rules", rules]);
        var test = await Child.RunAsync("promtool", ["test", "rules", tests], directory: directory.Path);

        Assert.True(check.ExitCode == 0 && check.Stdout.Contains("SUCCESS: 7 rules found", StringComparison.Ordinal), check.ToString());
        Assert.True(test.ExitCode == 0, test.ToString());
    }

    [Fact]
    public async Task Each_alert_is_tested_to_fire()
    {
        string[] alerts = [.. Rules()
            .Split('\n')
            .Where(line => line.Contains("- alert: ", StringComparison.Ordinal))
            .Select(line => line.Split("alert: ")[1])];
        var tests = await File.ReadAllTextAsync(Path.Combine(Monitoring, "rules_test.yaml"));

        Assert.Equal(7, alerts.Length);
        Assert.All(alerts, alert =>
        {
            Assert.Contains($"alertname: {alert}\n        exp_alerts:", tests, StringComparison.Ordinal);
            Assert.Contains($"alertname: {alert}}}\n", tests, StringComparison.Ordinal);
        });
    }

    /// <summary>The spec of the PrometheusRule, which is the file that Prometheus reads: what README's sed does.</summary>
    private static string Rules()
    {
        var lines = File.ReadAllLines(Path.Combine(Monitoring, "prometheusrule.yaml"));
        return string.Concat(lines.SkipWhile(line => line != "spec:")
            .Skip(1)
            .Select(line => (line.StartsWith("  ", StringComparison.Ordinal) ? line[2..] : line) + "\n"));
    }

    private static async Task<string> CheckedAsync(SidecarProcess sidecar, string path)
    {
        using var response = await sidecar.SendAsync(HttpMethod.Get, path);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var text = await response.Content.ReadAsStringAsync();
        await using var promtool = Child.Start("promtool", ["check", "metrics"]);
        await promtool.Stdin.WriteAsync(text);
        await promtool.Stdin.DisposeAsync();
        var ended = await promtool.EndAsync();
        Assert.Equal((0, "", ""), (ended.ExitCode, ended.Stdout, ended.Stderr));
        return text;
    }

    /// <summary>Waits until these alerts are on their way, and no other is.</summary>
    private static async Task AlertsAsync(PrometheusServer prometheus, params string[] expected)
    {
        var last = await prometheus.AlertsAsync();
        if (!await Eventually.HappensAsync(
            async () => Pending(last = await prometheus.AlertsAsync()).SetEquals(expected), Eventually.Limit))
        {
            Assert.Fail(string.Join(' ', last));
        }

        static HashSet<string> Pending(IReadOnlyDictionary<string, string> alerts) =>
            [.. alerts.Where(alert => alert.Value == "pending").Select(alert => alert.Key)];
    }
}
