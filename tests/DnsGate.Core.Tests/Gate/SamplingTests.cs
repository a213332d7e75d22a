using DnsGate.Core.Model;
using DnsGate.Core.Report;
using DnsGate.Core.Rules;

namespace DnsGate.Core.Tests.Gate;

/// <summary>What the samples of a virtual address are worth: 2, 5 and 10 servers need 8, 28 and 66 draws for 99 %.</summary>
public sealed class SamplingTests
{
    [Theory]
    [InlineData(8, 2)]
    [InlineData(28, 5)]
    [InlineData(66, 10)]
    public void So_many_draws_meet_all_servers_in_99_of_100_windows_and_one_draw_fewer_does_not(int draws, int servers)
    {
        Assert.True(Sampling.Confidence(draws, servers) >= 0.99);
        Assert.True(Sampling.Confidence(draws - 1, servers) < 0.99);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 2, 0.5)]
    [InlineData(3, 3, 6.0 / 27)]
    [InlineData(0, 2, 0)]
    public void Small_cases_can_be_counted_by_hand(int draws, int servers, double chance) =>
        Assert.Equal(chance, Sampling.Confidence(draws, servers), 12);

    [Fact]
    public void The_formula_agrees_with_drawing()
    {
#pragma warning disable CA5394 // Draws that can be repeated are the point.
        var random = new Random(5);
        var met = Enumerable.Range(0, 20_000).Count(_ => Enumerable.Range(0, 20).Select(_ => random.Next(8)).Distinct().Count() == 8);
#pragma warning restore CA5394
        Assert.Equal(Sampling.Confidence(20, 8), met / 20_000.0, 0.02);
    }

    [Theory]
    [InlineData(3, 5, 1, 48)]
    [InlineData(3, 0, 1, 24)]
    [InlineData(10, 5, 1, 80)]
    [InlineData(3, 30, 1, 248)]
    [InlineData(3, 5, 0.5, 88)]
    public void A_window_draws_in_each_of_its_rounds(int rounds, double settle, double interval, int draws) =>
        Assert.Equal(draws, Sampling.DrawsOfWindow(new SettleRule(rounds, TimeSpan.FromSeconds(settle)), TimeSpan.FromSeconds(interval)));

    [Theory]
    [InlineData(1, "100.0 %")]
    [InlineData(0.99999, "99.9 %")]
    [InlineData(0.5, "50.0 %")]
    [InlineData(0, "0.0 %")]
    public void A_percentage_is_never_rounded_up(double chance, string text) => Assert.Equal(text, ExplainReport.Percent(chance));
}
