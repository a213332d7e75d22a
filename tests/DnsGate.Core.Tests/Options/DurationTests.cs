using DnsGate.Core.Text;

namespace DnsGate.Core.Tests.Options;

public sealed class DurationTests
{
    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("5s", 5_000)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("0ms", 0)]
    [InlineData("007s", 7_000)]
    [InlineData("8760h", 8760 * 3_600_000.0)]
    public void A_duration_is_a_whole_number_and_a_unit(string text, double milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration, out var problem), problem);
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("1.5s")]
    [InlineData("1e3s")]
    [InlineData("5 s")]
    [InlineData(" 5s")]
    [InlineData("5S")]
    [InlineData("5sec")]
    [InlineData("5d")]
    [InlineData("1h30m")]
    [InlineData("１s")]
    [InlineData("99999999999999999999s")]
    [InlineData("infinity")]
    public void Anything_else_is_none_and_the_problem_says_what_one_looks_like(string text)
    {
        Assert.False(Duration.TryParse(text, out _, out var problem));
        Assert.Contains("250ms, 5s, 2m or 1h", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8761h")]
    [InlineData("9223372036854775807ms")]
    [InlineData("9223372036854775807h")]
    public void More_than_a_year_is_too_long_and_does_not_overflow(string text)
    {
        Assert.False(Duration.TryParse(text, out _, out var problem));
        Assert.Contains("longer than a year", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("250ms")]
    [InlineData("5s")]
    [InlineData("90s")]
    [InlineData("2m")]
    [InlineData("1h")]
    [InlineData("0")]
    public void A_duration_is_written_the_way_it_is_read(string text)
    {
        Assert.True(Duration.TryParse(text, out var duration, out _));
        Assert.Equal(text, Duration.Format(duration));
    }

    [Theory]
    [InlineData("1000ms", "1s")]
    [InlineData("120s", "2m")]
    [InlineData("60m", "1h")]
    public void The_largest_unit_that_is_exact_is_written(string text, string written)
    {
        Assert.True(Duration.TryParse(text, out var duration, out _));
        Assert.Equal(written, Duration.Format(duration));
    }
}
