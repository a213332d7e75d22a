using DnsGate.Discover.Kube;
using DnsGate.TestKit;

namespace DnsGate.Tests.Kube;

/// <summary>How long a list is waited for: the first one, and one that is taken anew.</summary>
public sealed class KubeSourcePatienceTests
{
    private const string First = "10.244.0.5:53";
    private const string Both = "10.244.0.5:53 10.244.0.6:53";

    [Fact]
    public async Task The_first_list_is_tried_again_within_the_patience()
    {
        await using KubePod pod = new();
        pod.Server.Fault = KubeMisbehaving.First(2, KubeMisbehaving.Answers(KubeResponse.Unavailable()));
        Assert.Equal(First, await pod.NowAsync(pod.Open(watches: true)));
        Assert.True(pod.Server.Requests.Count >= 3);
    }

    [Theory]
    [InlineData(true, "Unreachable: no whole answer from the API server within 5s")]
    [InlineData(false, "Unreachable: the API server failed (503)")]
    public async Task When_the_patience_is_over_the_last_error_is_told_and_nobody_waits_again(bool isSilent, string expected)
    {
        ManualTime time = new();
        await using KubePod pod = new();
        pod.Server.Fault = isSilent ? KubeMisbehaving.NeverAnswers() : KubeMisbehaving.Answers(KubeResponse.Unavailable());
        KubeSource source = pod.Open(watches: true, time);
        Task<string> listing = pod.NowAsync(source);
        await pod.Server.WaitForRequestsAsync(1, pod.Stop);
        // After an error comes a pause of half a second at most; after silence, the patience is what ends first.
        while (!isSilent && !(time.UntilNextTimer <= TimeSpan.FromSeconds(0.5)))
        {
            Assert.False(pod.Stop.IsCancellationRequested);
            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }

        await time.WaitForTimersAsync(2, pod.Stop);
        time.Advance(KubePod.Patience - TimeSpan.FromTicks(1));
        Assert.False(listing.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(expected, await listing);
        Assert.Equal(expected, await pod.NowAsync(source));
    }

    [Fact]
    public async Task A_list_anew_asks_the_API_server_and_takes_the_place_of_a_watch_that_has_not_told()
    {
        await using KubePod pod = new();
        (KubeSource source, TestKit.KubeWatch watch) = await pod.OpenWatchedAsync(TimeProvider.System);
        watch.Stall();
        pod.Server.Slices.Set(EndpointSliceSpec.ForDns("b", 53, "10.244.0.6"));
        Assert.Equal(Both, await pod.NowAsync(source, anew: true));
        Assert.Equal(Both, await pod.NowAsync(source));
        await pod.Server.WaitForWatchAsync(2, pod.Stop);
        pod.Server.Slices.Remove("b");
        await pod.ExpectAsync(source, First);
    }

    [Fact]
    public async Task A_list_anew_takes_two_seconds_at_most_and_is_not_tried_again_for_as_long()
    {
        ManualTime time = new();
        await using KubePod pod = new();
        (KubeSource source, _) = await pod.OpenWatchedAsync(time);
        pod.Server.Fault = KubeMisbehaving.NeverAnswers();
        Task<string> listing = pod.NowAsync(source, anew: true);
        await pod.Server.WaitForRequestsAsync(3, pod.Stop);
        time.Advance(TimeSpan.FromSeconds(2));
        const string Silence = "Unreachable: no whole answer from the API server within 2s";
        Assert.Equal(Silence, await listing);

        pod.Server.Fault = null;
        time.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        Assert.Equal(Silence, await pod.NowAsync(source, anew: true));
        Assert.Equal(3, pod.Server.Requests.Count);
        Assert.Equal(Silence, await pod.NowAsync(source));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(First, await pod.NowAsync(source, anew: true));
        Assert.Equal(First, await pod.NowAsync(source));
    }

    [Fact]
    public async Task A_list_is_as_old_as_the_last_word_of_the_watch()
    {
        ManualTime time = new();
        await using KubePod pod = new();
        (KubeSource source, TestKit.KubeWatch watch) = await pod.OpenWatchedAsync(time);
        time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(TimeSpan.FromSeconds(50), (await source.ListAsync(anew: false, pod.Stop)).Age);

        watch.SendBookmark();
        while ((await source.ListAsync(anew: false, pod.Stop)).Age > TimeSpan.Zero)
            await Task.Delay(TimeSpan.FromMilliseconds(5), pod.Stop);
        Assert.Equal(TimeSpan.Zero, (await source.ListAsync(anew: true, pod.Stop)).Age);
    }

    [Fact]
    public async Task A_watch_that_has_said_nothing_since_the_API_server_was_asked_in_vain_is_doubted_until_it_speaks()
    {
        ManualTime time = new();
        await using KubePod pod = new();
        (KubeSource source, TestKit.KubeWatch watch) = await pod.OpenWatchedAsync(time);
        time.Advance(TimeSpan.FromSeconds(50));
        pod.Server.Fault = KubeMisbehaving.Answers(KubeResponse.Unavailable());
        Assert.StartsWith("Unreachable: the API server failed (503)", await pod.NowAsync(source, anew: true), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.StartsWith("Unreachable: the API server failed (503)", await pod.NowAsync(source), StringComparison.Ordinal);

        watch.SendBookmark();
        await pod.ExpectAsync(source, First);
    }
}
