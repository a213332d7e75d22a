using DnsGate.Core.Servers;
using DnsGate.Core.Servers.Kube;
using DnsGate.Core.Spec;

namespace DnsGate.Discover.Kube;

/// <summary>What one LIST gave.</summary>
/// <param name="Slices">The slices; null when there is a problem.</param>
/// <param name="Problem">Why there are none.</param>
internal sealed record ListOutcome(EndpointSlices? Slices, DiscoveryProblem? Problem)
{
    public static ListOutcome Failed(DiscoveryProblem problem) => new(null, problem);
}

/// <summary>LIST: all pages of it.</summary>
internal static class KubeList
{
    // Thousands of slices fit; a peer may send any number, and the gate has 64 MiB in many pods.
    private const int MaxBytes = 16 << 20;

    /// <summary>Lists within a time limit.</summary>
    public static async Task<ListOutcome> ListAsync(KubeClient client, ServerSource.Kube source, TimeSpan limit, TimeProvider time, CancellationToken stop)
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            return await ListPagesAsync(client, source, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return ListOutcome.Failed(NoAnswerWithin(limit));
        }
    }

    /// <summary>Silence, or an answer without end.</summary>
    public static DiscoveryProblem NoAnswerWithin(TimeSpan limit) =>
        new(DiscoveryFault.Unreachable, $"no whole answer from the API server within {Duration.Format(limit)}");

    private static async Task<ListOutcome> ListPagesAsync(KubeClient client, ServerSource.Kube source, CancellationToken deadline)
    {
        var (slices, continueAt, left, startedOver) = (EndpointSlices.None, (string?)null, MaxBytes, false);
        while (true)
        {
            using var reply = await client.GetAsync(ApiPaths.List(source, continueAt), deadline).ConfigureAwait(false);
            if (reply.Problem is not null)
            {
                // The API server forgets where a list was after some minutes, or when it is compacted: from the start, once.
                if (reply.Status == ApiProblem.Expired && continueAt is not null && !startedOver)
                {
                    (slices, continueAt, startedOver) = (EndpointSlices.None, null, true);
                    continue;
                }

                return ListOutcome.Failed(reply.Problem);
            }

            var (body, problem) = await ReadAsync(reply, left, deadline).ConfigureAwait(false);
            if (problem is not null || !slices.TryAddPage(body, out var more, out continueAt, out problem))
            {
                return ListOutcome.Failed(problem);
            }

            (slices, left) = (more, left - body.Length);
            if (continueAt is null)
            {
                return new ListOutcome(slices, null);
            }
        }
    }

    private static async Task<(byte[] Body, DiscoveryProblem? Problem)> ReadAsync(KubeReply reply, int limit, CancellationToken deadline)
    {
        var buffer = new byte[1 << 16];
        var length = 0;
        try
        {
            while (await reply.Body!.ReadAsync(buffer.AsMemory(length), deadline).ConfigureAwait(false) is var read and > 0)
            {
                length += read;
                if (length > limit)
                {
                    return ([], new DiscoveryProblem(DiscoveryFault.Unreachable, "the answer of the API server is larger than 16 MiB: it lists more than name servers"));
                }

                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !deadline.IsCancellationRequested)
        {
            // What the end of the time tears apart says nothing of the peer.
            deadline.ThrowIfCancellationRequested();
            return ([], reply.ProblemOf(exception));
        }

        return (buffer[..length], null);
    }
}
