using System.Globalization;
using System.Text;
using DnsGate.Core.Report.Metrics;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGate.Core.Tests.Report.Metrics;

public sealed class PrometheusTextTests
{
    [Fact]
    public void Families_by_name_series_by_labels_histograms_cumulative()
    {
        var text = PrometheusText.Render(
        [
            new MetricFamily("dnsgate_rounds_total", MetricKind.Counter, "Rounds.", [Number(3, "verdict", "disagrees"), Number(12, "verdict", "agrees")]),
            new MetricFamily("dnsgate_open", MetricKind.Gauge, "Whether the gate is open.", [Number(1)]),
            new MetricFamily("dnsgate_time_to_open_seconds", MetricKind.Gauge, "Not known yet.", []),
            new MetricFamily("dnsgate_query_duration_seconds", MetricKind.Histogram, "Time.",
            [
                new Sample.Distribution([new Label("view", "cluster"), new Label("transport", "udp")], [0.0001, 0.5, 1], [2, 0, 1, 4], 20.25),
                new Sample.Distribution([], [1], [0, 0], 0),
            ]),
        ]);

        Assert.Equal(
            """
            # HELP dnsgate_open Whether the gate is open.
            # TYPE dnsgate_open gauge
            dnsgate_open 1
            # HELP dnsgate_query_duration_seconds Time.
            # TYPE dnsgate_query_duration_seconds histogram
            dnsgate_query_duration_seconds_bucket{le="1"} 0
            dnsgate_query_duration_seconds_bucket{le="+Inf"} 0
            dnsgate_query_duration_seconds_sum 0
            dnsgate_query_duration_seconds_count 0
            dnsgate_query_duration_seconds_bucket{transport="udp",view="cluster",le="0.0001"} 2
            dnsgate_query_duration_seconds_bucket{transport="udp",view="cluster",le="0.5"} 2
            dnsgate_query_duration_seconds_bucket{transport="udp",view="cluster",le="1"} 3
            dnsgate_query_duration_seconds_bucket{transport="udp",view="cluster",le="+Inf"} 7
            dnsgate_query_duration_seconds_sum{transport="udp",view="cluster"} 20.25
            dnsgate_query_duration_seconds_count{transport="udp",view="cluster"} 7
            # HELP dnsgate_rounds_total Rounds.
            # TYPE dnsgate_rounds_total counter
            dnsgate_rounds_total{verdict="agrees"} 12
            dnsgate_rounds_total{verdict="disagrees"} 3
            # HELP dnsgate_time_to_open_seconds Not known yet.
            # TYPE dnsgate_time_to_open_seconds gauge

            """,
            text);
    }

    [Fact]
    public void Backslashes_quotes_and_line_breaks_are_escaped()
    {
        var text = PrometheusText.Render([new MetricFamily("a", MetricKind.Gauge, "one\\two\n\"three\"", [Number(1, "source", "x\\y\"z\n{}=,é")])]);

        Assert.Equal("# HELP a one\\\\two\\n\"three\"\n# TYPE a gauge\na{source=\"x\\\\y\\\"z\\n{}=,é\"} 1\n", text);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(0.00025, "0.00025")]
    [InlineData(1767225600.125, "1767225600.125")]
    [InlineData(9007199254740993, "9007199254740992")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void A_number_is_written_without_culture(double value, string text)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "–" } };
            Assert.EndsWith($"\na {text}\n", PrometheusText.Render([new MetricFamily("a", MetricKind.Gauge, "", [Number(value)])]), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Whatever_a_label_holds_it_reads_back_as_the_same_on_one_line() =>
        Prop.ForAll(
            Gen.Elements("aZ9\\\"\n\r\t{},=é\0".ToCharArray()).ArrayOf().Select(characters => new string(characters)).ToArbitrary(),
            value =>
            {
                var lines = PrometheusText.Render([new MetricFamily("a", MetricKind.Gauge, value, [Number(1, "b", value)])]).Split('\n');
                return lines.Length == 4 && lines[3].Length == 0 && Unescape(lines[2]["a{b=\"".Length..^"\"} 1".Length]) == value && Unescape(lines[0]["# HELP a ".Length..]) == value;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_in_which_things_are_given_makes_no_difference()
    {
        var families =
            from count in Gen.Choose(0, 6)
            from names in Gen.Shuffle(Enumerable.Range(0, count).ToArray())
            select names.Select(name => new MetricFamily(
                string.Create(CultureInfo.InvariantCulture, $"f{name}"),
                MetricKind.Gauge,
                "",
                [.. names.Select(value => Number(value, "x", string.Create(CultureInfo.InvariantCulture, $"{value}"), "y", "z"))])).ToList();

        Prop.ForAll(families.ToArbitrary(), some => PrometheusText.Render(some) == PrometheusText.Render([.. Reversed(some)])).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_number_after_Inf_is_the_count_and_no_bucket_holds_less_than_the_one_below()
    {
        var counts = Gen.Choose(0, 1_000_000).Select(count => (long)count).ArrayOf(5);
        Prop.ForAll(counts.ToArbitrary(), counts =>
        {
            var text = PrometheusText.Render([new MetricFamily("a", MetricKind.Histogram, "", [new Sample.Distribution([], [0.1, 0.2, 1, 5], [.. counts], 1)])]);
            long[] values = [.. text.Split('\n').Where(line => line.StartsWith("a_bucket", StringComparison.Ordinal)).Select(line => long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture))];
            return values.SequenceEqual(values.Order()) && values[^1] == counts.Sum() && text.EndsWith($"a_count {values[^1]}\n", StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();
    }

    private static IEnumerable<MetricFamily> Reversed(List<MetricFamily> families) => families
        .Select(family => family with { Samples = [.. family.Samples.Reverse().Select(sample => sample with { Labels = [.. sample.Labels.Reverse()] })] })
        .Reverse();

    private static Sample.Number Number(double value, params string[] labels) =>
        new([.. labels.Chunk(2).Select(pair => new Label(pair[0], pair[1]))], value);

    private static string Unescape(string text)
    {
        var plain = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            plain.Append(text[at] != '\\' ? text[at] : text[++at] == 'n' ? '\n' : text[at]);
        }

        return plain.ToString();
    }
}
