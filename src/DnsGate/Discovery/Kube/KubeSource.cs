using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Discovery;
using DnsGate.Core.Discovery.Kube;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Text;

namespace DnsGate.Discovery.Kube;

/// <summary>The DNS servers of a Service, from the EndpointSlices of the Kubernetes API: LIST, without a watch.</summary>
/// <param name="candidates">
/// The Services that may be the one, the likeliest first: several only for <c>auto</c>. They are listed one after the other, up to the
/// first that has DNS servers.
/// </param>
/// <param name="access">How the API server is reached.</param>
/// <param name="podAddresses">The pod's own addresses: a DNS server of two families is asked at the one that the pod has too.</param>
/// <param name="timeout">Time for the first list.</param>
/// <param name="hasNext">Whether another source is used if the first list fails: then it is tried again within its time.</param>
/// <param name="time">The clock of deadlines and pauses.</param>
internal sealed class KubeSource(
    Func<ImmutableArray<ServerSource.Kube>> candidates, KubeAccess access, ImmutableArray<IPAddress> podAddresses, TimeSpan timeout,
    bool hasNext, TimeProvider time)
    : Source(Coverage.Complete, time)
{
    // Time for each list after the first. Rounds wait for it, and the last list stays in use without it.
    private static readonly TimeSpan RefreshTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly long begunAt = time.GetTimestamp();
    private readonly KubeClient client = new(access);

    /// <summary>The one that was listed last, or that the last problem is about.</summary>
    private ServerSource.Kube? current;

    protected override string Name => (current ?? candidates()[0]).ToString();

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
                var list = await ListFirstAsync(fromCache: !isFirst && !forceRefresh, deadline.Token).ConfigureAwait(false);
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
                ?? SourceResult.Failed(
                    DiscoveryFault.Unreachable, $"no whole answer from the API server within {Duration.Format(limit)}",
                    TransportProblem.EgressRemedy);
        }
    }

    /// <summary>
    /// The first candidate that has DNS servers; where none has, the problem that says most. What is wrong with the API itself ends it:
    /// it is the same for all of them.
    /// </summary>
    private async Task<SourceResult> ListFirstAsync(bool fromCache, CancellationToken deadline)
    {
        var failed = new List<(ServerSource.Kube Candidate, SourceResult Result)>();
        foreach (var candidate in candidates().Distinct())
        {
            // One Role allows a whole namespace.
            if (failed.Any(other =>
                other.Result.Problem!.Fault == DiscoveryFault.Forbidden && other.Candidate.Namespace == candidate.Namespace))
            {
                continue;
            }

            var (named, result) = await ListPagesAsync(candidate, fromCache, deadline).ConfigureAwait(false);
            if (result.Problem?.Fault is not (DiscoveryFault.Empty or DiscoveryFault.NoEndpoints or DiscoveryFault.Forbidden))
            {
                current = named;
                // Another Service than the one that the nameserver belongs to: the verdict has to say so.
                return result with
                {
                    Notes = [.. result.Notes, .. failed.Where(other => other.Result.Problem!.Fault != DiscoveryFault.Empty)
                        .Select(other => $"{other.Candidate} is not used: {other.Result.Problem!.Message}")],
                };
            }

            failed.Add((named, result));
        }

        var told = failed.OrderByDescending(other => other.Result.Problem!.Fault switch
        {
            DiscoveryFault.NoEndpoints => 2,
            DiscoveryFault.Forbidden => 1,
            _ => 0,
        }).First();
        current = told.Candidate;
        var problem = told.Result.Problem!;
        var others = failed.Select(other => other.Candidate).Where(other => other != told.Candidate).ToList();
        return problem.Fault == DiscoveryFault.Forbidden || others.Count == 0
            ? told.Result
            : new SourceResult([], problem with { Message = $"{problem.Message}; also tried: {string.Join(", ", others)}" });
    }

    /// <summary>One LIST, all pages of it, and the Service that it is about.</summary>
    private async Task<(ServerSource.Kube Named, SourceResult Result)> ListPagesAsync(
        ServerSource.Kube source, bool fromCache, CancellationToken deadline)
    {
        var (slices, continueAt, startedOver) = (EndpointSlices.None, (string?)null, false);
        var bytesLeft = KubeClient.MaxBody;
        while (true)
        {
            var reply = await client.GetAsync(source, ApiPaths.List(source, continueAt, fromCache), bytesLeft, deadline)
                .ConfigureAwait(false);
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
                return (source, new SourceResult([], problem));
            }

            if (continueAt is null)
            {
                var named = slices.ServiceOf(source);
                return (named, slices.ToResult(named, podAddresses));
            }
        }
    }
}
