namespace DnsGate.TestKit;

/// <summary>
/// A clock that moves only when told to. Timers fire inside <see cref="Advance"/>, in the order of their due times, each
/// while the clock shows its due time; the callbacks run on the advancing thread.
/// </summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock guard = new();
    private readonly SortedSet<ManualTimer> armed = new(Comparer<ManualTimer>.Create(CompareDue));
    private readonly List<(int Count, TaskCompletionSource Reached)> waiters = [];
    private readonly DateTimeOffset start;
    private TimeSpan elapsed;
    private long armings;

    /// <summary>A clock that shows 2026-01-01 00:00 UTC, or another start.</summary>
    public ManualTime(DateTimeOffset? start = null) => this.start = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How far the clock has been moved.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (guard)
            {
                return elapsed;
            }
        }
    }

    /// <summary>The number of armed timers: what waits for this clock.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (guard)
            {
                return armed.Count;
            }
        }
    }

    /// <summary>The time until the next timer is due; null when none is armed.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (guard)
            {
                return armed.Min is { } first ? first.Due - elapsed : null;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => start + Elapsed;

    /// <inheritdoc/>
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock and fires what becomes due, also what is armed on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        FireUntil(Elapsed + by);
    }

    /// <summary>Moves the clock to the next due timer and fires it; false when none is armed.</summary>
    public bool AdvanceToNextTimer()
    {
        if (UntilNextTimer is not { } delay)
        {
            return false;
        }

        Advance(delay);
        return true;
    }

    /// <summary>Completes when at least so many timers are armed: when the code under test has come to wait.</summary>
    public Task WaitForTimersAsync(int count = 1, CancellationToken cancellation = default)
    {
        lock (guard)
        {
            if (armed.Count >= count)
            {
                return Task.CompletedTask;
            }

            TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters.Add((count, reached));
            return reached.Task.WaitAsync(cancellation);
        }
    }

    private void FireUntil(TimeSpan end)
    {
        while (true)
        {
            ManualTimer timer;
            lock (guard)
            {
                if (armed.Min is not { } first || first.Due > end)
                {
                    elapsed = end > elapsed ? end : elapsed;
                    return;
                }
                timer = first;
                armed.Remove(timer);
                // A callback may have moved the clock beyond this timer; the clock never goes back.
                elapsed = timer.Due > elapsed ? timer.Due : elapsed;
                if (timer.Period > TimeSpan.Zero)
                {
                    Arm(timer, timer.Due + timer.Period);
                }
            }
            // Outside the lock: callbacks create and change timers.
            timer.Fire();
        }
    }

    private bool Rearm(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        bool dueNow;
        lock (guard)
        {
            if (timer.IsDisposed)
            {
                return false;
            }

            armed.Remove(timer);
            timer.Period = period;
            dueNow = dueTime == TimeSpan.Zero;
            if (dueTime >= TimeSpan.Zero)
            {
                Arm(timer, elapsed + dueTime);
            }
        }
        if (dueNow)
        {
            FireUntil(Elapsed);
        }

        return true;
    }

    private void Disarm(ManualTimer timer)
    {
        lock (guard)
        {
            timer.IsDisposed = true;
            armed.Remove(timer);
        }
    }

    private void Arm(ManualTimer timer, TimeSpan due)
    {
        timer.Due = due;
        timer.Arming = armings++;
        armed.Add(timer);
        foreach ((_, var reached) in waiters.Where(waiter => waiter.Count <= armed.Count))
        {
            reached.TrySetResult();
        }

        waiters.RemoveAll(waiter => waiter.Count <= armed.Count);
    }

    // Timers of one due time fire in the order in which they were armed.
    private static int CompareDue(ManualTimer left, ManualTimer right) =>
        left.Due != right.Due ? left.Due.CompareTo(right.Due) : left.Arming.CompareTo(right.Arming);

    private sealed class ManualTimer(ManualTime clock, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; set; }

        public long Arming { get; set; } = -1;

        public bool IsDisposed { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Rearm(this, dueTime, period);

        public void Dispose() => clock.Disarm(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
