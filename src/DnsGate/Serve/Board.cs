using DnsGate.Core.Report;
using DnsGate.Watch;

namespace DnsGate.Serve;

/// <summary>What the loop has told, and when.</summary>
/// <param name="Moment">All that was known.</param>
/// <param name="At">When it told so, as a timestamp.</param>
/// <param name="WallClock">The same as people read it.</param>
/// <param name="HasOpened">Whether the gate has ever opened: later trouble never takes it back.</param>
internal sealed record Notice(Moment Moment, long At, DateTimeOffset WallClock, bool HasOpened);

/// <summary>
/// The last that the loop has told, for whoever asks: written by the loop, read by every request, and never waited for.
/// </summary>
internal sealed class Board : IWatcher
{
    private readonly TimeProvider time;
    private volatile Notice last;
    private volatile bool isStopping;

    /// <summary>Makes it.</summary>
    /// <param name="first">What is known before the first round.</param>
    /// <param name="time">The clock that tells how long the loop has been silent.</param>
    public Board(Snapshot first, TimeProvider time)
    {
        this.time = time;
        last = NoticeOf(new Moment(first, Timeline.Empty, TimeSpan.Zero), first.Status == GateStatus.Disabled);
    }

    /// <summary>All that is known.</summary>
    public Notice Last => last;

    /// <summary>Whether the process is about to end.</summary>
    public bool IsStopping => isStopping;

    /// <summary>For how long the loop has not been heard.</summary>
    public TimeSpan SilentFor => time.GetElapsedTime(last.At);

    public void OnRound(Moment moment) => last = NoticeOf(moment, last.HasOpened || moment.Snapshot.Status == GateStatus.Open);

    public void OnTick(Moment moment) => last = NoticeOf(moment, last.HasOpened);

    /// <summary>From now on nobody should count on this process.</summary>
    public void Stop() => isStopping = true;

    private Notice NoticeOf(Moment moment, bool hasOpened) => new(moment, time.GetTimestamp(), time.GetUtcNow(), hasOpened);
}
