using DnsGate.Core.Servers;

namespace DnsGate.Core.Tests.Servers;

/// <summary>How long a list is used before its source is fetched again.</summary>
public sealed class HoldTimeTests
{
    [Theory]
    [InlineData("at first", 0, false, 10)]
    [InlineData("until 5 minutes after the first list", 300, false, 10)]
    [InlineData("then half of the time since", 340, false, 20)]
    [InlineData("and longer", 400, false, 50)]
    [InlineData("at most a minute", 420, false, 60)]
    [InlineData("however long it takes", 86_400, false, 60)]
    [InlineData("a failure", 0, true, 10)]
    [InlineData("a failure after a long time", 86_400, true, 10)]
    public void A_list_of_the_API_is_held_for_10_seconds_and_after_5_minutes_longer(string when, double sinceFirst, bool failed, double seconds)
    {
        foreach ((double chance, double jitter) in new[] { (0, 0.9), (0.5, 1.0), (1.0, 1.1) })
        {
            HoldTime hold = HoldTime.OfApi(failed, TimeSpan.FromSeconds(sinceFirst), chance);
            Assert.Equal((when, TimeSpan.FromSeconds(seconds) * jitter, TimeSpan.FromSeconds(1)), (when, hold.Regular, hold.Forced));
        }
    }
}
