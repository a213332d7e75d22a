using System.Text.Json.Nodes;
using DnsGate.TestKit;

namespace DnsGate.Tests.Kube;

/// <summary>The watches of the tests' API server.</summary>
public sealed class KubeApiServerWatchTests : IAsyncLifetime
{
    private const string ByService = "labelSelector=kubernetes.io%2Fservice-name%3Dkube-dns";
    private static readonly EndpointSliceSpec Slice = EndpointSliceSpec.ForDns("kube-dns-1", 5301, "10.244.0.3");

    private readonly ManualTime _time = new();
    private KubeApiServer _server = null!;
    private PlainKubeClient _client = null!;

    public ValueTask InitializeAsync()
    {
        _server = new KubeApiServer(time: _time);
        _client = new PlainKubeClient(_server);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Sees_what_was_added_changed_and_deleted_after_its_resource_version()
    {
        long before = _server.Slices.Set(Slice with { Name = "earlier" });
        _server.Slices.Set(Slice);
        using PlainKubeClient.Events events = await _client.WatchAsync(before.ToString(), ByService);
        await _server.WaitForWatchAsync().WaitAsync(PlainKubeClient.Limit);

        long changed = _server.Slices.Set(Slice with { Endpoints = [] });
        _server.Slices.Set(Slice with { Name = "foreign", Service = "another" });
        long? deleted = _server.Slices.Remove(Slice.Name);

        Assert.Equal("ADDED kube-dns-1", await events.ReadAsync());
        JsonNode modified = await events.ReadJsonAsync();
        Assert.Equal(("MODIFIED", changed.ToString()), (modified["type"]!.GetValue<string>(), PlainKubeClient.VersionOf(modified["object"]!)));
        Assert.Equal("EndpointSlice", modified["object"]!["kind"]!.GetValue<string>());
        JsonNode last = await events.ReadJsonAsync();
        Assert.Equal(("DELETED", deleted.ToString()), (last["type"]!.GetValue<string>(), PlainKubeClient.VersionOf(last["object"]!)));
    }

    [Fact]
    public async Task Begins_with_all_there_is_when_it_names_no_resource_version()
    {
        _server.Slices.Set(Slice);
        _server.Slices.Set(Slice with { Name = "gone" });
        _server.Slices.Remove("gone");
        using PlainKubeClient.Events events = await _client.WatchAsync("", ByService);

        Assert.Equal("ADDED kube-dns-1", await events.ReadAsync());
        _server.Slices.Set(Slice);
        Assert.Equal("MODIFIED kube-dns-1", await events.ReadAsync());
    }

    [Fact]
    public async Task Sees_a_slice_come_and_go_when_its_label_changes()
    {
        _server.Slices.Set(Slice with { Service = "another" });
        using PlainKubeClient.Events events = await _client.WatchAsync(_server.Slices.ResourceVersion.ToString(), ByService);

        _server.Slices.Set(Slice);
        _server.Slices.Set(Slice with { Service = null });

        Assert.Equal("ADDED kube-dns-1", await events.ReadAsync());
        Assert.Equal("DELETED kube-dns-1", await events.ReadAsync());
    }

    [Fact]
    public async Task Gets_bookmarks_on_demand_and_as_time_passes()
    {
        _server.BookmarkInterval = TimeSpan.FromMinutes(1);
        using PlainKubeClient.Events events = await _client.WatchAsync(_server.Slices.ResourceVersion.ToString());
        await _server.WaitForWatchAsync().WaitAsync(PlainKubeClient.Limit);
        long version = _server.Slices.ChangeSomethingElse();

        _server.SendBookmarks();
        JsonNode onDemand = await events.ReadJsonAsync();
        long later = _server.Slices.ChangeSomethingElse();
        _time.Advance(TimeSpan.FromMinutes(1));
        JsonNode inTime = await events.ReadJsonAsync();

        Assert.Equal(("BOOKMARK", version.ToString()), (onDemand["type"]!.GetValue<string>(), PlainKubeClient.VersionOf(onDemand["object"]!)));
        Assert.Equal(("BOOKMARK", later.ToString()), (inTime["type"]!.GetValue<string>(), PlainKubeClient.VersionOf(inTime["object"]!)));
    }

    [Fact]
    public async Task Ends_at_its_timeout_and_leaves_the_connection_usable()
    {
        using PlainKubeClient.Events events = await _client.WatchAsync(_server.Slices.ResourceVersion.ToString(), "timeoutSeconds=300");
        await _server.WaitForWatchAsync().WaitAsync(PlainKubeClient.Limit);
        Task<string?> line = events.ReadLineAsync();

        _time.Advance(TimeSpan.FromSeconds(299));
        Assert.False(line.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await line);
        await _client.ListAsync();
        Assert.Equal((0, 1L), (_server.OpenWatches, _server.AcceptedConnections));
    }

    [Theory]
    [InlineData(ExpiredAnswer.Event, 200, "object")]
    [InlineData(ExpiredAnswer.Status, 410, "")]
    public async Task Is_gone_from_a_forgotten_resource_version_in_either_way(ExpiredAnswer answer, int httpStatus, string within)
    {
        _server.Expires = answer;
        long old = _server.Slices.Set(Slice);
        long newest = _server.Slices.Set(Slice);
        _server.Slices.Compact();

        JsonNode json = await _client.GetJsonAsync($"{PlainKubeClient.Slices}?watch=1&resourceVersion={old}", httpStatus);

        JsonNode status = within == "" ? json : json[within]!;
        Assert.Equal((410, "Expired"), (status["code"]!.GetValue<int>(), status["reason"]!.GetValue<string>()));
        Assert.Equal($"too old resource version: {old} ({newest})", status["message"]!.GetValue<string>());
        Assert.Equal(within != "", json["type"]?.GetValue<string>() == "ERROR");
        using PlainKubeClient.Events current = await _client.WatchAsync(newest.ToString());
    }

    [Fact]
    public async Task Can_expire_while_it_is_open()
    {
        using PlainKubeClient.Events events = await _client.WatchAsync(_server.Slices.ResourceVersion.ToString());
        (await _server.WaitForWatchAsync().WaitAsync(PlainKubeClient.Limit)).Expire();

        Assert.Equal("ERROR", await events.ReadAsync());
        Assert.Null(await events.ReadLineAsync());
    }

    [Fact]
    public async Task From_the_future_is_refused()
    {
        JsonNode status = await _client.GetJsonAsync($"{PlainKubeClient.Slices}?watch=1&resourceVersion=99999999", status: 504);

        Assert.StartsWith("Too large resource version", status["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task Is_counted_while_its_client_is_there()
    {
        PlainKubeClient.Events events = await _client.WatchAsync(_server.Slices.ResourceVersion.ToString());
        KubeWatch watch = await _server.WaitForWatchAsync().WaitAsync(PlainKubeClient.Limit);
        Assert.Equal((1, 1), (_server.OpenWatches, _server.OpenConnections));

        events.Dispose();
        await _server.WaitUntilAsync(() => _server.OpenWatches == 0 && _server.OpenConnections == 0).WaitAsync(PlainKubeClient.Limit);

        Assert.False(watch.IsOpen);
    }

    [Fact]
    public async Task Holds_events_back_while_it_is_stalled()
    {
        using PlainKubeClient.Events events = await _client.WatchAsync(_server.Slices.ResourceVersion.ToString(), "timeoutSeconds=1");
        KubeWatch watch = await _server.WaitForWatchAsync().WaitAsync(PlainKubeClient.Limit);

        watch.Stall();
        _server.Slices.Set(Slice);
        _time.Advance(TimeSpan.FromHours(1));
        watch.Send("""{"type":"MARK","object":{"metadata":{}}}""" + "\n");
        Assert.Equal("MARK", await events.ReadAsync());
        watch.Resume();

        Assert.Equal("ADDED kube-dns-1", await events.ReadAsync());
    }
}
