using DnsGate.Core.Spec;
using DnsGate.Discover;

namespace DnsGate.Tests.Discover;

/// <summary>How patiently each verb looks for servers.</summary>
public sealed class DiscoveryPlanTests
{
    [Theory]
    [InlineData("check", false, "800ms", 0.2)]
    [InlineData("check with a minute", false, "1m", 5)]
    [InlineData("check in one round without end", false, "0", 5)]
    [InlineData("wait", true, "10m", 5)]
    [InlineData("wait for ever", true, "none", 5)]
    [InlineData("a wait that would be over before anybody was asked", true, "2s", 0.5)]
    public void A_source_that_does_not_answer_takes_five_seconds_and_a_quarter_of_the_time_at_most(string sentence, bool waits, string timeout, double seconds)
    {
        SpecReader reader = new(new Dictionary<Setting, IReadOnlyList<string>> { [Settings.Timeout] = [timeout] }, _ => null);
        TimeLimit limit = reader.Read(TimeSpan.FromSeconds(1)).Timeout;
        Assert.Empty(reader.Problems);

        DiscoveryPlan plan = waits ? DiscoveryPlan.Waiting(limit) : DiscoveryPlan.OneRound(limit);

        Assert.Equal((sentence, TimeSpan.FromSeconds(seconds), waits), (sentence, plan.Patience, plan.Watches));
    }
}
