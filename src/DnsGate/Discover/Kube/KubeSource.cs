using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Servers;
using DnsGate.Core.Servers.Kube;
using DnsGate.Core.Spec;

namespace DnsGate.Discover.Kube;

/// <summary>The name servers of a Service, from the EndpointSlices of the Kubernetes API: LIST, without a watch.</summary>
/// <param name="source">The Service.</param>
/// <param name="access">How the API server is reached.</param>
/// <param name="podAddresses">The pod's own addresses: a name server of two families is asked at the one that the pod has too.</param>
/// <param name="timeout">Time for the first list.</param>
/// <param name="time">The clock of deadlines and pauses.</param>
internal sealed class KubeSource(ServerSource.Kube source, KubeAccess access, ImmutableArray<IPAddress> podAddresses, TimeSpan timeout, TimeProvider time) : ISource
{
    // Time for each list after the first. Rounds wait for it, and the last list stays in use without it.
    private static readonly TimeSpan RefreshTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly KubeClient client = new(source, access);
    private readonly long begunAt = time.GetTimestamp();
    private SourceList? last;
    private long lastAt;
    private HoldTime hold;

    /// <summary>The servers now, or why there are none.</summary>
    /// <param name="anew">Whether a fresh list is wanted, as before opening.</param>
    /// <param name="stop">Ends it, with an <see cref="OperationCanceledException"/>.</param>
    public async Task<SourceList> ListAsync(bool anew, CancellationToken stop)
    {
        if (last is null || time.GetElapsedTime(lastAt) >= (anew ? hold.Forced : hold.Regular))
        {
            last = await FetchAsync(anew, stop).ConfigureAwait(false);
            lastAt = time.GetTimestamp();
            hold = HoldTime.OfApi(last.Problem is not null, time.GetElapsedTime(begunAt), Random.Shared.NextDouble());
        }

        return last with { Age = time.GetElapsedTime(lastAt) };
    }

    /// <summary>Closes the connection to the API server.</summary>
    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<SourceList> FetchAsync(bool forceRefresh, CancellationToken stop)
    {
        var isFirst = last is null;
        var limit = isFirst || timeout < RefreshTimeout ? timeout : RefreshTimeout;
        var begun = time.GetTimestamp();
        SourceList? failed = null;
        using var timer = new CancellationTokenSource(limit, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            while (true)
            {
                var list = await ListPagesAsync(fromCache: !isFirst && !forceRefresh, deadline.Token).ConfigureAwait(false);
                // The first list decides whether the next source is used: an API server that is unreachable for a moment is tried again.
                if (!isFirst || list.Problem is not { IsDefinite: false } || time.GetElapsedTime(begun) + RetryPause >= limit)
                {
                    return list;
                }

                failed = list;
                await Task.Delay(RetryPause * (0.5 + (Random.Shared.NextDouble() / 2)), time, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return failed ?? SourceList.Failed(DiscoveryFault.Unreachable, $"no whole answer from the API server within {Duration.Format(limit)}");
        }
    }

    /// <summary>One LIST: all pages of it.</summary>
    private async Task<SourceList> ListPagesAsync(bool fromCache, CancellationToken deadline)
    {
        var (slices, continueAt, startedOver) = (EndpointSlices.None, (string?)null, false);
        while (true)
        {
            var reply = await client.GetAsync(ApiPaths.List(source, continueAt, fromCache), deadline).ConfigureAwait(false);
            // The API server forgets the position in a list after some minutes, or when etcd is compacted: from the start, once.
            if (reply.Status == ApiProblem.Expired && continueAt is not null && !startedOver)
            {
                (slices, continueAt, startedOver) = (EndpointSlices.None, null, true);
                continue;
            }

            var problem = reply.Problem;
            if (problem is not null || !slices.TryAddPage(reply.Body, out slices, out continueAt, out problem))
            {
                return new SourceList([], problem);
            }

            if (continueAt is null)
            {
                return slices.ToSourceList(source, podAddresses);
            }
        }
    }
}
