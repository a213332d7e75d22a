using System.Text.Json;
using System.Text.RegularExpressions;
using DnsGate.TestKit;

namespace DnsGate.Tests.Sidecar;

/// <summary>The reference's table, the alerts and the dashboard speak of the metrics that there are.</summary>
public sealed partial class MetricsTextsTests
{
    private static readonly string Monitoring = Repository.File("k8s-examples/monitoring");
    private static readonly IReadOnlyList<MetricFamily> Families = Told();

    [Fact]
    public void The_table_of_the_reference_is_that_of_the_scrape()
    {
        var rows = string.Join('\n', Families.Select(family => $"| `{family.Name}` | {family.Type} | {Labels(family)} | {family.Help} |"));

        Assert.True(
            Repository.Reference.Contains($"| --- | --- | --- | --- |\n{rows}\n\n", StringComparison.Ordinal),
            $"docs/reference.md should have exactly these rows:\n{rows}");
    }

    [Theory]
    [InlineData("prometheusrule.yaml", 6)]
    [InlineData("rules_test.yaml", 6)]
    [InlineData("grafana-dashboard.json", 6)]
    [InlineData("README.md", 1)]
    public void Every_metric_that_monitoring_speaks_of_exists(string file, int least)
    {
        HashSet<string> known = [.. Families.Select(family => family.Name),
            .. Families.Where(family => family.Type == "histogram").Select(family => $"{family.Name}_bucket")];
        HashSet<string> used = [.. MetricName().Matches(File.ReadAllText(Path.Combine(Monitoring, file))).Select(match => match.Value)];

        Assert.True(used.Count >= least);
        Assert.Subset(known, used);
    }

    [Fact]
    public void Every_label_value_that_the_rules_and_the_dashboard_select_exists()
    {
        var text = Story.Text();
        foreach (var file in new[] { "prometheusrule.yaml", "grafana-dashboard.json" })
        {
            foreach (Match match in Selected().Matches(
                File.ReadAllText(Path.Combine(Monitoring, file)).Replace("\\\"", "\"", StringComparison.Ordinal)))
            {
                Assert.Contains(match.Value, text, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("monitoring/prometheusrule.yaml")]
    [InlineData("hbase-kerberos/alert/prometheusrule.yaml")]
    public void Every_alert_links_to_an_entry_of_the_handbook(string file)
    {
        var rules = File.ReadAllText(Repository.File($"k8s-examples/{file}"));
        var links = RunbookLink().Matches(rules).Select(match => match.Groups["address"].Value).ToList();

        Assert.Equal(rules.Split("- alert: ").Length - 1, links.Count);
        Assert.NotEmpty(links);
        Assert.All(links, address => Assert.True(HandbookDocument.HasAddress(address), address));
    }

    [Fact]
    public void Every_panel_of_the_dashboard_asks_the_data_source_that_is_chosen_and_lies_on_no_other()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Monitoring, "grafana-dashboard.json")));
        Assert.Contains(dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray(), variable =>
            variable.GetProperty("type").GetString() == "datasource");
        var taken = new HashSet<(int, int)>();
        foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
        {
            Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString());
            Assert.All(panel.GetProperty("targets").EnumerateArray(), target =>
                Assert.Contains("pod=~\"$pod\"", target.GetProperty("expr").GetString()!, StringComparison.Ordinal));
            var place = panel.GetProperty("gridPos");
            for (var x = 0; x < place.GetProperty("w").GetInt32(); x++)
            {
                for (var y = 0; y < place.GetProperty("h").GetInt32(); y++)
                {
                    Assert.True(taken.Add((place.GetProperty("x").GetInt32() + x, place.GetProperty("y").GetInt32() + y)));
                }
            }
        }
    }

    [Fact]
    public void The_PodMonitor_scrapes_where_serve_listens_by_default()
    {
        var text = File.ReadAllText(Path.Combine(Monitoring, "podmonitor.yaml"));
        Assert.Contains($"{{name: dnsgate, containerPort: {MetricsScene.SpecOf().Listen.Port}}}", text, StringComparison.Ordinal);
        Assert.Contains("- port: dnsgate\n      path: /metrics\n", text, StringComparison.Ordinal);
    }

    /// <summary>All families, with a series of each, in the order of their names.</summary>
    private static List<MetricFamily> Told()
    {
        var scene = new MetricsScene(
            "--families", "ipv4", "--app", "off", "--external", "{pod}.example.com@10.0.0.2", "--peers", "replicas:3");
        Story.Play(scene);
        return [.. scene.Families(allServers: true).OrderBy(family => family.Name, StringComparer.Ordinal)];
    }

    private static string Labels(MetricFamily family) =>
        string.Join(", ", family.Labels.Select(label => $"`{label}`")) is { Length: > 0 } labels ? labels : "–";

    [GeneratedRegex("runbook_url: (?<address>.*)$", RegexOptions.Multiline)]
    private static partial Regex RunbookLink();

    [GeneratedRegex("dnsgate_[a-z_]+")]
    private static partial Regex MetricName();

    // state="disagrees"; what begins with $ is a variable.
    [GeneratedRegex("(?:state|reason|view|type|verdict|transport)=\"[^$\"]+\"")]
    private static partial Regex Selected();
}
