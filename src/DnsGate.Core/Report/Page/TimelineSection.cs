using System.Collections.Immutable;
using DnsGate.Core.Model;

namespace DnsGate.Core.Report.Page;

/// <summary>What changed: a bar for the gate and for each server, and the newest changes in words.</summary>
internal static class TimelineSection
{
    // With 120 intervals each, these are a third of the megabyte that the page may have.
    private const int MostServers = 24;

    public static void Write(Html page, History timeline, PageClock clock)
    {
        var bar = new TimelineBar(WindowOf(clock.Now), clock);
        var window = bar.Window == History.Remembered ? "hour"
            : bar.Window.TotalMinutes == 1 ? "minute"
            : PageClock.For(bar.Window).Replace("m 0s", " minutes", StringComparison.Ordinal);
        page.Write($"<section aria-labelledby=\"changes\">\n<h2 id=\"changes\">The last {window}</h2>\n");
        if (timeline.Gate.IsEmpty)
        {
            page.Write($"<p>No round has ended yet.</p>\n</section>\n");
            return;
        }

        WriteKey(page);
        page.Write($"<ul class=\"lines\">\n");
        bar.Write(page, "the gate", "", PartsOf(timeline.Gate));
        var servers = Shown(timeline, clock.Now - bar.Window);
        for (var index = 0; index < servers.Count && index < MostServers; index++)
        {
            bar.Write(page, servers[index].Server.ToString(), ListingReport.Name(servers[index].View), PartsOf(servers[index].Intervals));
        }

        page.Write($"</ul>\n");
        bar.WriteScale(page);
        if (servers.Count > MostServers)
        {
            page.Write($"<p class=\"more\">… and {servers.Count - MostServers} more servers; those with changes come first</p>\n");
        }

        ChangeList.Write(page, timeline, clock);
        page.Write($"</section>\n");
    }

    /// <summary>The shortest scale that shows all that the loop has seen, at most an hour: a minute would not be seen in an hour.</summary>
    private static TimeSpan WindowOf(TimeSpan now) => now switch
    {
        { TotalMinutes: <= 1 } => TimeSpan.FromMinutes(1),
        { TotalMinutes: <= 2 } => TimeSpan.FromMinutes(2),
        { TotalMinutes: <= 5 } => TimeSpan.FromMinutes(5),
        { TotalMinutes: <= 15 } => TimeSpan.FromMinutes(15),
        { TotalMinutes: <= 30 } => TimeSpan.FromMinutes(30),
        _ => History.Remembered,
    };

    private static void WriteKey(Html page)
    {
        page.Write($"<ul class=\"key soft\">\n");
        WriteKey(page, Severity.Bad, "disagrees; closed");
        WriteKey(page, Severity.Warning, "silent, or right with TTL 0; undecidable, or drifting");
        WriteKey(page, Severity.Good, "agrees; open");
        WriteKey(page, Severity.Absent, "not listed; disabled");
        page.Write($"<li><svg viewBox=\"0 0 26 20\" aria-hidden=\"true\">"
            + $"<rect class=\"b-none\" width=\"26\" height=\"20\"/></svg>not known yet</li>\n</ul>\n");
    }

    private static void WriteKey(Html page, Severity tone, string words) =>
        page.Write($"<li><svg viewBox=\"0 0 26 20\" aria-hidden=\"true\"><rect class=\"b-{Severities.Name(tone)}\" "
            + $"y=\"{20 - Severities.Height(tone)}\" width=\"26\" height=\"{Severities.Height(tone)}\"/></svg>{words}</li>\n");

    /// <summary>The servers that were listed within the window: those in trouble first, then those that changed.</summary>
    private static List<ServerHistory> Shown(History timeline, TimeSpan start)
    {
        var shown = new List<ServerHistory>();
        foreach (var server in timeline.Servers)
        {
            if (server.Intervals[^1].Value is not null || server.Intervals[^1].From > start)
            {
                shown.Add(server);
            }
        }

        shown.Sort((left, right) => Compare(left, right, start));
        return shown;
    }

    private static int Compare(ServerHistory left, ServerHistory right, TimeSpan start)
    {
        var order = Rank(left, start).CompareTo(Rank(right, start));
        order = order != 0 ? order : left.View.Kind.CompareTo(right.View.Kind);
        order = order != 0 ? order : left.View.Key.Number.CompareTo(right.View.Key.Number);
        return order != 0 ? order : ServerAddress.Compare(left.Server, right.Server);
    }

    private static int Rank(ServerHistory server, TimeSpan start) => Severities.Classify(server.Intervals[^1].Value) switch
    {
        Severity.Bad => 0,
        Severity.Warning => 1,
        _ => server.Intervals.Length > 1 && server.Intervals[^1].From > start ? 2 : 3,
    };

    private static List<BarPart> PartsOf(ImmutableArray<Interval<GateStatus>> intervals)
    {
        var parts = new List<BarPart>();
        foreach (var interval in intervals)
        {
            Append(parts, interval.From, Severities.Classify(interval.Value), Severities.Words(interval.Value));
        }

        return parts;
    }

    private static List<BarPart> PartsOf(ImmutableArray<Interval<Judgement?>> intervals)
    {
        var parts = new List<BarPart>();
        foreach (var interval in intervals)
        {
            Append(parts, interval.From, Severities.Classify(interval.Value), Severities.Words(interval.Value));
        }

        return parts;
    }

    // Other records with the same reason are in the list of changes; a bar shows reasons.
    private static void Append(List<BarPart> parts, TimeSpan from, Severity tone, string words)
    {
        if (parts.Count == 0 || parts[^1].Words != words)
        {
            parts.Add(new BarPart(from, tone, words));
        }
    }
}
