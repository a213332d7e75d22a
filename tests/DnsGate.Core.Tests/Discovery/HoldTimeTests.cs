using DnsGate.Core.Discovery;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;

namespace DnsGate.Core.Tests.Discovery;

/// <summary>How long a result is used before its source is fetched again.</summary>
public sealed class HoldTimeTests
{
    private static readonly SourceResult Listed = SourceResult.Of([]);

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
        foreach (var (chance, jitter) in new[] { (0, 0.9), (0.5, 1.0), (1.0, 1.1) })
        {
            var hold = HoldTime.OfApi(failed ? Failed(0) : Listed, TimeSpan.FromSeconds(sinceFirst), chance);
            Assert.Equal((when, TimeSpan.FromSeconds(seconds) * jitter, TimeSpan.FromSeconds(1)), (when, hold.Regular, hold.Forced));
        }
    }

    // Regular and forced, in seconds; datagrams of a walk that failed, -1 of one that did not.
    [Theory]
    [InlineData("a list", -1, 5, 1, 60, 60)]
    [InlineData("a failure", 0, 5, 1, 5, 5)]
    [InlineData("a failure that took few questions", 20, 5, 1, 5, 5)]
    [InlineData("a failure that took many questions", 66, 16.5, 1, 16.5, 16.5)]
    public void What_name_servers_return_is_held_longer_when_it_costs_them_more(
        string what, int datagrams, double headless, double headlessForced, double authoritative, double authoritativeForced)
    {
        var result = datagrams < 0 ? Listed : Failed(datagrams);
        Assert.Equal((what, Seconds(headless, headlessForced)), (what, HoldTime.OfHeadless(result)));
        Assert.Equal((what, Seconds(authoritative, authoritativeForced)), (what, HoldTime.OfAuthoritative(result)));
    }

    [Fact]
    public void Failed_walks_take_half_of_the_questions_that_a_server_may_be_asked() =>
        Assert.Equal(Pace.QuestionsPerSecond / 2, 66 / HoldTime.OfAuthoritative(Failed(66)).Regular.TotalSeconds);

    private static SourceResult Failed(int datagrams) => SourceResult.Failed(DiscoveryFault.Unreachable, "it failed") with { DatagramsToOne = datagrams };

    private static HoldTime Seconds(double regular, double forced) => new(TimeSpan.FromSeconds(regular), TimeSpan.FromSeconds(forced));
}
