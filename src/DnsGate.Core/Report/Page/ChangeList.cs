using DnsGate.Core.Model;

namespace DnsGate.Core.Report.Page;

/// <summary>The newest changes of the last hour in words, newest first.</summary>
internal static class ChangeList
{
    private const int Max = 50;
    private const int MostCharacters = 200;

    private sealed record Change(TimeSpan At, string Who, string Before, string After, string Detail);

    public static void Write(Html page, History timeline, PageClock clock)
    {
        var newest = new List<Change>();
        AddGate(newest, timeline, clock.Now - History.Remembered);
        foreach (var server in timeline.Servers)
        {
            Add(newest, server, clock.Now - History.Remembered);
        }

        page.Write($"<h3>Changes, newest first</h3>\n");
        if (newest.Count == 0)
        {
            page.Write($"<p>None within the hour.</p>\n");
            return;
        }

        page.Write($"<ol class=\"changes\">\n");
        foreach (var change in newest)
        {
            page.Write($"<li><time class=\"mono\" datetime=\"{clock.StampAt(change.At)}\">{clock.At(change.At)}</time> {change.Who}: "
                + $"{(change.Before == change.After ? "still" : $"{change.Before} →")} <b>{change.After}</b>");
            if (change.Detail.Length > 0)
            {
                page.Write($" <span class=\"soft\">{change.Detail}</span>");
            }

            page.Write($"</li>\n");
        }

        page.Write($"</ol>\n");
        if (newest.Count == Max)
        {
            page.Write($"<p class=\"more\">Older ones are in the log.</p>\n");
        }
    }

    private static void AddGate(List<Change> newest, History timeline, TimeSpan start)
    {
        for (var index = timeline.Gate.Length - 1; index >= 0 && timeline.Gate[index].From > start; index--)
        {
            var before = index > 0 ? Severities.Words(timeline.Gate[index - 1].Value) : Unknown(timeline.Gate.Length);
            if (!TryAdd(
                newest, new Change(timeline.Gate[index].From, "the gate", before, Severities.Words(timeline.Gate[index].Value), "")))
            {
                return;
            }
        }
    }

    // From the newest on: most servers are done with their first change, however many there are.
    private static void Add(List<Change> newest, ServerHistory server, TimeSpan start)
    {
        var intervals = server.Intervals;
        for (var index = intervals.Length - 1; index >= 0 && intervals[index].From > start; index--)
        {
            if (newest.Count == Max && intervals[index].From <= newest[^1].At)
            {
                return;
            }

            var before = index > 0 ? Severities.Words(intervals[index - 1].Value) : Unknown(intervals.Length);
            var detail = Html.Cut(intervals[index].Value?.Detail ?? "", MostCharacters);
            TryAdd(newest, new Change(intervals[index].From, $"{server.Server} ({ListingReport.Name(server.View)})",
                before, Severities.Words(intervals[index].Value), detail));
        }
    }

    // What came before the first interval of a line that is full is forgotten, not unknown.
    private static string Unknown(int intervals) => intervals == History.MaxIntervals ? "…" : "not known yet";

    private static bool TryAdd(List<Change> newest, Change change)
    {
        var at = newest.Count;
        while (at > 0 && newest[at - 1].At < change.At)
        {
            at--;
        }

        if (at == Max)
        {
            return false;
        }

        newest.Insert(at, change);
        if (newest.Count > Max)
        {
            newest.RemoveAt(Max);
        }

        return true;
    }
}
