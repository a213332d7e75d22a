using DnsGate.Core.Options;
using DnsGate.Discovery;

namespace DnsGate.Tests.Discovery;

/// <summary>How much of its time a verb spends on a source that does not answer.</summary>
public sealed class TimeoutTests
{
    [Theory]
    [InlineData("check", "800ms", 0.2, 0.4)]
    [InlineData("check with a minute", "1m", 5, 5)]
    [InlineData("one round without a limit", "0", 5, 5)]
    [InlineData("wait", "10m", 5, 5)]
    [InlineData("a wait without a limit", "none", 5, 5)]
    [InlineData("a short wait", "2s", 0.5, 1)]
    public void A_source_may_take_5_seconds_and_half_of_the_time_or_a_quarter_where_another_follows(
        string sentence, string timeout, double withNext, double alone)
    {
        OptionReader reader = new(new Dictionary<OptionDefinition, IReadOnlyList<string>> { [OptionTable.Timeout] = [timeout] }, _ => null);
        var limit = reader.Read(TimeSpan.FromSeconds(1)).Timeout;
        Assert.Empty(reader.Problems);

        Assert.Equal(
            (sentence, TimeSpan.FromSeconds(withNext), TimeSpan.FromSeconds(alone)),
            (sentence, Sources.TimeoutOf(limit, hasNext: true), Sources.TimeoutOf(limit, hasNext: false)));
    }
}
