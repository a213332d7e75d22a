using System.Net;
using System.Text.RegularExpressions;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// Dashboards and alerts select series by name and label. The file metrics-0.1.0.txt has what version 0.1.0 showed in each
/// state of a gate. A later version shows the same.
/// </summary>
public sealed partial class MetricsContractTests
{
    private const string First = "127.0.64.1", Leaving = "127.0.64.2", Joining = "127.0.64.3", App = "127.0.64.4", Outside = "127.0.64.5";

    [Fact]
    public async Task Each_state_of_a_gate_shows_the_series_of_version_0_1_0()
    {
        await using ClusterPod pod = new();
        pod.Run(First, Misbehaving.Silent());
        pod.Run(Leaving, Misbehaving.Silent());
        pod.Run(Joining, Pod.Stale.WithTtl(1));
        pod.Run(Outside, PodZone.For(ExternalZone.PodName, Pod.Ip) with { Zone = ExternalZone.Domain });
        await using LoopbackNameServer app = new(Pod.Right, new IPEndPoint(IPAddress.Parse(App), RealServer.DomainPort));
        using TemporaryDirectory directory = new();
        var resolvConf = directory.Write("resolv.conf", $"nameserver {App}\n");
        string[] options = ["--app", $"resolv.conf:{resolvConf}", "--external",
            $"{{pod}}.example.com@{Outside}:{ClusterPod.DnsPort}", "--watch-interval", "1s", "--query-timeout", "5s"];
        List<string> shown = [];
        string[] all = [];

        pod.Publish(First, Leaving);
        await using (var sidecar = await SidecarProcess.StartAsync(listen => pod.Start("serve", ["--listen", listen, .. options])))
        {
            // Both servers are silent: the first round still asks them.
            var starting = await ScrapeAsync(sidecar);
            all = SeriesOf(starting);
            shown.AddRange(["== starting", .. starting]);

            pod[First].Behaviour = Pod.Right;
            pod[Leaving].Behaviour = Pod.Stale.WithTtl(1);
            await sidecar.StatusAsync(now => now.GetProperty("reason").GetString() == "stale-address");
            await ShowAsync("closed", sidecar);

            pod.Publish(First, Joining);
            await sidecar.StatusAsync(now => $"{now.GetProperty("servers")}" is var servers
                && servers.Contains(Joining, StringComparison.Ordinal)
                && !servers.Contains(Leaving, StringComparison.Ordinal));
            await ShowAsync("closed, a server left the list and another joined it", sidecar);

            pod[Joining].Behaviour = Pod.Right;
            await sidecar.OpensAsync();
            await ShowAsync("open", sidecar);

            pod[Joining].Behaviour = Pod.Missing.WithTtl(1);
            await sidecar.StatusAsync(now => now.GetProperty("drifting").GetBoolean());
            await ShowAsync("drifting", sidecar);
        }

        await using var disabled = await SidecarProcess.StartAsync(listen =>
            Child.Start(Executable.Path, Gate.Arguments("serve", "kube:kube-dns", ["--listen", listen, .. options]),
                new Dictionary<string, string> { ["DNSGATE_DISABLED"] = "an outage" }));
        await disabled.StatusAsync(now => now.GetProperty("state").GetString() == "disabled");
        await ShowAsync("disabled", disabled);

        var text = string.Concat(shown.Select(line => line.Replace(resolvConf, "FILE", StringComparison.Ordinal) + "\n"));
        Assert.Equal(await File.ReadAllTextAsync(Repository.File("tests/DnsGate.EndToEnd.Tests/metrics-0.1.0.txt")), text);

        async Task ShowAsync(string state, SidecarProcess sidecar)
        {
            var lines = await ScrapeAsync(sidecar);
            Assert.Equal(all, SeriesOf(lines));
            shown.AddRange([$"== {state}", .. lines.Where(line => StateGauge().IsMatch(line))]);
        }
    }

    /// <summary>
    /// The lines of a scrape with all servers, sorted: the order of series and the words of HELP are not part of the contract.
    /// </summary>
    private static async Task<string[]> ScrapeAsync(SidecarProcess sidecar)
    {
        var lines = Lines(await sidecar.GetAsync("metrics?servers=all"));
        var withoutServers = Lines(await sidecar.GetAsync("metrics"));
        Assert.Equal(SeriesOf(lines), SeriesOf(withoutServers));
        Assert.DoesNotContain(withoutServers, line => line.Contains("dnsgate_server_agrees", StringComparison.Ordinal));
        return lines;

        static string[] Lines((int Status, string Body) reply) =>
            [.. BuildLabels()
                .Replace(Opening().Replace(reply.Body, "$1 …"), "=\"…\"")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith("# HELP ", StringComparison.Ordinal))
                // Series may be added: 0.1.0 did not have this reason.
                .Where(line => !line.Contains("reason=\"not-sent\"", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)];
    }

    /// <summary>What is shown in every state: all but the series of single servers and the time to the opening.</summary>
    private static string[] SeriesOf(string[] lines) =>
        [.. lines.Where(line => !OnlyInSomeStates().IsMatch(line))
            .Select(line => line.StartsWith('#') ? line : line[..line.LastIndexOf(' ')])];

    // Gauges that follow from the state; other values depend on how many rounds there were, and how long they took.
    [GeneratedRegex("^dnsgate_(agrees|disabled|open|server_agrees|servers|time_to_open_seconds|watch_interval_seconds)[{ ]")]
    private static partial Regex StateGauge();

    [GeneratedRegex("dnsgate_server_agrees|^dnsgate_time_to_open_seconds")]
    private static partial Regex OnlyInSomeStates();

    [GeneratedRegex("^(dnsgate_time_to_open_seconds) .*$", RegexOptions.Multiline)]
    private static partial Regex Opening();

    [GeneratedRegex("(?<=dnsgate_build_info{.*)=\"[^\"]*\"")]
    private static partial Regex BuildLabels();
}
