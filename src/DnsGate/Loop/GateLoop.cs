using DnsGate.Ask;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Discovery;

namespace DnsGate.Loop;

/// <summary>
/// Does what <see cref="GateMachine"/> decides: lists, asks, pauses and publishes, all on one thread. While it waits for anything it
/// ticks every second, so that an observer that hears nothing knows that the loop stands still.
/// </summary>
/// <param name="machine">Decides.</param>
/// <param name="lister">Lists the servers.</param>
/// <param name="client">Asks them.</param>
/// <param name="prober">Asks for the cluster domain.</param>
/// <param name="observer">Receives what was found.</param>
/// <param name="time">The clock.</param>
internal sealed class GateLoop(
    GateMachine machine, ServerLister lister, NameServerClient client, DomainProber prober, ILoopObserver observer, TimeProvider time)
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly long begun = time.GetTimestamp();
    private TimeSpan tickAt = TickInterval;

    private TimeSpan Now => time.GetElapsedTime(begun);

    /// <summary>Runs until the machine is done.</summary>
    /// <param name="stop">Ends the loop at once, with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The last snapshot.</returns>
    public GateSnapshot Run(CancellationToken stop)
    {
        while (true)
        {
            switch (machine.Next(Now))
            {
                case GateStep.List list:
                    var listing = Result(lister.ListAsync(list.ForceRefresh, stop));
                    machine.Learn(listing);
                    if (list.IsReported)
                    {
                        observer.OnListing(listing);
                    }

                    break;
                case GateStep.Ask ask:
                    var observations = client.Ask(ask.Questions, ask.Limit, TickIfDue, stop);
                    machine.Learn(observations);
                    observer.OnAnswers(ask.Listing, observations);
                    break;
                case GateStep.LookUp lookUp:
                    machine.Learn(client.LookUp(lookUp.Lookups, lookUp.Limit, TickIfDue, stop));
                    break;
                case GateStep.Probe probe:
                    machine.Learn(prober.Probe(probe.Limit, TickIfDue, stop));
                    break;
                case GateStep.Pause pause:
                    Pause(pause.Until, stop);
                    break;
                case GateStep.Publish publish:
                    observer.OnRound(publish.Snapshot with { Time = time.GetUtcNow() });
                    break;
                case GateStep.Done done:
                    // The last round may have been a while ago: what counts down has gone on.
                    return done.Snapshot with { Now = Now, Time = time.GetUtcNow() };
            }
        }
    }

    /// <summary>The result of what other threads do.</summary>
    private T Result<T>(Task<T> work)
    {
        while (Task.WaitAny([work], TickInterval) < 0)
        {
            Tick();
        }

        return work.GetAwaiter().GetResult();
    }

    private void Pause(TimeSpan until, CancellationToken stop)
    {
        while (until - Now is var left && left > TimeSpan.Zero)
        {
            // Unlike a timer, this needs no other thread.
            stop.WaitHandle.WaitOne(left < TickInterval ? left : TickInterval);
            stop.ThrowIfCancellationRequested();
            Tick();
        }
    }

    private void TickIfDue()
    {
        if (Now >= tickAt)
        {
            Tick();
        }
    }

    private void Tick()
    {
        tickAt = Now + TickInterval;
        observer.OnTick(machine.SnapshotAt(Now) with { Time = time.GetUtcNow() });
    }
}
