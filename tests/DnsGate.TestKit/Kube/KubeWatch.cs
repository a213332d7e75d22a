using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace DnsGate.TestKit;

/// <summary>One open watch. What a test tells it to send is sent in turn with the events of the store.</summary>
public sealed class KubeWatch
{
    private readonly KubeExchange _exchange;
    private readonly KubeDecision.Watch _decision;
    private readonly KubeApiServer _server;
    // Each step sends something; false ends the stream.
    private readonly Channel<Func<Task<bool>>> _steps = Channel.CreateUnbounded<Func<Task<bool>>>();
    private volatile bool _isStalled;
    private long _resourceVersion;

    internal KubeWatch(KubeExchange exchange, KubeDecision.Watch decision, KubeApiServer server)
    {
        _exchange = exchange;
        _decision = decision;
        _server = server;
        _resourceVersion = decision.From;
    }

    /// <summary>The request that opened it.</summary>
    public KubeRequest Request => _exchange.Request;

    /// <summary>Whether it is still open.</summary>
    public bool IsOpen => !_exchange.Aborted.IsCancellationRequested && !_exchange.IsComplete;

    /// <summary>Sends a BOOKMARK, if the client allows bookmarks.</summary>
    public void SendBookmark() => Add(BookmarkAsync);

    /// <summary>Sends an ERROR event with status 410 and ends the stream: the server's history has been cut behind the watch.</summary>
    public void Expire() => Add(ExpireAsync);

    /// <summary>Ends the stream as at its timeout.</summary>
    public void End() => Add(() => Task.FromResult(false));

    /// <summary>Sends text, which is no event unless the caller makes it so.</summary>
    public void Send(string text) => Add(async () =>
    {
        await _exchange.WriteAsync(text);
        return true;
    });

    /// <summary>Sends an event of some type for some object, on a line.</summary>
    public void SendEvent(string type, JsonObject @object) => Send(Line(type, @object));

    /// <summary>Sends a MODIFIED event of a slice without endpoints, on a line of at least so many octets: its annotations are full.</summary>
    public void SendHugeLine(int octets)
    {
        JsonObject slice = EndpointSliceJson.Bookmark(_server.Slices.ResourceVersion);
        JsonNode metadata = slice["metadata"]!;
        metadata["name"] = "huge";
        metadata["annotations"] = new JsonObject { ["noise"] = new string('x', octets) };
        SendEvent("MODIFIED", slice);
    }

    /// <summary>Sends the first half of an event, and then nothing, or the cut.</summary>
    public void CutInLine(TcpCut? how) => Add(async () =>
    {
        string line = Line("ADDED", EndpointSliceJson.Bookmark(_server.Slices.ResourceVersion));
        await _exchange.WriteAsync(line[..(line.Length / 2)]);
        if (how is { } cut)
            _exchange.Cut(cut);
        _isStalled = true;
        return true;
    });

    /// <summary>Cuts the connection at once.</summary>
    public void Cut(TcpCut how) => _exchange.Cut(how);

    /// <summary>From now on nothing is sent by itself, not even the end, and the connection stays open.</summary>
    public void Stall() => _isStalled = true;

    /// <summary>Sends what a stall has held back.</summary>
    public void Resume()
    {
        _isStalled = false;
        Add(FlushAsync);
    }

    internal async Task RunAsync(Action opened)
    {
        // The first step stands in the queue before any flush does, and what changes meanwhile is seen by it.
        Add(_decision.From == 0 ? SendAllAsync : _server.Slices.IsForgotten(_decision.From) ? ExpireAsync : FlushAsync);
        _server.Slices.Changed += Flush;
        using ITimer timeout = _server.Time.CreateTimer(_ => Add(() => Task.FromResult(_isStalled)), null, _decision.Timeout, Timeout.InfiniteTimeSpan);
        TimeSpan interval = _server.BookmarkInterval ?? Timeout.InfiniteTimeSpan;
        using ITimer bookmarks = _server.Time.CreateTimer(_ => Add(async () => _isStalled || await BookmarkAsync()), null, interval, interval);
        try
        {
            await _exchange.StartAsync();
            opened();
            await foreach (Func<Task<bool>> step in _steps.Reader.ReadAllAsync(_exchange.Aborted))
            {
                if (!await step())
                    break;
            }
            await _exchange.EndAsync();
        }
        finally
        {
            _server.Slices.Changed -= Flush;
        }
    }

    private static string Line(string type, JsonObject @object) => new JsonObject { ["type"] = type, ["object"] = @object }.ToJsonString() + "\n";

    private void Add(Func<Task<bool>> step) => _steps.Writer.TryWrite(step);

    private void Flush() => Add(FlushAsync);

    private async Task<bool> FlushAsync()
    {
        if (_isStalled)
            return true;
        (IReadOnlyList<SliceChange> changes, long upto) = _server.Slices.Since(_resourceVersion);
        _resourceVersion = upto;
        foreach (SliceChange change in changes)
        {
            if (_decision.Selection.EventOf(change) is { } seen)
                await _exchange.WriteAsync(Line(seen.Type, EndpointSliceJson.Object(seen.Slice)));
        }
        return true;
    }

    private async Task<bool> SendAllAsync()
    {
        _resourceVersion = _server.Slices.ResourceVersion;
        foreach (StoredSlice slice in _server.Slices.At(_resourceVersion).Where(_decision.Selection.Contains))
            await _exchange.WriteAsync(Line("ADDED", EndpointSliceJson.Object(slice)));
        return await FlushAsync();
    }

    private async Task<bool> BookmarkAsync()
    {
        await FlushAsync();
        if (_decision.AllowsBookmarks)
            await _exchange.WriteAsync(Line("BOOKMARK", EndpointSliceJson.Bookmark(_resourceVersion)));
        return true;
    }

    private async Task<bool> ExpireAsync()
    {
        await _exchange.WriteAsync(Line("ERROR", KubeResponse.ExpiredObject(_resourceVersion, _server.Slices.ResourceVersion)));
        return false;
    }
}
