using DnsGate.Core.Servers;
using DnsGate.Core.Servers.Kube;

namespace DnsGate.Discover.Kube;

/// <summary>Why a watch is over, and so what comes next.</summary>
internal enum WatchEnd
{
    /// <summary>In order, at its time: the next one goes on from there.</summary>
    Ended,

    /// <summary>The connection broke, or could not be had: the next one goes on from there.</summary>
    Broken,

    /// <summary>The API server no longer knows where to go on (410): list again.</summary>
    Expired,

    /// <summary>The API server refused, failed, or sent what is no event: list again.</summary>
    Refused,
}

/// <summary>How one watch went.</summary>
/// <param name="End">Why it is over.</param>
/// <param name="HasOpened">Whether the API server had accepted it.</param>
/// <param name="HasTold">Whether it brought at least one event or bookmark.</param>
/// <param name="Problem">What was wrong; null when it ended in order or only expired.</param>
internal sealed record WatchOutcome(WatchEnd End, bool HasOpened, bool HasTold, DiscoveryProblem? Problem);

/// <summary>WATCH: one stream of events.</summary>
/// <param name="client">Sends the request.</param>
/// <param name="source">The Service.</param>
/// <param name="time">The clock of its deadline.</param>
internal sealed class KubeWatch(KubeClient client, ServerSource.Kube source, TimeProvider time)
{
    // The API server ends a watch at its time. One that is open for longer is dead, whatever TCP believes.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Watches until the stream is over.</summary>
    /// <param name="from">The slices so far.</param>
    /// <param name="seconds">When the API server is to end it.</param>
    /// <param name="onSlices">Gets the slices when the watch has opened, and after each event.</param>
    /// <param name="stop">Ends it, with an <see cref="OperationCanceledException"/>.</param>
    public async Task<WatchOutcome> RunAsync(EndpointSlices from, int seconds, Action<EndpointSlices> onSlices, CancellationToken stop)
    {
        using var timer = new CancellationTokenSource(TimeSpan.FromSeconds(seconds) + Grace, time);
        using var opening = new CancellationTokenSource(Grace, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, opening.Token, stop);
        var (hasOpened, hasTold) = (false, false);
        try
        {
            using var reply = await client.GetAsync(ApiPaths.Watch(source, from.ResourceVersion, seconds), deadline.Token).ConfigureAwait(false);
            opening.CancelAfter(Timeout.InfiniteTimeSpan);
            if (reply.Problem is { } refusal)
            {
                return new WatchOutcome(
                    reply.Status == ApiProblem.Expired ? WatchEnd.Expired : reply.Status == 0 && !refusal.IsDefinite ? WatchEnd.Broken : WatchEnd.Refused,
                    HasOpened: false, HasTold: false, reply.Status == ApiProblem.Expired ? null : refusal);
            }

            hasOpened = true;
            onSlices(from);
            return await ReadAsync(reply, from, slices =>
            {
                hasTold = true;
                onSlices(slices);
            }, deadline.Token).ConfigureAwait(false) with { HasTold = hasTold };
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new WatchOutcome(WatchEnd.Broken, hasOpened, hasTold, KubeList.NoAnswerWithin(hasOpened ? TimeSpan.FromSeconds(seconds) + Grace : Grace));
        }
    }

    private static async Task<WatchOutcome> ReadAsync(KubeReply reply, EndpointSlices slices, Action<EndpointSlices> onEvent, CancellationToken deadline)
    {
        static WatchOutcome Over(WatchEnd end, DiscoveryProblem? problem) => new(end, HasOpened: true, HasTold: false, problem);

        var lines = new LineReader(reply.Body!);
        while (true)
        {
            (LineEnd End, ReadOnlyMemory<byte> Line) read;
            try
            {
                read = await lines.ReadAsync(deadline).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !deadline.IsCancellationRequested)
            {
                // What the end of the time tears apart says nothing of the peer.
                deadline.ThrowIfCancellationRequested();
                return Over(WatchEnd.Broken, reply.ProblemOf(exception));
            }

            switch (read.End)
            {
                case LineEnd.EndOfStream:
                    return Over(WatchEnd.Ended, null);
                case LineEnd.Half:
                    return Over(WatchEnd.Broken, new DiscoveryProblem(DiscoveryFault.Unreachable, "the API server ended a watch in the middle of an event"));
                case LineEnd.TooLong:
                    return Over(WatchEnd.Refused, new DiscoveryProblem(DiscoveryFault.Unreachable, "the API server sent an event larger than 1 MiB"));
            }

            var step = slices.Apply(read.Line.Span);
            if (step.Problem is not null)
            {
                return step.IsExpired ? Over(WatchEnd.Expired, null) : Over(WatchEnd.Refused, step.Problem);
            }

            slices = step.Slices;
            onEvent(slices);
        }
    }
}
