using DnsGate.Core.Judge;
using DnsGate.Core.Report;

namespace DnsGate.Watch;

/// <summary>
/// The clock of the loop and what is known by it, told to the watcher after each round and at least every second in
/// between: while the loop waits for an answer as well, so that whoever hears nothing knows that the loop stands still.
/// </summary>
/// <param name="first">What is known before the first round.</param>
/// <param name="watcher">Who is told.</param>
/// <param name="time">The clock.</param>
internal sealed class Pulse(Snapshot first, IWatcher watcher, TimeProvider time)
{
    /// <summary>The longest that the watcher hears nothing.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly long begun = time.GetTimestamp();
    private Snapshot snapshot = first;
    private Timeline timeline = Timeline.Empty;

    /// <summary>Since the loop began.</summary>
    public TimeSpan Now => time.GetElapsedTime(begun);

    /// <summary>For how long no server has changed its reason, if this is what they say now.</summary>
    public TimeSpan UnchangedFor(Verdict verdict) => timeline.HasReasonsOf(verdict) ? Now - timeline.ReasonsSince : TimeSpan.Zero;

    /// <summary>A round has ended.</summary>
    public void Publish(Snapshot next)
    {
        var now = Now;
        (snapshot, timeline) = (next, timeline.After(next, now));
        watcher.OnRound(new Moment(next, timeline, now));
    }

    /// <summary>Waits for the work, ticking.</summary>
    public async Task<T> DuringAsync<T>(Task<T> work)
    {
        if (!work.IsCompleted)
        {
            using var done = new CancellationTokenSource();
            while (await Task.WhenAny(work, Task.Delay(Tick, time, done.Token)).ConfigureAwait(false) != work)
            {
                Beat();
            }

            await done.CancelAsync().ConfigureAwait(false);
        }

        return await work.ConfigureAwait(false);
    }

    /// <summary>Waits, ticking, until then or until there is a reason not to wait any longer.</summary>
    /// <param name="until">When to stop waiting.</param>
    /// <param name="isOver">Asked after each full second; null where nothing shortens the wait.</param>
    /// <param name="stop">Ends it at once, with an <see cref="OperationCanceledException"/>.</param>
    public async Task PauseAsync(TimeSpan until, Func<Task<bool>>? isOver, CancellationToken stop)
    {
        while (until - Now is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < Tick ? left : Tick, time, stop).ConfigureAwait(false);
            Beat();
            if (left > Tick && isOver is not null && await isOver().ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private void Beat() => watcher.OnTick(new Moment(snapshot, timeline, Now));
}
