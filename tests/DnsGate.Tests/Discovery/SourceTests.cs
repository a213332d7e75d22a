using DnsGate.Core.Discovery;
using DnsGate.Core.Model;
using DnsGate.TestKit;

namespace DnsGate.Tests.Discovery;

/// <summary>What a source remembers: its last good list, how old it is, and for how long it has failed; and when it is fetched.</summary>
public sealed class SourceTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly FakeSource source;

    public SourceTests() => source = new FakeSource("fake", Coverage.Complete, time);

    public void Dispose() => source.Dispose();

    // Each step: what the source returns then, and how many seconds pass before it is asked.
    [Theory]
    [InlineData("a list", "10.0.0.1", "10.0.0.1, age 0")]
    [InlineData("a newer list takes its place", "10.0.0.1; 5 10.0.0.2", "10.0.0.2, age 0")]
    [InlineData("a failure before any list", "Unreachable", "nothing, Unreachable for 0")]
    [InlineData("failures before any list", "Unreachable; 3 Absent; 4 Unreachable", "nothing, Unreachable for 7")]
    [InlineData("a failure after a list", "10.0.0.1; 5 Unreachable", "10.0.0.1, age 5, Unreachable for 0")]
    [InlineData("failures after a list", "10.0.0.1; 5 Unreachable; 60 Forbidden", "10.0.0.1, age 65, Forbidden for 60")]
    [InlineData("a list after failures", "10.0.0.1; 5 Unreachable; 60 10.0.0.2", "10.0.0.2, age 0")]
    [InlineData("other failures later", "10.0.0.1; 5 Unreachable; 5 10.0.0.2; 5 Unreachable; 3 Empty", "10.0.0.2, age 8, Empty for 3")]
    public async Task The_last_good_list_is_kept_with_its_age(string sentence, string steps, string expected)
    {
        SourceState state = new("", Coverage.None);
        foreach (var step in steps.Split("; ").Select(text => text.Split(' ')))
        {
            time.Advance(TimeSpan.FromSeconds(step.Length == 1 ? 0 : int.Parse(step[0])));
            source.Says = step[^1];
            state = await ListAsync();
        }

        Assert.Equal((sentence, expected), (sentence, Text(state)));
        Assert.Equal(("fake", Coverage.Complete, 2), (state.Name, state.Coverage, state.DatagramsToOne));
        Assert.Equal([$"note on {source.Says}"], state.Notes);
    }

    [Theory]
    [InlineData(false, 10)]
    [InlineData(true, 1)]
    public async Task A_result_is_held_for_its_time_ages_and_costs_nothing(bool forceRefresh, int seconds)
    {
        using FakeSource source =
            new("fake", Coverage.Complete, time, new HoldTime(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1))) { Says = "10.0.0.1" };
        await source.ListAsync(forceRefresh, CancellationToken.None);
        source.Says = "10.0.0.2";

        var almost = TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1);
        time.Advance(almost);
        var held = await source.ListAsync(forceRefresh, CancellationToken.None);
        time.Advance(TimeSpan.FromTicks(1));
        var fresh = await source.ListAsync(forceRefresh, CancellationToken.None);

        Assert.Equal(("10.0.0.1", almost, 0), (Servers(held), held.Age, held.DatagramsToOne));
        Assert.Equal(("10.0.0.2", TimeSpan.Zero, 2), (Servers(fresh), fresh.Age, fresh.DatagramsToOne));
        Assert.Equal([(forceRefresh, true), (forceRefresh, false)], source.Fetches);
    }

    [Fact]
    public async Task A_fetch_that_is_stopped_changes_nothing()
    {
        source.Says = "10.0.0.1";
        await ListAsync();
        source.Says = "Unreachable";
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            source.ListAsync(forceRefresh: false, new CancellationToken(canceled: true)));
        source.Says = "10.0.0.1";
        Assert.Equal("10.0.0.1, age 0", Text(await ListAsync()));
    }

    private Task<SourceState> ListAsync() => source.ListAsync(forceRefresh: false, CancellationToken.None);

    private static string Servers(SourceState state) => string.Join(' ', state.LastGood.Select(server => server.Address.Address));

    private static string Text(SourceState state) =>
        (state.LastGood.IsEmpty ? "nothing" : $"{Servers(state)}, age {state.Age.TotalSeconds}")
        + (state.Problem is { } problem ? $", {problem.Fault} for {state.FailingFor.TotalSeconds}" : "");
}
