using System.Diagnostics;

namespace DnsGate.TestKit;

/// <summary>
/// A clock that runs so many times faster than the real one, its timers too: hours of a loop's life in seconds, with real
/// sockets. What the network takes looks longer by the same factor.
/// </summary>
public sealed class FastForwardTime(double factor) : TimeProvider
{
    private readonly long begun = Stopwatch.GetTimestamp();
    private readonly DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Since it was made, on this clock.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(begun) * factor;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => start + Elapsed;

    /// <inheritdoc/>
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Hasty(System.CreateTimer(callback, state, Real(dueTime), Real(period)), Real);

    private TimeSpan Real(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / factor;

    private sealed class Hasty(ITimer timer, Func<TimeSpan, TimeSpan> real) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(real(dueTime), real(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
