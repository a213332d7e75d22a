using DnsGate.Core.Model;

namespace DnsGate.Core.Report.Page;

/// <summary>What to do: the reasons with their remedies, the diagnoses, and what could not be listed.</summary>
internal static class AdviceSection
{
    // The number of sources and of lines in resolv.conf has no limit.
    private const int MostItems = 12;
    private const int MostLines = 60;
    private const int MostCharacters = 1000;

    public static void Write(Html page, GateSnapshot snapshot)
    {
        page.Write($"<section aria-labelledby=\"advice\">\n<h2 id=\"advice\">What to do</h2>\n");
        List<string> advice = [.. TextReport.Advice(snapshot)];
        List<string> failures = [.. snapshot.Listing?.Failures.Select(ListingReport.Failure) ?? []];
        if (advice.Count == 0)
        {
            page.Write($"<p>");
            page.WriteProse(InsteadOfAdvice(snapshot, failures.Count > 0));
            page.Write($"</p>\n");
        }

        WriteItems(page, advice);
        WriteSources(page, snapshot.Listing, failures);
        page.Write($"</section>\n");
    }

    private static string InsteadOfAdvice(GateSnapshot snapshot, bool hasFailures) =>
        snapshot.Status == GateStatus.Disabled ? "Remove `DNSGATE_DISABLED` to turn the gate on again."
        : snapshot.Listing is null ? "The first round has not ended yet."
        : snapshot.Reason == Reason.Agrees && snapshot.Status == GateStatus.Closed
            ? "Wait: all DNS servers agree, and the gate confirms it."
        : hasFailures ? "Nothing for the gate. Some sources of DNS servers could not be listed:"
        : snapshot.Servers.All(server => server.Judgement.IsRight) ? "Nothing: all DNS servers agree."
        : "Nothing: the servers that do not agree are not required, or excused by `--require`.";

    private static void WriteSources(Html page, Listing? listing, List<string> failures)
    {
        if (failures.Count > 0)
        {
            page.Write($"<h3>Sources that could not be listed</h3>\n");
            WriteItems(page, failures);
        }

        if (listing is { Notes.IsEmpty: false })
        {
            page.Write($"<h3>Lines that are not asked</h3>\n");
            WriteItems(page, [.. listing.Notes]);
        }
    }

    private static void WriteItems(Html page, List<string> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        page.Write($"<ul class=\"advice\">\n");
        for (var index = 0; index < items.Count && index < MostItems; index++)
        {
            page.Write($"<li>");
            WriteItem(page, items[index].Split('\n', MostLines + 1));
            page.Write($"</li>\n");
        }

        page.Write($"</ul>\n");
        if (items.Count > MostItems)
        {
            page.Write($"<p class=\"more\">… and {items.Count - MostItems} more, in <a href=\"/status\">/status</a></p>\n");
        }
    }

    // What stands below the first line is YAML to paste: it keeps its lines and blanks.
    private static void WriteItem(Html page, string[] lines)
    {
        // Each begins with what it is about: a reason, a diagnosis, a source.
        var colon = Math.Max(0, lines[0].IndexOf(": ", StringComparison.Ordinal));
        var about = lines[0][..colon];
        if (HandbookLink.To(about) is { } link)
        {
            page.Write($"<b><a href=\"{link}\">{about}</a></b>");
        }
        else
        {
            page.Write($"<b>{Html.Cut(about, MostCharacters)}</b>");
        }

        page.WriteProse(Html.Cut(lines[0][colon..], MostCharacters));
        if (lines.Length == 1)
        {
            return;
        }

        page.Write($"<pre tabindex=\"0\">");
        for (var index = 1; index < lines.Length && index < MostLines; index++)
        {
            page.Write($"{Html.Cut(lines[index], MostCharacters)}\n");
        }

        page.Write($"</pre>");
    }
}
