using System.Globalization;
using System.Text;

namespace DnsGate.Core.Report.Metrics;

/// <summary>
/// The Prometheus text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats): families by name,
/// series by their labels, so that the text is the same while nothing changes.
/// </summary>
public static class PrometheusText
{
    /// <summary>The media type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly Comparer<Label> ByName = Comparer<Label>.Create((left, right) => string.CompareOrdinal(left.Name, right.Name));

    /// <summary>Renders the families; a family without series is its HELP and TYPE alone.</summary>
    public static string Render(IReadOnlyList<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families.OrderBy(family => family.Name, StringComparer.Ordinal))
        {
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(EscapeHelp(family.Help)).Append('\n');
            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(Name(family.Kind)).Append('\n');
            foreach (var series in family.Samples.Select(sample => new Series(LabelsOf(sample), sample)).OrderBy(series => series.Labels, StringComparer.Ordinal))
            {
                Append(text, family.Name, series.Labels, series.Sample);
            }
        }

        return text.ToString();
    }

    /// <summary>The name of a kind in the text.</summary>
    public static string Name(this MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };

    private static void Append(StringBuilder text, string name, string labels, Sample sample)
    {
        switch (sample)
        {
            case Sample.Number number:
                AppendLine(text, name, labels, Format(number.Value));
                break;
            case Sample.Distribution distribution:
                // Each bucket counts what is in the lower ones as well.
                long count = 0;
                for (var bucket = 0; bucket < distribution.Counts.Length; bucket++)
                {
                    count += distribution.Counts[bucket];
                    var bound = bucket < distribution.Bounds.Length ? distribution.Bounds[bucket] : double.PositiveInfinity;
                    AppendLine(text, $"{name}_bucket", $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{Format(bound)}\"", Format(count));
                }

                AppendLine(text, $"{name}_sum", labels, Format(distribution.Sum));
                AppendLine(text, $"{name}_count", labels, Format(count));
                break;
        }
    }

    private static void AppendLine(StringBuilder text, string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value).Append('\n');
    }

    /// <summary>The labels by name: the order in which they were given tells no two series apart.</summary>
    private static string LabelsOf(Sample sample)
    {
        var text = new StringBuilder();
        foreach (var label in sample.Labels.Sort(ByName))
        {
            text.Append(text.Length == 0 ? "" : ",").Append(label.Name).Append("=\"").Append(EscapeValue(label.Value)).Append('"');
        }

        return text.ToString();
    }

    private static string EscapeHelp(string help) =>
        help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string EscapeValue(string value) =>
        EscapeHelp(value).Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>The shortest text that reads back as this number.</summary>
    private static string Format(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private sealed record Series(string Labels, Sample Sample);
}
