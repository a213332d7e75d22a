using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Report.Page;

/// <summary>Servers × checks: what each server was asked and answered, the disagreeing ones first.</summary>
internal static class ServerTable
{
    // Clusters have two to twenty; more are in /status, which a program reads.
    private const int MostRows = 100;
    private const int MostCharacters = 300;

    // On a narrow screen rows become cards: `display` takes the meaning of a table away from its elements, the roles give it back.
    public static void Write(Html page, GateSnapshot snapshot, PageClock clock)
    {
        var rows = PageServer.Build(snapshot);
        page.Write($"<section aria-labelledby=\"servers\">\n<h2 id=\"servers\">DNS servers</h2>\n");
        if (rows.Count == 0)
        {
            page.Write($"<p>{WhyNone(snapshot)}</p>\n</section>\n");
            return;
        }

        page.Write($"""
            <div class="wide">
            <table role="table" aria-label="What each DNS server answered">
            <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Server</th><th role="columnheader" scope="col">Verdict</th><th role="columnheader" scope="col">A</th><th role="columnheader" scope="col">AAAA</th><th role="columnheader" scope="col">PTR</th></tr></thead>
            <tbody role="rowgroup">

            """);
        for (var index = 0; index < rows.Count && index < MostRows; index++)
        {
            WriteRow(page, rows[index], snapshot, clock);
        }

        page.Write($"</tbody>\n</table>\n</div>\n");
        page.Write(
            $"<p class=\"soft\">private: from a cache partition that applications do not read · application: as the application asks · "
                + $"both: the same answer to both queries</p>\n");
        if (rows.Count > MostRows)
        {
            page.Write($"<p class=\"more\">… and {rows.Count - MostRows} more, in <a href=\"/status\">/status</a></p>\n");
        }

        page.Write($"</section>\n");
    }

    private static string WhyNone(GateSnapshot snapshot) =>
        snapshot.Status == GateStatus.Disabled ? "No server is asked: the gate is switched off."
        : snapshot.Listing is null ? "Not known yet."
        : "No server was found.";

    private static void WriteRow(Html page, PageServer row, GateSnapshot snapshot, PageClock clock)
    {
        page.Write($"<tr role=\"row\" class=\"row-{Severities.Name(row.Tone)}\">\n<th role=\"rowheader\" scope=\"row\">"
            + $"<span class=\"mono\">{row.Server.Address.ToString()}</span>");
        page.Write($"<p class=\"soft\">{ListingReport.Name(row.View)}{Sampled(row.Server)}</p>");
        if (row.Server.PodName is { Length: > 0 } pod)
        {
            page.Write($"<p class=\"soft\">{pod}</p>");
        }

        if (!row.Server.Required)
        {
            page.Write($"<p class=\"soft\">{TextReport.Excuse(row.Server).Trim(' ', '(', ')')}</p>");
        }

        if (row.View.Kind == ViewKind.External && snapshot.Status is GateStatus.Open or GateStatus.Drifting)
        {
            page.Write($"<p class=\"soft\">not asked since the gate opened</p>");
        }

        page.Write($"</th>\n<td role=\"cell\">");
        WriteVerdict(page, row, snapshot, clock);
        page.Write($"</td>\n");
        WriteCheck(page, row, RecordType.A);
        WriteCheck(page, row, RecordType.AAAA);
        WriteCheck(page, row, RecordType.PTR);
        page.Write($"</tr>\n");
    }

    private static string Sampled(Server server) =>
        server.Samples > 1 ? $", may be a virtual IP: {server.Samples.ToString()} samples a round" : "";

    private static void WriteVerdict(Html page, PageServer row, GateSnapshot snapshot, PageClock clock)
    {
        if (row.Verdict is not { } verdict)
        {
            var reason = snapshot.IsResumed
                ? "the sidecar restarted, or the server is new"
                : "an earlier view does not agree, or the server is new";
            page.Write($"<p>not asked yet</p><p class=\"soft\">{reason}</p>");
            return;
        }

        page.Write($"<p><span class=\"reason {Severities.Name(row.Tone)}\">");
        Severities.WriteMark(page, row.Tone);
        page.Write($"{verdict.Judgement.Reason.Name()}</span>");
        if (snapshot.History.SinceOf(verdict) is { } since)
        {
            page.Write($" <span class=\"soft since\">since "
                + $"<time datetime=\"{clock.StampAt(since)}\">{clock.At(since)}</time>, {clock.Ago(since)}</span>");
        }

        page.Write($"</p>");
        // What is silent, and how, is in the cells of what was asked.
        if (!verdict.Agrees && !verdict.Judgement.IsSilence)
        {
            page.Write($"<p>{Html.Cut(verdict.Judgement.Detail, MostCharacters)}</p>");
            if (snapshot.ExpiresIn(verdict) is { } seconds)
            {
                page.Write($"<p class=\"soft\">cached answer, expires in {seconds.ToString()}s</p>");
            }
        }
    }

    private static void WriteCheck(Html page, PageServer row, RecordType type)
    {
        page.Write($"<td role=\"cell\" class=\"check\" data-check=\"{type.ToString()}\"><div>");
        var answers = row.Verdict is { } verdict ? PageAnswer.Build(verdict, type) : [];
        foreach (var answer in answers)
        {
            page.Write($"<p class=\"answer\">{answer.Text} <span class=\"soft\">{answer.How()}</span></p>");
        }

        if (answers.Count == 0)
        {
            page.Write($"<p class=\"soft\">not asked</p>");
        }

        page.Write($"</div></td>\n");
    }
}
