using DnsGate.Ask;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Discovery;

namespace DnsGate.Loop;

/// <summary>
/// Does what <see cref="GateMachine"/> decides: lists, asks, pauses and publishes. While it waits for anything it ticks at least
/// every second, so that an observer that hears nothing knows that the loop stands still.
/// </summary>
/// <param name="machine">Decides.</param>
/// <param name="lister">Lists the servers.</param>
/// <param name="client">Asks them.</param>
/// <param name="prober">Asks for the cluster domain.</param>
/// <param name="observer">Receives what was found.</param>
/// <param name="time">The clock.</param>
internal sealed class GateLoop(GateMachine machine, ServerLister lister, NameServerClient client, DomainProber prober, ILoopObserver observer, TimeProvider time)
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly long begun = time.GetTimestamp();

    private TimeSpan Now => time.GetElapsedTime(begun);

    /// <summary>Runs until the machine is done.</summary>
    /// <param name="stop">Ends the loop at once, with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The last snapshot.</returns>
    public async Task<GateSnapshot> RunAsync(CancellationToken stop)
    {
        while (true)
        {
            switch (machine.Next(Now))
            {
                case GateStep.List list:
                    var listing = await TickDuringAsync(lister.ListAsync(list.ForceRefresh, stop)).ConfigureAwait(false);
                    machine.Learn(listing);
                    if (list.IsReported)
                    {
                        observer.OnListing(listing);
                    }

                    break;
                case GateStep.Ask ask:
                    var observations = await TickDuringAsync(client.AskAsync(ask.Questions, ask.Limit, stop)).ConfigureAwait(false);
                    machine.Learn(observations);
                    observer.OnAnswers(ask.Listing, observations);
                    break;
                case GateStep.Probe probe:
                    machine.Learn(await TickDuringAsync(prober.ProbeAsync(probe.Limit, stop)).ConfigureAwait(false));
                    break;
                case GateStep.Pause pause:
                    await PauseAsync(pause.Until, stop).ConfigureAwait(false);
                    break;
                case GateStep.Publish publish:
                    observer.OnRound(publish.Snapshot with { Time = time.GetUtcNow() });
                    break;
                case GateStep.Done done:
                    return done.Snapshot;
            }
        }
    }

    private async Task<T> TickDuringAsync<T>(Task<T> work)
    {
        if (!work.IsCompleted)
        {
            using var done = new CancellationTokenSource();
            while (await Task.WhenAny(work, Task.Delay(TickInterval, time, done.Token)).ConfigureAwait(false) != work)
            {
                Tick();
            }

            await done.CancelAsync().ConfigureAwait(false);
        }

        return await work.ConfigureAwait(false);
    }

    private async Task PauseAsync(TimeSpan until, CancellationToken stop)
    {
        while (until - Now is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < TickInterval ? left : TickInterval, time, stop).ConfigureAwait(false);
            Tick();
        }
    }

    private void Tick() => observer.OnTick(machine.SnapshotAt(Now) with { Time = time.GetUtcNow() });
}
