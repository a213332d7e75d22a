using System.Collections.Immutable;
using DnsGate.Core.Discovery;
using DnsGate.Core.Model;

namespace DnsGate.Discovery;

/// <summary>A source of DNS servers: fetched when its hold time is over, and its last good list stays in use while it fails.</summary>
/// <param name="coverage">How much of the cluster's DNS servers it lists.</param>
/// <param name="time">The clock of hold times and ages.</param>
internal abstract class Source(Coverage coverage, TimeProvider time) : IDisposable
{
    private SourceResult? last;
    private bool isLastFresh;
    private long fetchedAt;
    private HoldTime hold;
    private ImmutableArray<Server> lastGood = [];
    private long lastGoodAt;
    private long failingSince;

    /// <summary>The source, as it is written on the command line. What <c>auto</c> stands for may change from list to list.</summary>
    protected abstract string Name { get; }

    protected TimeProvider Time => time;

    /// <summary>The source now.</summary>
    /// <param name="forceRefresh">Whether a fresh list is wanted, as before opening.</param>
    /// <param name="stop">Ends it, with an <see cref="OperationCanceledException"/>.</param>
    public async Task<SourceState> ListAsync(bool forceRefresh, CancellationToken stop)
    {
        var begun = time.GetTimestamp();
        // A list that a cache may have answered is not the fresh one that is wanted before opening, however new it is.
        var held = !forceRefresh ? hold.Regular : isLastFresh || last?.Problem is not null ? hold.Forced : TimeSpan.Zero;
        var isHeld = last is not null && time.GetElapsedTime(fetchedAt) < held;
        var result = isHeld ? last! : await FetchNowAsync(forceRefresh, begun, stop).ConfigureAwait(false);
        return new SourceState(Name, coverage)
        {
            LastGood = lastGood,
            Age = time.GetElapsedTime(lastGoodAt),
            Problem = result.Problem,
            FailingFor = result.Problem is null ? TimeSpan.Zero : time.GetElapsedTime(failingSince),
            Notes = result.Notes,
            DatagramsToOne = isHeld ? 0 : result.DatagramsToOne,
        };
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>Takes the list once. A failure is a value; only the end of everything is an exception.</summary>
    /// <param name="forceRefresh">Whether no cache may answer.</param>
    /// <param name="isFirst">Whether the source has not been fetched before.</param>
    /// <param name="stop">Ends it at once, with an <see cref="OperationCanceledException"/>.</param>
    protected abstract Task<SourceResult> FetchAsync(bool forceRefresh, bool isFirst, CancellationToken stop);

    /// <summary>How long a result is used.</summary>
    /// <param name="result">The result.</param>
    /// <param name="failingFor">Time since the first of the fetches that have failed in a row began.</param>
    protected virtual HoldTime HoldAfter(SourceResult result, TimeSpan failingFor) => default;

    private async Task<SourceResult> FetchNowAsync(bool forceRefresh, long begun, CancellationToken stop)
    {
        var isFirst = last is null;
        var result = await FetchAsync(forceRefresh, isFirst, stop).ConfigureAwait(false);
        isLastFresh = forceRefresh || isFirst;
        fetchedAt = time.GetTimestamp();
        if (result.Problem is null)
        {
            (lastGood, lastGoodAt) = (result.Servers, fetchedAt);
        }
        else if (last?.Problem is null)
        {
            failingSince = begun;
        }

        hold = HoldAfter(result, time.GetElapsedTime(failingSince));
        return last = result;
    }
}

/// <summary>Servers that the user named.</summary>
/// <param name="name">The source, as it is written on the command line.</param>
/// <param name="servers">The servers.</param>
/// <param name="time">The clock.</param>
internal sealed class StaticSource(string name, ImmutableArray<Server> servers, TimeProvider time) : Source(Coverage.Static, time)
{
    protected override string Name => name;

    protected override Task<SourceResult> FetchAsync(bool forceRefresh, bool isFirst, CancellationToken stop) =>
        Task.FromResult(SourceResult.Listed(servers));
}
