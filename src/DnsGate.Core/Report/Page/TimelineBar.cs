using System.Globalization;
using DnsGate.Core.Model;

namespace DnsGate.Core.Report.Page;

/// <summary>A part of a bar.</summary>
/// <param name="From">On the loop's clock; it lasts until the next one, or until now.</param>
/// <param name="Tone">Its colour and height.</param>
/// <param name="Words">What was so.</param>
internal sealed record BarPart(TimeSpan From, Severity Tone, string Words);

/// <summary>Draws bars over one window of time that ends now.</summary>
/// <param name="window">How long it is.</param>
/// <param name="clock">When it ends.</param>
internal sealed class TimelineBar(TimeSpan window, PageClock clock)
{
    // A bar is drawn 1,000 wide and 20 high, and stretched; a blip of a second is to be seen in an hour too.
    private const double Width = 1000;
    private const double LeastWidth = 4;

    private readonly TimeSpan start = clock.Now - window;

    /// <summary>How long it is.</summary>
    public TimeSpan Window => window;

    /// <summary>One line: whose it is, what is so now, and the bar.</summary>
    public void Write(Html page, string who, string view, List<BarPart> parts)
    {
        var last = parts[^1];
        page.Write($"<li><p><span class=\"mono\">{who}</span> <span class=\"soft\">{view}</span> "
            + $"<span class=\"reason {Severities.Name(last.Tone)}\">{last.Words}</span></p>\n");
        page.Write($"<svg class=\"bar\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{who}: {last.Words} "
            + $"since {clock.At(last.From)}; changes: {Changes(parts)}\">");
        page.Write($"<path d=\"M250 0v20M500 0v20M750 0v20\"/>");
        // Trouble is drawn last: what is drawn wider than it was must not cover it.
        WriteParts(page, parts, isTrouble: false);
        WriteParts(page, parts, isTrouble: true);
        page.Write($"</svg></li>\n");
    }

    /// <summary>Five clock times, from the window's beginning until now.</summary>
    public void WriteScale(Html page)
    {
        page.Write($"<div class=\"scaled\"><div class=\"scale\" aria-hidden=\"true\">");
        for (var quarter = 0; quarter <= 4; quarter++)
        {
            page.Write($"<span class=\"t{quarter}\">"
                + $"{clock.OfDayAt(start + (window * quarter / 4), withSeconds: window < History.Remembered)}</span>");
        }

        page.Write($"</div></div>\n");
    }

    private int Changes(List<BarPart> parts)
    {
        var changes = 0;
        for (var index = 1; index < parts.Count; index++)
        {
            changes += parts[index].From > start ? 1 : 0;
        }

        return changes;
    }

    private void WriteParts(Html page, List<BarPart> parts, bool isTrouble)
    {
        for (var index = 0; index < parts.Count; index++)
        {
            var part = parts[index];
            var until = index + 1 < parts.Count ? parts[index + 1].From : clock.Now;
            if ((part.Tone is Severity.Bad or Severity.Warning) == isTrouble && until >= start)
            {
                WritePart(page, part, until, isLast: index + 1 == parts.Count);
            }
        }
    }

    private void WritePart(Html page, BarPart part, TimeSpan until, bool isLast)
    {
        var from = part.From < start ? 0 : (part.From - start) / window * Width;
        var to = (until - start) / window * Width;
        var width = Math.Max(to - from, LeastWidth);
        var x = Math.Min(from, Width - width);
        var height = Severities.Height(part.Tone);
        page.Write($"<rect class=\"b-{Severities.Name(part.Tone)}\" x=\"{Number(x)}\" y=\"{20 - height}\" "
            + $"width=\"{Number(width)}\" height=\"{height}\">");
        page.Write($"<title>{part.Words}, {clock.At(part.From)} to {(isLast ? "now" : clock.At(until))}, "
            + $"{PageClock.For(until - part.From)}</title></rect>");
    }

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
