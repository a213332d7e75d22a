using DnsGate.Core.Discovery;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;

namespace DnsGate.Core.Tests.Discovery;

/// <summary>How long a result is used before its source is fetched again.</summary>
public sealed class HoldTimeTests
{
    private static readonly SourceResult Listed = SourceResult.Listed([]);

    // Seconds since the first fetch and since the first failure, and for how long the result is held.
    [Theory]
    [InlineData("a list at first", "", 0, 0, 10)]
    [InlineData("a list until 5 minutes after the first", "", 300, 0, 10)]
    [InlineData("then half of the time since", "", 340, 0, 20)]
    [InlineData("and longer", "", 400, 0, 50)]
    [InlineData("at most a minute", "", 420, 0, 60)]
    [InlineData("however long it takes", "", 86_400, 0, 60)]
    [InlineData("a definite failure", "Forbidden", 0, 0, 10)]
    [InlineData("a definite failure after a long time", "NotFound", 86_400, 86_400, 10)]
    [InlineData("the first failure", "Unreachable", 400, 0, 1)]
    [InlineData("the second", "Unreachable", 401, 1, 1)]
    [InlineData("for as long as it has failed", "Unreachable", 406, 6, 6)]
    [InlineData("at most 10 seconds", "Unreachable", 86_400, 86_400, 10)]
    public void A_response_of_the_API_is_held_longer_the_longer_it_stays_the_same(
        string which, string fault, double sinceFirst, double failingFor, double seconds)
    {
        foreach (var (chance, jitter) in new[] { (0, 0.9), (0.5, 1.0), (1.0, 1.1) })
        {
            var result = fault.Length == 0 ? Listed : SourceResult.Failed(Enum.Parse<DiscoveryFault>(fault), "it failed");
            var hold = HoldTime.OfApi(result, TimeSpan.FromSeconds(sinceFirst), TimeSpan.FromSeconds(failingFor), chance);
            Assert.Equal((which, TimeSpan.FromSeconds(seconds) * jitter, TimeSpan.FromSeconds(1)), (which, hold.Regular, hold.Forced));
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

    private static SourceResult Failed(int datagrams) =>
        SourceResult.Failed(DiscoveryFault.Unreachable, "it failed") with { DatagramsToOne = datagrams };

    private static HoldTime Seconds(double regular, double forced) => new(TimeSpan.FromSeconds(regular), TimeSpan.FromSeconds(forced));
}
