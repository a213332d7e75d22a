using System.Text;

namespace DnsGate.Core.Report.Metrics;

/// <summary>
/// From the name of an instrument (OpenTelemetry: <c>dnsgate.query.duration</c> in <c>s</c>) to that of the family
/// (<c>dnsgate_query_duration_seconds</c>), as every exporter of OpenTelemetry to Prometheus does it: whoever collects
/// the instruments in another way finds the same names.
/// </summary>
public static class PrometheusName
{
    private const string CounterSuffix = "_total";

    /// <summary>The name of the family.</summary>
    /// <param name="instrument">The name of the instrument, dots between its words.</param>
    /// <param name="unit">Its unit (UCUM): <c>s</c> for seconds; <c>{round}</c>, a note of what is counted, is no part of the name.</param>
    /// <param name="kind">A counter ends with <c>_total</c>.</param>
    public static string Of(string instrument, string? unit, MetricKind kind)
    {
        var name = new StringBuilder(instrument.Length);
        foreach (var character in instrument)
        {
            name.Append(char.IsAsciiLetterOrDigit(character) ? character : '_');
        }

        var text = name.ToString();
        var suffix = unit switch
        {
            null or "" or ['{', ..] => "",
            "s" => "_seconds",
            "By" => "_bytes",
            _ => throw new ArgumentException($"no word for the unit '{unit}'", nameof(unit)),
        };
        text += text.EndsWith(suffix, StringComparison.Ordinal) ? "" : suffix;
        return kind == MetricKind.Counter && !text.EndsWith(CounterSuffix, StringComparison.Ordinal) ? text + CounterSuffix : text;
    }
}
