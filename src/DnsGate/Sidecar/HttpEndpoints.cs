using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Text;
using DnsGate.Sidecar.Metrics;

namespace DnsGate.Sidecar;

/// <summary>One place of the site.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Meaning">What is there: the reference's table.</param>
internal sealed record HttpEndpoint(string Path, string Meaning);

/// <summary>
/// The answers to all requests, made from the newest snapshot: no request makes the gate ask a DNS server or waits for the loop.
/// </summary>
/// <param name="latest">The newest snapshot.</param>
/// <param name="metrics">Renders the metrics; its argument is whether to add those of single servers.</param>
/// <param name="version">The version of the program.</param>
internal sealed class HttpEndpoints(LatestSnapshot latest, Func<bool, string> metrics, string version)
{
    /// <summary>The loop ticks every second; a machine that is overloaded for some seconds is no reason to be killed.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    public static readonly HttpEndpoint Startup = new(
        "/startupz", "200 once the gate has opened, and from then on; 503 with the reasons before");
    public static readonly HttpEndpoint Ready = new("/readyz", "the same; and 503 from SIGTERM on");
    public static readonly HttpEndpoint Live = new(
        "/livez", "200 while the loop ticks, whatever the DNS servers return; 503 when it has not for 10 s");
    public static readonly HttpEndpoint Status = new("/status", "the verdict as JSON, version 1, as `-o json` prints it");
    public static readonly HttpEndpoint Metrics = new(
        "/metrics", "Prometheus text 0.0.4; `/metrics?servers=all` adds a series for each DNS server");
    public static readonly HttpEndpoint Page = new("/", "all of it as a page for people, which refreshes itself");

    /// <summary>Every place there is, in the order of the reference.</summary>
    public static IReadOnlyList<HttpEndpoint> All { get; } = [Startup, Ready, Live, Status, Metrics, Page];

    /// <summary>Answers one request.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="path">Its path, decoded.</param>
    /// <param name="query">Its query, with the question mark; empty for none.</param>
    public HttpResult Answer(string method, string path, string query)
    {
        if (method is not ("GET" or "HEAD"))
        {
            return HttpResult.Text(HttpResult.MethodNotAllowed, "only GET and HEAD: nothing can be changed here\n");
        }

        return path switch
        {
            _ when path == Startup.Path => Gate(),
            _ when path == Ready.Path =>
                latest.IsStopping ? HttpResult.Text(ProbeStatus.Stopping, "stopping: this process was told to end\n") : Gate(),
            _ when path == Live.Path => Loop(),
            _ when path == Status.Path => new HttpResult(HttpResult.Ok, "application/json", JsonReport.Render(latest.Value) + "\n"),
            _ when path == Metrics.Path => new HttpResult(HttpResult.Ok, GateMetrics.ContentType, metrics(query == "?servers=all")),
            _ when path == Page.Path => new HttpResult(HttpResult.Ok, "text/html; charset=utf-8", Render(latest.Value)),
            _ => HttpResult.Text(
                HttpResult.NotFound, $"nothing is here; there are {string.Join(' ', All.Select(endpoint => endpoint.Path))}\n"),
        };
    }

    private string Render(GateSnapshot snapshot) => PageReport.Render(snapshot, new PageFacts($"dnsgate {version}", latest.IsStopping));

    private HttpResult Gate()
    {
        // Read once: the status and the text belong together.
        var snapshot = latest.Value;
        return HttpResult.Text(StatusOf(snapshot), TextReport.Render(snapshot));
    }

    private static ProbeStatus StatusOf(GateSnapshot snapshot) => snapshot.Status switch
    {
        GateStatus.Open => ProbeStatus.Open,
        GateStatus.Drifting => ProbeStatus.Drifting,
        GateStatus.Disabled => ProbeStatus.Disabled,
        GateStatus.Undecidable => ProbeStatus.Undecidable,
        _ => ProbeStatus.Closed,
    };

    private HttpResult Loop() => latest.Age < LongestSilence
        ? HttpResult.Text(ProbeStatus.Live, "live: the loop is running\n")
        : HttpResult.Text(
            ProbeStatus.NotLive,
            $"not live: the loop has not been heard for {Duration.Format(TimeSpan.FromSeconds(Math.Floor(latest.Age.TotalSeconds)))}\n");
}
