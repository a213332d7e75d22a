using DnsGate.Core.Options;
using DnsGate.Discovery;

namespace DnsGate.Tests.Discovery;

/// <summary>How much of its time a verb spends on a source that does not answer.</summary>
public sealed class TimeoutTests
{
    [Theory]
    [InlineData("check", "800ms", 0.1, 0.4)]
    [InlineData("explain", "10s", 1.25, 5)]
    [InlineData("check with a minute", "1m", 5, 5)]
    [InlineData("one round without a limit", "0", 5, 5)]
    [InlineData("wait", "10m", 5, 5)]
    [InlineData("a wait without a limit", "none", 5, 5)]
    [InlineData("a short wait", "2s", 0.25, 1)]
    public void A_source_may_take_5_seconds_and_its_part_of_the_time(
        string sentence, string timeout, double eighth, double half)
    {
        OptionReader reader = new(new Dictionary<OptionDefinition, IReadOnlyList<string>> { [OptionTable.Timeout] = [timeout] }, _ => null);
        var limit = reader.Read(TimeSpan.FromSeconds(1)).Timeout;
        Assert.Empty(reader.Problems);

        Assert.Equal(
            (sentence, TimeSpan.FromSeconds(eighth), TimeSpan.FromSeconds(half)),
            (sentence, Sources.TimeoutOf(limit, 8), Sources.TimeoutOf(limit, 2)));
    }
}
