using DnsGate.Core.Servers;
using DnsGate.Core.Servers.Kube;

namespace DnsGate.Discover.Kube;

/// <summary>What the reflector knows.</summary>
/// <param name="Slices">The slices of the last LIST and what the watch has told since; null before the first.</param>
/// <param name="Problem">Why they may be out of date; null while list and watch are in order.</param>
/// <param name="At">When that was found: a timestamp of the clock.</param>
internal sealed record Reflection(EndpointSlices? Slices, DiscoveryProblem? Problem, long At);

/// <summary>Keeps the slices up to date for as long as it runs: LIST, then WATCH from there, and again from wherever that ended.</summary>
internal sealed class KubeReflector(KubeClient client, ServerSource.Kube source, TimeProvider time)
{
    // Longer than any LIST of name servers takes; a hanging one is tried anew.
    private static readonly TimeSpan ListLimit = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Pauses pauses = new(Random.Shared.NextDouble);
    private readonly KubeWatch watch = new(client, source, time);
    private volatile Reflection now = new(null, null, 0);
    private volatile Adoption? adoption;

    /// <summary>What is known now.</summary>
    public Reflection Now => now;

    /// <summary>Completes when the first LIST has succeeded, or failed in a way that does not pass by itself.</summary>
    public Task Decided => decided.Task;

    /// <summary>
    /// Takes a newer list as the state to go on from: a watch that has not told of it is late or dead, and would hide from every
    /// round what each look before opening finds.
    /// </summary>
    public void Adopt(EndpointSlices slices)
    {
        Publish(slices, null);
        adoption?.Of(slices);
    }

    /// <summary>Runs until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var listed = await KubeList.ListAsync(client, source, ListLimit, time, stop).ConfigureAwait(false);
                if (listed.Slices is { } slices)
                {
                    Publish(slices, null);
                    await WatchAsync(slices, stop).ConfigureAwait(false);
                }
                else
                {
                    Publish(now.Slices, listed.Problem);
                    await PauseAsync(listed.Problem, stop).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever asks later learns that nothing is kept up to date any more.
            Publish(now.Slices, new DiscoveryProblem(DiscoveryFault.Unreachable, "the watch was stopped"));
        }
        catch (Exception exception)
        {
            // A bug must not leave a list behind that looks fresh for ever.
            Publish(now.Slices, new DiscoveryProblem(DiscoveryFault.Unreachable, $"the watch failed: {exception.GetType().Name}"));
            throw;
        }
    }

    /// <summary>Watches, once and again, until everything has to be listed anew; that pause included.</summary>
    private async Task WatchAsync(EndpointSlices slices, CancellationToken stop)
    {
        var isAfterAdoption = false;
        while (true)
        {
            var begun = time.GetTimestamp();
            using var interruption = new Adoption(stop);
            adoption = interruption;
            WatchOutcome outcome;
            try
            {
                outcome = await watch.RunAsync(slices, pauses.SecondsOfWatch(), current => Publish(slices = current, null), interruption.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (interruption.Slices is { } newer && !stop.IsCancellationRequested)
            {
                Publish(slices = newer, null);
                isAfterAdoption = true;
                continue;
            }
            finally
            {
                adoption = null;
            }

            // One that opens watches only to end them at once, or to refuse what it has listed, is asked less and less often.
            if (outcome.HasOpened && (time.GetElapsedTime(begun) > Pauses.Longest || (outcome.HasTold && outcome.End is WatchEnd.Ended or WatchEnd.Broken)))
            {
                pauses.Reset();
            }

            // That a stream broke is no news while the next one opens: what it missed is told then. Nor is it that the first one after
            // an interruption did not open: the HTTP client may hand it what it has just torn down.
            if (outcome is { Problem: { } problem } && !(outcome.End is WatchEnd.Broken && (outcome.HasOpened || isAfterAdoption)))
            {
                Publish(now.Slices, problem);
            }

            isAfterAdoption = false;

            await PauseAsync(outcome.HasOpened ? null : outcome.Problem, stop).ConfigureAwait(false);
            if (outcome.End is WatchEnd.Expired or WatchEnd.Refused)
            {
                return;
            }
        }
    }

    private Task PauseAsync(DiscoveryProblem? problem, CancellationToken stop) =>
        Task.Delay(problem?.IsDefinite == true ? pauses.AfterDefiniteFailure() : pauses.BeforeNext(), time, stop);

    private void Publish(EndpointSlices? slices, DiscoveryProblem? problem)
    {
        now = new Reflection(slices, problem, time.GetTimestamp());
        if (problem is null || problem.IsDefinite)
        {
            decided.TrySetResult();
        }
    }

    /// <summary>Ends one watch in favour of a newer list.</summary>
    private sealed class Adoption(CancellationToken stop) : IDisposable
    {
        private readonly CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(stop);
        private readonly Lock exclusive = new();
        private bool isOver;

        public CancellationToken Token => source.Token;

        public EndpointSlices? Slices { get; private set; }

        public void Of(EndpointSlices slices)
        {
            lock (exclusive)
            {
                if (!isOver)
                {
                    Slices = slices;
                    source.Cancel();
                }
            }
        }

        public void Dispose()
        {
            lock (exclusive)
            {
                isOver = true;
                source.Dispose();
            }
        }
    }
}
