using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Discovery;
using DnsGate.Core.Discovery.Kube;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Text;

namespace DnsGate.Discovery.Kube;

/// <summary>The name servers of a Service, from the EndpointSlices of the Kubernetes API: LIST, without a watch.</summary>
/// <param name="source">The Service.</param>
/// <param name="access">How the API server is reached.</param>
/// <param name="podAddresses">The pod's own addresses: a name server of two families is asked at the one that the pod has too.</param>
/// <param name="timeout">Time for the first list.</param>
/// <param name="hasNext">Whether another source is used if the first list fails: then it is tried again within its time.</param>
/// <param name="time">The clock of deadlines and pauses.</param>
internal sealed class KubeSource(
    ServerSource.Kube source, KubeAccess access, ImmutableArray<IPAddress> podAddresses, TimeSpan timeout, bool hasNext, TimeProvider time)
    : Source(source.ToString(), Coverage.Complete, time)
{
    // Time for each list after the first. Rounds wait for it, and the last list stays in use without it.
    private static readonly TimeSpan RefreshTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly long begunAt = time.GetTimestamp();
    private readonly KubeClient client = new(source, access);

    /// <summary>Closes the connection to the API server.</summary>
    public override void Dispose()
    {
        client.Dispose();
        base.Dispose();
    }

    protected override HoldTime HoldAfter(SourceResult result, TimeSpan failingFor) =>
        HoldTime.OfApi(result, Time.GetElapsedTime(begunAt), failingFor, Random.Shared.NextDouble());

    protected override async Task<SourceResult> FetchAsync(bool forceRefresh, bool isFirst, CancellationToken stop)
    {
        var limit = isFirst || timeout < RefreshTimeout ? timeout : RefreshTimeout;
        var begun = Time.GetTimestamp();
        SourceResult? failed = null;
        using var timer = new CancellationTokenSource(limit, Time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        try
        {
            while (true)
            {
                var list = await ListPagesAsync(fromCache: !isFirst && !forceRefresh, deadline.Token).ConfigureAwait(false);
                // An API server that is unreachable for a moment is no reason to go on to a source of less coverage.
                if (!isFirst || !hasNext || list.Problem is not { IsDefinite: false } || Time.GetElapsedTime(begun) + RetryPause >= limit)
                {
                    return list;
                }

                failed = list;
                await Task.Delay(RetryPause * (0.5 + (Random.Shared.NextDouble() / 2)), Time, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return failed
                ?? SourceResult.Failed(DiscoveryFault.Unreachable, $"no whole answer from the API server within {Duration.Format(limit)}");
        }
    }

    /// <summary>One LIST: all pages of it.</summary>
    private async Task<SourceResult> ListPagesAsync(bool fromCache, CancellationToken deadline)
    {
        var (slices, continueAt, startedOver) = (EndpointSlices.None, (string?)null, false);
        var bytesLeft = KubeClient.MaxBody;
        while (true)
        {
            var reply = await client.GetAsync(ApiPaths.List(source, continueAt, fromCache), bytesLeft, deadline).ConfigureAwait(false);
            bytesLeft -= reply.Body.Length;
            // The API server forgets the position in a list after some minutes, or when etcd is compacted: from the start, once.
            if (reply.Status == ApiProblem.Expired && continueAt is not null && !startedOver)
            {
                (slices, continueAt, startedOver) = (EndpointSlices.None, null, true);
                continue;
            }

            var problem = reply.Problem;
            if (problem is not null || !slices.TryAddPage(reply.Body.Span, out slices, out continueAt, out problem))
            {
                return new SourceResult([], problem);
            }

            if (continueAt is null)
            {
                return slices.ToResult(source, podAddresses);
            }
        }
    }
}
