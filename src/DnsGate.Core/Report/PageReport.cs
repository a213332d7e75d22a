using DnsGate.Core.Model;
using DnsGate.Core.Report.Page;

namespace DnsGate.Core.Report;

/// <summary>What the page shows in addition to the snapshot.</summary>
/// <param name="Version">What answers: <c>dnsgate 1.2.3</c>.</param>
/// <param name="IsStopping">Whether the sidecar received SIGTERM or SIGINT.</param>
internal sealed record PageFacts(string Version, bool IsStopping);

/// <summary>
/// All that is known, as one HTML document for people: verdict, what to do, servers × checks, and what changed. No script,
/// nothing fetched, styles of its own: it needs <c>default-src 'none'; style-src 'unsafe-inline'</c> and no more. Bounded
/// whatever the servers say and however many there are: less than 1 MiB. Well-formed as XML too.
/// </summary>
internal static class PageReport
{
    /// <summary>The document.</summary>
    /// <param name="snapshot">What is known.</param>
    /// <param name="facts">What else the page tells.</param>
    public static string Render(GateSnapshot snapshot, PageFacts facts)
    {
        var page = new Html();
        var clock = new PageClock(snapshot.Now, snapshot.Time);
        WriteHead(page, snapshot);
        Banner.Write(page, snapshot, facts, clock);
        page.Write($"<main>\n");
        Banner.WriteFacts(page, snapshot, clock);
        AdviceSection.Write(page, snapshot);
        PeerSection.Write(page, snapshot);
        ServerTable.Write(page, snapshot, clock);
        if (snapshot.Status != GateStatus.Disabled || !snapshot.History.Gate.IsEmpty)
        {
            TimelineSection.Write(page, snapshot.History, clock);
        }

        page.Write($"</main>\n");
        WriteFooter(page, snapshot, facts, clock);
        page.Write($"</body>\n</html>\n");
        return page.ToString();
    }

    private static void WriteHead(Html page, GateSnapshot snapshot)
    {
        // While something is expected to happen, soon; a page that is read at leisure later.
        var seconds = snapshot.Status is GateStatus.Closed or GateStatus.Undecidable ? 2 : 10;
        page.Write($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <title>{Banner.State(snapshot)} · {snapshot.Name?.ToString() ?? "this pod"} · DnsGate</title>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <meta http-equiv="refresh" content="{seconds}"/>

            """);
        PageStyle.Write(page);
        page.Write($"</head>\n<body>\n");
    }

    private static void WriteFooter(Html page, GateSnapshot snapshot, PageFacts facts, PageClock clock)
    {
        page.Write($"<footer>\n<nav aria-label=\"For programs\"><a href=\"/status\">/status</a> <a href=\"/metrics\">/metrics</a> "
            + $"<a href=\"/readyz\">/readyz</a> <a href=\"/livez\">/livez</a></nav>\n");
        page.Write(
            $"<p>Created at <time datetime=\"{clock.StampAt(clock.Now)}\">{clock.StampAt(clock.Now)}</time>; this page refreshes itself. "
                + $"All times are UTC.</p>\n<p>");
        if (snapshot.Name is { } name)
        {
            page.Write($"{name.ToString()} {string.Join(' ', snapshot.Addresses)} · ");
        }

        page.Write($"{facts.Version}</p>\n</footer>\n");
    }
}
