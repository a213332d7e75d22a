using System.Globalization;

namespace DnsGate.Core.Report.Page;

/// <summary>Times of the loop's clock as people read them: in UTC, as in the log.</summary>
/// <param name="now">Now on the loop's clock.</param>
/// <param name="wallClock">The wall clock at that time.</param>
internal sealed class PageClock(TimeSpan now, DateTimeOffset wallClock)
{
    /// <summary>Now on the loop's clock.</summary>
    public TimeSpan Now => now;

    /// <summary><c>12:03:07Z</c>; with the day where it is not within the last 24 hours: <c>2026-11-20 12:03:07Z</c>.</summary>
    public string At(TimeSpan time) =>
        WallAt(time)
            .ToString(now - time < TimeSpan.FromDays(1) ? "HH':'mm':'ss'Z'" : "yyyy-MM-dd HH':'mm':'ss'Z'", CultureInfo.InvariantCulture);

    /// <summary><c>12:03</c> or <c>12:03:07</c>: for a scale.</summary>
    public string OfDayAt(TimeSpan time, bool withSeconds) =>
        WallAt(time).ToString(withSeconds ? "HH':'mm':'ss" : "HH':'mm", CultureInfo.InvariantCulture);

    /// <summary>For machines: <c>2026-11-22T12:03:07Z</c>.</summary>
    public string StampAt(TimeSpan time) => WallAt(time).ToString("yyyy-MM-dd'T'HH':'mm':'ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>How long ago, in its two largest units: <c>4m 12s</c>, <c>2h 3m</c>, <c>5d 1h</c>.</summary>
    public string Ago(TimeSpan time) => For(now - time);

    /// <summary>How long, in its two largest units.</summary>
    public static string For(TimeSpan duration) => duration switch
    {
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)duration.TotalSeconds)}s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes}m {duration.Seconds}s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Hours}h {duration.Minutes}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.Days}d {duration.Hours}h"),
    };

    // A wall clock that was set wrong must not keep the page from being made: year 1 has nothing before it.
    private DateTimeOffset WallAt(TimeSpan time)
    {
        var ago = now - time;
        return wallClock.UtcDateTime - DateTime.MinValue < ago ? DateTimeOffset.MinValue : wallClock.ToUniversalTime() - ago;
    }
}
