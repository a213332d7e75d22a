using DnsGate.Core.Report.Metrics;

namespace DnsGate.Core.Tests.Report.Metrics;

public sealed class PrometheusNameTests
{
    [Theory]
    [InlineData("dots become underscores", "dnsgate.open", null, MetricKind.Gauge, "dnsgate_open")]
    [InlineData("so does everything else that Prometheus does not know", "dnsgate.query-duration/x", "", MetricKind.Gauge, "dnsgate_query_duration_x")]
    [InlineData("seconds are written out", "dnsgate.query.duration", "s", MetricKind.Histogram, "dnsgate_query_duration_seconds")]
    [InlineData("a unit that is in the name already is not repeated", "dnsgate.uptime.seconds", "s", MetricKind.Gauge, "dnsgate_uptime_seconds")]
    [InlineData("bytes are written out", "dnsgate.memory", "By", MetricKind.Gauge, "dnsgate_memory_bytes")]
    [InlineData("a note of what is counted is no unit", "dnsgate.servers", "{server}", MetricKind.Gauge, "dnsgate_servers")]
    [InlineData("a counter ends with _total", "dnsgate.rounds", "{round}", MetricKind.Counter, "dnsgate_rounds_total")]
    [InlineData("after the unit", "dnsgate.waiting", "s", MetricKind.Counter, "dnsgate_waiting_seconds_total")]
    [InlineData("once", "dnsgate.rounds.total", null, MetricKind.Counter, "dnsgate_rounds_total")]
    public void An_instrument_becomes_a_family(string sentence, string instrument, string? unit, MetricKind kind, string name) =>
        Assert.Equal((sentence, name), (sentence, PrometheusName.Of(instrument, unit, kind)));

    [Fact]
    public void A_unit_without_a_word_is_a_mistake_in_the_program() =>
        Assert.Throws<ArgumentException>(() => PrometheusName.Of("dnsgate.x", "furlong", MetricKind.Gauge));
}
