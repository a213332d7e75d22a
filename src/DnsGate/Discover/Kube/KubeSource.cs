using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Servers;

namespace DnsGate.Discover.Kube;

/// <summary>The name servers of a Service, as the Kubernetes API lists them.</summary>
internal sealed class KubeSource : ISource
{
    // A list taken just before the gate opens may cost this much of the last moment.
    private static readonly TimeSpan AnewLimit = TimeSpan.FromSeconds(2);

    private readonly ServerSource.Kube source;
    private readonly ImmutableArray<IPAddress> podAddresses;
    private readonly TimeSpan patience;
    private readonly TimeProvider time;
    private readonly KubeClient client;
    private volatile KubeReflector? reflector;
    private readonly Task running;
    private readonly CancellationTokenSource disposal = new();
    private readonly CancellationTokenSource watch;
    private readonly CancellationToken disposed;
    private readonly long begun;
    private volatile Failure? lastFailure;

    /// <summary>Starts to list and watch at once, when it is to.</summary>
    /// <param name="source">The Service.</param>
    /// <param name="access">How the API server is reached.</param>
    /// <param name="podAddresses">The pod's own addresses: a name server of two families is asked at the one that the pod has too.</param>
    /// <param name="watches">Whether a watch keeps the list up to date in the background; otherwise each call lists.</param>
    /// <param name="patience">How long the first list is waited for.</param>
    /// <param name="time">The clock of deadlines and pauses.</param>
    public KubeSource(ServerSource.Kube source, KubeAccess access, ImmutableArray<IPAddress> podAddresses, bool watches, TimeSpan patience, TimeProvider time)
    {
        (this.source, this.podAddresses, this.patience, this.time) = (source, podAddresses, patience, time);
        (begun, disposed) = (time.GetTimestamp(), disposal.Token);
        watch = CancellationTokenSource.CreateLinkedTokenSource(disposed);
        client = new KubeClient(source, access);
        reflector = watches ? new KubeReflector(client, source, time) : null;
        running = reflector is { } reflecting ? Task.Run(() => reflecting.RunAsync(watch.Token)) : Task.CompletedTask;
    }

    /// <summary>The servers now, or why there are none. Waits for the first list only, and no longer than the patience.</summary>
    /// <param name="anew">Whether the API server is asked in any case, not only the watch.</param>
    /// <param name="stop">Ends it, with an <see cref="OperationCanceledException"/>.</param>
    public async Task<SourceList> ListAsync(bool anew, CancellationToken stop)
    {
        if (anew)
        {
            // Who has just failed is not asked again with the gate waiting for it.
            return JustFailed(reflector?.Now) is { } failure
                ? Failed(failure)
                : await ListNowAsync(patience < AnewLimit ? patience : AnewLimit, stop).ConfigureAwait(false);
        }

        if (reflector is not { } reflecting)
        {
            return await ListNowAsync(patience, stop).ConfigureAwait(false);
        }

        await WaitForFirstListAsync(reflecting, stop).ConfigureAwait(false);
        return reflecting.Now switch
        {
            { Problem: { } problem } => Failed(problem),
            // The watch has not been heard since the API server was asked in vain: it may be as dead.
            { At: var heardAt } when lastFailure is { } failure && failure.At >= heardAt => Failed(failure.Problem),
            { Slices: { } slices, At: var heardAt } => slices.ToSourceList(source, podAddresses) with { Age = time.GetElapsedTime(heardAt) },
            _ => Failed(KubeList.NoAnswerWithin(patience)),
        };
    }

    /// <inheritdoc/>
    public void StopWatching()
    {
        // What it knows is out of date from here on, and that it was stopped is no failure of the source.
        reflector = null;
        watch.Cancel();
    }

    /// <summary>Ends the watch and all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposal.IsCancellationRequested)
        {
            return;
        }

        await disposal.CancelAsync().ConfigureAwait(false);
        // Whatever it ended with, it has said so to whom it may concern.
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        client.Dispose();
        watch.Dispose();
        disposal.Dispose();
    }

    private static SourceList Failed(DiscoveryProblem problem) => new([], problem);

    private DiscoveryProblem? JustFailed(Reflection? reflection) =>
        lastFailure is { } failure && time.GetElapsedTime(failure.At) < AnewLimit ? failure.Problem
        : reflection?.Problem is { } problem && time.GetElapsedTime(reflection.At) < AnewLimit ? problem
        : null;

    private async Task WaitForFirstListAsync(KubeReflector reflector, CancellationToken stop)
    {
        var left = patience - time.GetElapsedTime(begun);
        if (reflector.Decided.IsCompleted || left <= TimeSpan.Zero)
        {
            return;
        }

        using var timer = new CancellationTokenSource(left, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stop);
        await reflector.Decided.WaitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
    }

    private async Task<SourceList> ListNowAsync(TimeSpan limit, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop, disposed);
        var outcome = await KubeList.ListAsync(client, source, limit, time, ended.Token).ConfigureAwait(false);
        lastFailure = outcome.Problem is { } problem ? new Failure(problem, time.GetTimestamp()) : null;
        if (outcome.Slices is not { } slices)
        {
            return Failed(outcome.Problem!);
        }

        var list = slices.ToSourceList(source, podAddresses);
        if (reflector is { Now: { Problem: null, Slices: { } watched } } reflecting && !watched.ToSourceList(source, podAddresses).Servers.SequenceEqual(list.Servers))
        {
            reflecting.Adopt(slices);
        }

        return list;
    }

    private sealed record Failure(DiscoveryProblem Problem, long At);
}
