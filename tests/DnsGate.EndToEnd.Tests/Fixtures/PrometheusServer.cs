using System.Globalization;
using System.Net;
using System.Text.Json;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>
/// Debian's Prometheus on a port of its own on loopback, which scrapes one target each second. A shell stands between: it kills
/// it when its standard input ends, so that nothing is left behind even if this process is killed.
/// </summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private const string Guard = "\"$@\" </dev/null & read -r _; kill -KILL $!";

    private readonly TemporaryDirectory directory = new();
    private readonly Child guard;
    private readonly HttpClient client;

    private PrometheusServer(IPEndPoint target, string rules)
    {
        var at = SidecarProcess.FreePort();
        directory.Write("rules.yaml", rules);
        var configuration = directory.Write("prometheus.yaml", $$"""
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: [rules.yaml]
            scrape_configs:
              - job_name: dnsgate
                static_configs:
                  - targets: ["{{target}}"]
                    labels: {namespace: prod, pod: zk-0, container: dnsgate}
            """);
        guard = Child.Start(
            "/bin/sh",
            [
                "-c", Guard, "sh", "prometheus", $"--config.file={configuration}",
                $"--storage.tsdb.path={directory.File("data")}", $"--web.listen-address={at}", "--log.level=warn",
            ],
            directory: directory.Path);
        client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri($"http://{at}/"),
            Timeout = Eventually.Limit,
        };
    }

    /// <summary>Starts it with these rules, and waits until the target was scraped.</summary>
    public static async Task<PrometheusServer> StartAsync(IPEndPoint target, string rules)
    {
        Machine.NeedsProgram("prometheus", "prometheus");
        PrometheusServer prometheus = new(target, rules);
        if (await Eventually.HappensAsync(async () => await prometheus.ValueAsync("up") is not null, Eventually.Limit))
        {
            return prometheus;
        }

        await using (prometheus)
        {
            throw new InvalidOperationException($"prometheus has scraped nothing: {prometheus.guard.Stderr}");
        }
    }

    /// <summary>The value of the only series that an expression comes to; null while there is none.</summary>
    public async Task<double?> ValueAsync(string expression)
    {
        var data = await DataAsync($"api/v1/query?query={Uri.EscapeDataString(expression)}");
        JsonElement[] series = data is { } found ? [.. found.GetProperty("result").EnumerateArray()] : [];
        Assert.InRange(series.Length, 0, 1);
        return series is [JsonElement one] ? double.Parse(one.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Waits until an expression comes to a value.</summary>
    public async Task ShowsAsync(string expression, double value)
    {
        double? last = null;
        if (!await Eventually.HappensAsync(async () => (last = await ValueAsync(expression)) == value, Eventually.Limit))
        {
            Assert.Fail($"{expression} is {last}, not {value}");
        }
    }

    /// <summary>What went wrong with the last scrape; empty for nothing.</summary>
    public async Task<string> ScrapeErrorAsync() =>
        (await DataAsync("api/v1/targets"))!.Value.GetProperty("activeTargets")[0].GetProperty("lastError").GetString()!;

    /// <summary>The states of the alerts, by their names: inactive, pending or firing.</summary>
    public async Task<IReadOnlyDictionary<string, string>> AlertsAsync()
    {
        var groups = (await DataAsync("api/v1/rules"))!.Value.GetProperty("groups");
        JsonElement[] rules = [.. groups.EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray())];
        Assert.DoesNotContain(rules, rule => rule.GetProperty("health").GetString() == "err");
        return rules.ToDictionary(rule => rule.GetProperty("name").GetString()!, rule => rule.GetProperty("state").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await guard.Stdin.DisposeAsync();
        await guard.EndAsync();
        await guard.DisposeAsync();
        directory.Dispose();
    }

    private async Task<JsonElement?> DataAsync(string path)
    {
        try
        {
            using var response = await client.GetAsync(path);
            // While it starts it says 503.
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                return null;
            }

            using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            Assert.True(document.RootElement.GetProperty("status").GetString() == "success", document.RootElement.ToString());
            return document.RootElement.GetProperty("data").Clone();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
