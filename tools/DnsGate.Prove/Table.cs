using System.Globalization;

namespace DnsGate.Prove;

/// <summary>The rows as a table for docs/proof.md.</summary>
internal static class Table
{
    /// <summary>
    /// Seconds after the last server turned right that half of all starts behind the gate may take:
    /// <c>--settle</c> and 4 s, the start of the JVM included.
    /// </summary>
    public const double MedianTarget = 5 + 4;

    private const string Head = """
        | before ZooKeeper starts | joined within 60 s | at the first start | a mode without its port | joined while a DNS server was wrong | seconds until it joined: least, median, most | after the last server was right: median, most |
        | --- | --- | --- | --- | --- | --- | --- |

        """;

    public static string Render(IReadOnlyList<Row> rows) =>
        Head + string.Concat(rows.GroupBy(row => row.Trial.Variant)
            .OrderBy(group => Variant.All.ToList().IndexOf(group.Key))
            .Select(group => Line(group.Key, [.. group])));

    /// <summary>What of the gate's targets was missed; empty for nothing.</summary>
    public static IEnumerable<string> Missed(IReadOnlyList<Row> rows)
    {
        foreach (var group in rows.Where(row => row.Trial.Variant.IsGate).GroupBy(row => row.Trial.Variant))
        {
            if (group.Any(row => !row.IsFirstTry))
            {
                yield return $"{group.Key.Key}: {group.Count(row => row.IsFirstTry)} of {group.Count()} joined at the first start";
            }

            if (group.Any(row => row.Rejoin.StartedAt is not null && !row.IsHeldBack))
            {
                yield return $"{group.Key.Key}: ZooKeeper ran before the last DNS server was right";
            }

            if (Median(Seconds(group, row => row.AfterRight)) is var median && !(median < MedianTarget))
            {
                yield return $"{group.Key.Key}: the median is {median:f1} s after the last DNS server was "
                    + $"right, not under {MedianTarget} s";
            }
        }
    }

    private static string Line(Variant variant, IReadOnlyCollection<Row> rows)
    {
        var joined = Seconds(rows, row => row.JoinedAt);
        var after = Seconds(rows, row => row.AfterRight);
        string[] cells =
        [
            variant.Title,
            Count(rows, row => row.JoinedAt is not null),
            Count(rows, row => row.IsFirstTry),
            Count(rows, row => row.ShowedFalseMode),
            Count(rows, row => row.JoinedWhileWrong),
            Figures(joined, joined.FirstOrDefault(), Median(joined), joined.LastOrDefault()),
            Figures(after, Median(after), after.LastOrDefault()),
        ];
        return $"| {string.Join(" | ", cells)} |\n";
    }

    private static string Count(IReadOnlyCollection<Row> rows, Func<Row, bool> condition) => $"{rows.Count(condition)} of {rows.Count}";

    private static string Figures(double[] all, params double[] figures) =>
        all.Length == 0 ? "–" : string.Join(", ", figures.Select(figure => figure.ToString("f1", CultureInfo.InvariantCulture)));

    private static double[] Seconds(IEnumerable<Row> rows, Func<Row, TimeSpan?> time) =>
        [.. rows.Select(time).OfType<TimeSpan>().Select(known => known.TotalSeconds).Order()];

    private static double Median(double[] sorted) =>
        sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
