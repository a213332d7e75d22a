using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DnsGate.Core.Text;

/// <summary>
/// Durations as people write them on a command line: <c>250ms</c>, <c>5s</c>, <c>2m</c>, <c>1h</c>; <c>0</c> needs no unit.
/// </summary>
internal static class Duration
{
    /// <summary>The longest that is taken: enough for every use, and far from any overflow.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24 * 365);

    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
    ];

    /// <summary>Reads a duration; <paramref name="problem"/> says what a duration looks like when the text is not one.</summary>
    public static bool TryParse(string text, out TimeSpan duration, [NotNullWhen(false)] out string? problem)
    {
        (duration, problem) = (TimeSpan.Zero, null);
        if (text == "0")
        {
            return true;
        }

        foreach (var (unit, length) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                if (count > Longest / length)
                {
                    problem = $"'{text}' is longer than a year";
                    return false;
                }

                duration = length * count;
                return true;
            }
        }

        problem = $"'{text}' is not a duration like 250ms, 5s, 2m or 1h";
        return false;
    }

    /// <summary>Writes a duration the way it is read, in the largest unit that is exact.</summary>
    public static string Format(TimeSpan duration)
    {
        for (var index = Units.Length - 1; index >= 0; index--)
        {
            var (unit, length) = Units[index];
            if (duration > TimeSpan.Zero && duration.Ticks % length.Ticks == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / length.Ticks}{unit}");
            }
        }

        return duration == TimeSpan.Zero ? "0" : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms");
    }
}
