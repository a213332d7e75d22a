using DnsGate.TestKit;

namespace DnsGate.Tests.Kube;

/// <summary>When the API server is asked again, and for how long a list is waited for.</summary>
public sealed class KubeSourceRefreshTests
{
    private const string First = "10.244.0.5:53";
    private const string Both = "10.244.0.5:53 10.244.0.6:53";
    private const string Failed = "Unreachable: the API server failed (503)";

    [Theory]
    [InlineData("at first", 0, 9, 11)]
    [InlineData("after ten minutes", 600, 54, 66)]
    public async Task A_list_is_held_and_costs_nothing_meanwhile(string when, double waited, double least, double most)
    {
        await using KubePod pod = new();
        var source = pod.Open();
        await pod.NowAsync(source);
        pod.Time.Advance(TimeSpan.FromSeconds(waited));
        await pod.NowAsync(source);
        var requests = pod.Server.Requests.Count;
        AddSecond(pod);

        pod.Time.Advance(TimeSpan.FromSeconds(least) - TimeSpan.FromTicks(1));
        Assert.Equal((when, First, requests), (when, await pod.NowAsync(source), pod.Server.Requests.Count));
        pod.Time.Advance(TimeSpan.FromSeconds(most - least) + TimeSpan.FromTicks(1));
        Assert.Equal((when, Both, requests + 1), (when, await pod.NowAsync(source), pod.Server.Requests.Count));
    }

    [Fact]
    public async Task A_forced_refresh_asks_at_once_but_once_a_second_at_most()
    {
        await using KubePod pod = new();
        var source = pod.Open();
        await pod.NowAsync(source);
        AddSecond(pod);

        pod.Time.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        Assert.Equal(First, await pod.NowAsync(source, forceRefresh: true));
        pod.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(Both, await pod.NowAsync(source, forceRefresh: true));
        Assert.Equal(2, pod.Server.Requests.Count);
    }

    [Fact]
    public async Task A_list_from_the_cache_of_the_API_server_never_stands_in_for_a_forced_refresh()
    {
        await using KubePod pod = new();
        var source = pod.Open();
        await pod.NowAsync(source);
        pod.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(First, await pod.NowAsync(source));
        AddSecond(pod);

        Assert.Equal(Both, await pod.NowAsync(source, forceRefresh: true));
        Assert.Equal([null, "0", null], pod.Server.Requests.Select(request => request.Query.GetValueOrDefault("resourceVersion")));
    }

    [Fact]
    public async Task Only_the_refreshes_while_waiting_may_come_from_the_cache_of_the_API_server()
    {
        await using KubePod pod = new();
        var source = pod.Open();
        await pod.NowAsync(source);
        pod.Time.Advance(TimeSpan.FromSeconds(11));
        await pod.NowAsync(source);
        await pod.RefreshAsync(source);

        Assert.Equal([null, "0", null], pod.Server.Requests.Select(request => request.Query.GetValueOrDefault("resourceVersion")));
    }

    [Fact]
    public async Task One_connection_carries_all_lists_and_ends_with_the_source()
    {
        await using KubePod pod = new();
        var source = pod.Open();
        for (var list = 0; list < 5; list++)
        {
            Assert.Equal(First, await pod.RefreshAsync(source));
        }

        Assert.Equal((1, 1), (pod.Server.OpenConnections, pod.Server.AcceptedConnections));

        source.Dispose();
        await pod.Server.WaitUntilAsync(() => pod.Server.OpenConnections == 0, pod.Stop);
    }

    [Fact]
    public async Task An_API_server_that_goes_away_is_a_problem_until_it_is_back()
    {
        await using KubePod pod = new();
        var source = pod.Open();
        Assert.Equal(First, await pod.NowAsync(source));
        pod.Server.Stop();
        Assert.Equal("Unreachable: the API server at SERVER cannot be reached: connection refused", await pod.RefreshAsync(source));
        AddSecond(pod);
        pod.Server.Start();
        Assert.Equal(Both, await pod.RefreshAsync(source));
    }

    [Fact]
    public async Task Before_the_next_source_is_used_the_first_list_is_tried_again_until_the_timeout()
    {
        await using KubePod pod = new();
        pod.Server.Fault = KubeMisbehaving.First(2, KubeMisbehaving.Answers(KubeResponse.Unavailable()));
        var listing = pod.ListOnceAsync(hasNext: true);
        for (var pause = 1; pause <= 2; pause++)
        {
            // The deadline and the pause.
            await pod.Time.WaitForTimersAsync(2, pod.Stop);
            Assert.InRange(pod.Time.UntilNextTimer!.Value, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
            pod.Time.AdvanceToNextTimer();
            await pod.Server.WaitForRequestsAsync(pause + 1, pod.Stop);
        }

        Assert.Equal(First, await listing);
    }

    [Theory]
    [InlineData("silence", "Unreachable: no whole answer from the API server within 5s")]
    [InlineData("failures", Failed)]
    public async Task At_the_timeout_the_last_failure_is_the_result(string what, string expected)
    {
        await using KubePod pod = new();
        pod.Server.Fault = what == "silence" ? KubeMisbehaving.NeverAnswers() : KubeMisbehaving.Answers(KubeResponse.Unavailable());
        var listing = pod.ListOnceAsync(hasNext: true);
        await pod.Time.WaitForTimersAsync(what == "silence" ? 1 : 2, pod.Stop);
        await pod.Server.WaitForRequestsAsync(1, pod.Stop);

        pod.Time.Advance(KubePod.Timeout);

        Assert.Equal(expected, await listing);
    }

    [Theory]
    [InlineData("404", "NotFound", true, 9, 11)]
    [InlineData("403", "Forbidden", true, 9, 11)]
    [InlineData("503", "Unreachable", false, 0.9, 1.1)]
    public async Task A_failure_is_the_result_at_once_and_is_tried_again_later_when_it_is_definite(
        string what, string fault, bool hasNext, double least, double most)
    {
        await using KubePod pod = new();
        pod.Server.Fault = KubeMisbehaving.Answers(what switch
        {
            "404" => KubeResponse.NotFoundPage(),
            "403" => KubeResponse.Failure(403, "Forbidden", "no"),
            _ => KubeResponse.Unavailable(),
        });
        var source = pod.Open(hasNext: hasNext);
        Assert.StartsWith(fault, await pod.NowAsync(source), StringComparison.Ordinal);
        pod.Server.Fault = null;

        pod.Time.Advance(TimeSpan.FromSeconds(least) - TimeSpan.FromTicks(1));
        Assert.StartsWith(fault, await pod.NowAsync(source), StringComparison.Ordinal);
        pod.Time.Advance(TimeSpan.FromSeconds(most - least) + TimeSpan.FromTicks(1));
        Assert.Equal(First, await pod.NowAsync(source));
        Assert.Equal(2, pod.Server.Requests.Count);
    }

    [Fact]
    public async Task A_refresh_takes_two_seconds_at_most_and_is_not_tried_again_meanwhile()
    {
        await using KubePod pod = new();
        var source = pod.Open();
        await pod.NowAsync(source);
        pod.Server.Fault = KubeMisbehaving.NeverAnswers();
        var listing = pod.RefreshAsync(source);
        await pod.Server.WaitForRequestsAsync(2, pod.Stop);
        pod.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("Unreachable: no whole answer from the API server within 2s", await listing);

        pod.Server.Fault = null;
        Assert.StartsWith("Unreachable: ", await pod.NowAsync(source, forceRefresh: true), StringComparison.Ordinal);
        Assert.Equal(2, pod.Server.Requests.Count);
        Assert.Equal(First, await pod.RefreshAsync(source));
    }

    private static void AddSecond(KubePod pod) => pod.Server.Slices.Set(EndpointSliceSpec.ForDns("b", 53, "10.244.0.6"));
}
