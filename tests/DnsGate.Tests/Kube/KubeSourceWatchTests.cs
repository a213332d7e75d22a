using DnsGate.Discover.Kube;
using DnsGate.TestKit;

namespace DnsGate.Tests.Kube;

/// <summary>The list that a watch keeps up to date, and what becomes of it when the watch ends in all the ways in which it may.</summary>
public sealed class KubeSourceWatchTests
{
    private const string First = "10.244.0.5:53";
    private const string Both = "10.244.0.5:53 10.244.0.6:53";

    [Fact]
    public async Task A_server_that_is_added_and_removed_is_listed_and_no_more()
    {
        await using KubePod pod = new();
        KubeSource source = pod.Open(watches: true);
        Assert.Equal(First, await pod.NowAsync(source));

        AddSecond(pod);
        await pod.ExpectAsync(source, Both);
        pod.Server.Slices.Remove("a");
        await pod.ExpectAsync(source, "10.244.0.6:53");
        pod.Server.Slices.Remove("b");
        await pod.ExpectAsync(source, "Empty: Service kube-system/kube-dns has no EndpointSlices: there is no such Service, or it has no selector");
        AddSecond(pod);
        await pod.ExpectAsync(source, "10.244.0.6:53");

        Assert.Single(pod.Server.Watches);
        Assert.Equal(2, pod.Server.Requests.Count);
    }

    [Fact]
    public async Task A_watch_asks_for_bookmarks_and_to_be_ended_within_minutes()
    {
        await using KubePod pod = new();
        pod.Open(watches: true);
        KubeRequest request = (await pod.Server.WaitForWatchAsync(1, pod.Stop)).Request;
        Assert.Equal("true", request.Query["allowWatchBookmarks"]);
        Assert.InRange(int.Parse(request.Query["timeoutSeconds"]), 240, 360);
        Assert.Equal(pod.Server.Slices.ResourceVersion, request.ResourceVersion);
    }

    [Theory]
    [InlineData("its end")]
    [InlineData("fin")]
    [InlineData("rst")]
    [InlineData("half a line")]
    public async Task A_watch_that_is_over_goes_on_from_its_last_bookmark_and_misses_nothing(string end)
    {
        await using KubePod pod = new();
        KubeSource source = pod.Open(watches: true);
        await pod.ExpectAsync(source, First);
        TestKit.KubeWatch watch = await pod.Server.WaitForWatchAsync(1, pod.Stop);
        AddSecond(pod);
        await pod.ExpectAsync(source, Both);
        long bookmark = pod.Server.Slices.ChangeSomethingElse();
        watch.SendBookmark();
        switch (end)
        {
            case "its end":
                watch.End();
                break;
            case "half a line":
                watch.CutInLine(TcpCut.Fin);
                break;
            default:
                // The end may outrun the bookmark, which this row does not need to be read.
                watch.Send(" \n");
                watch.Cut(end == "fin" ? TcpCut.Fin : TcpCut.Rst);
                bookmark = 0;
                break;
        }

        // Lists go on without a problem meanwhile, and what happens in between is told by the next watch.
        Assert.Equal(Both, await pod.NowAsync(source));
        pod.Server.Slices.Remove("a");
        await pod.ExpectAsync(source, "10.244.0.6:53");
        KubeRequest next = (await pod.Server.WaitForWatchAsync(2, pod.Stop)).Request;
        Assert.True(next.ResourceVersion >= bookmark, $"{next.ResourceVersion} < {bookmark}");
        Assert.Equal(1, pod.Server.Requests.Count(request => !request.IsWatch));
    }

    [Theory]
    [InlineData(ExpiredAnswer.Event)]
    [InlineData(ExpiredAnswer.Status)]
    public async Task A_watch_from_a_version_that_is_forgotten_is_followed_by_a_new_list(ExpiredAnswer answer)
    {
        await using KubePod pod = new();
        pod.Server.Expires = answer;
        KubeSource source = pod.Open(watches: true);
        await pod.ExpectAsync(source, First);
        TestKit.KubeWatch watch = await pod.Server.WaitForWatchAsync(1, pod.Stop);
        watch.Stall();
        AddSecond(pod);
        pod.Server.Slices.Compact();
        watch.Cut(TcpCut.Fin);

        await pod.ExpectAsync(source, Both);
        Assert.Equal(2, pod.Server.Requests.Count(request => !request.IsWatch));
    }

    [Theory]
    [InlineData("410")]
    [InlineData("500")]
    [InlineData("no event")]
    [InlineData("huge")]
    public async Task An_error_within_a_watch_is_followed_by_a_new_list(string error)
    {
        await using KubePod pod = new();
        KubeSource source = pod.Open(watches: true);
        await pod.ExpectAsync(source, First);
        TestKit.KubeWatch watch = await pod.Server.WaitForWatchAsync(1, pod.Stop);
        switch (error)
        {
            case "410":
                watch.Expire();
                break;
            case "500":
                watch.Send("""{"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcd"}}""" + "\n");
                await pod.ExpectAsync(source, "Unreachable: the API server ended the watch (500): etcd");
                break;
            case "no event":
                watch.Send("<html>\n");
                await pod.ExpectAsync(source, "Unreachable: the answer of the API server is not JSON");
                break;
            default:
                watch.SendHugeLine(1_100_000);
                await pod.ExpectAsync(source, "Unreachable: the API server sent an event larger than 1 MiB");
                break;
        }

        await pod.Server.WaitForWatchAsync(2, pod.Stop);
        await pod.ExpectAsync(source, First);
        Assert.Equal(2, pod.Server.Requests.Count(request => !request.IsWatch));
    }

    [Fact]
    public async Task An_event_of_almost_a_mebibyte_is_read()
    {
        await using KubePod pod = new();
        KubeSource source = pod.Open(watches: true);
        await pod.ExpectAsync(source, First);
        pod.Server.Slices.Set(EndpointSliceSpec.ForDns("b", 53, "10.244.0.6") with { Spoil = slice => slice["noise"] = new string('x', 1_000_000) });
        await pod.ExpectAsync(source, Both);
        Assert.Single(pod.Server.Watches);
    }

    [Fact]
    public async Task An_API_server_that_goes_away_is_a_problem_until_it_is_back()
    {
        await using KubePod pod = new();
        KubeSource source = pod.Open(watches: true);
        await pod.ExpectAsync(source, First);
        await pod.Server.WaitForWatchAsync(1, pod.Stop);
        pod.Server.Stop();
        await pod.ExpectAsync(source, "Unreachable: the API server at SERVER cannot be reached: connection refused");
        AddSecond(pod);
        pod.Server.Start();
        await pod.ExpectAsync(source, Both);
        Assert.Equal(1, pod.Server.Requests.Count(request => !request.IsWatch));
    }

    [Fact]
    public async Task A_watch_that_is_forbidden_while_the_list_is_not_is_a_problem_and_asked_for_slowly()
    {
        ManualTime time = new();
        await using KubePod pod = new();
        pod.Server.Forbidden = KubeVerbs.Watch;
        KubeSource source = pod.Open(watches: true, time);
        await pod.ExpectAsync(source, "Forbidden: service account prod/default may not list and watch EndpointSlices in namespace kube-system (403): it needs the Role dnsgate");
        pod.Server.Forbidden = KubeVerbs.None;
        await time.WaitForTimersAsync(1, pod.Stop);
        Assert.InRange(time.UntilNextTimer!.Value, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
        time.AdvanceToNextTimer();
        await pod.ExpectAsync(source, First);
    }

    [Fact]
    public async Task A_definite_failure_is_told_at_once_and_tried_again_slowly()
    {
        ManualTime time = new();
        await using KubePod pod = new();
        pod.Server.Fault = KubeMisbehaving.Answers(KubeResponse.NotFoundPage());
        KubeSource source = pod.Open(watches: true, time);
        Assert.StartsWith("NotFound: ", await pod.NowAsync(source), StringComparison.Ordinal);
        pod.Server.Fault = null;
        await time.WaitForTimersAsync(1, pod.Stop);
        Assert.InRange(time.UntilNextTimer!.Value, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
        time.AdvanceToNextTimer();
        await pod.ExpectAsync(source, First);
    }

    [Fact]
    public async Task A_connection_that_died_without_notice_is_noticed_when_the_watch_should_have_ended()
    {
        ManualTime time = new();
        await using KubePod pod = new();
        KubeSource source = pod.Open(watches: true, time);
        await pod.ExpectAsync(source, First);
        TestKit.KubeWatch watch = await pod.Server.WaitForWatchAsync(1, pod.Stop);
        watch.Stall();
        AddSecond(pod);
        int seconds = int.Parse(watch.Request.Query["timeoutSeconds"]);

        time.Advance(TimeSpan.FromSeconds(seconds + 10));
        while (pod.Server.Watches.Count < 2)
        {
            Assert.False(pod.Stop.IsCancellationRequested);
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }

        await pod.ExpectAsync(source, Both);
    }

    [Fact]
    public async Task Disposal_ends_the_watch_and_every_connection()
    {
        await using KubePod pod = new();
        KubeSource source = pod.Open(watches: true);
        await pod.ExpectAsync(source, First);
        await pod.Server.WaitForWatchAsync(1, pod.Stop);
        await pod.NowAsync(source, anew: true);
        Assert.True(pod.Server.OpenConnections > 0);

        await source.DisposeAsync();
        await pod.Server.WaitUntilAsync(() => pod.Server.OpenConnections == 0, pod.Stop);
        await source.DisposeAsync();
        Assert.Equal("Unreachable: the watch was stopped", await pod.NowAsync(source));
    }

    private static void AddSecond(KubePod pod) => pod.Server.Slices.Set(EndpointSliceSpec.ForDns("b", 53, "10.244.0.6"));
}
