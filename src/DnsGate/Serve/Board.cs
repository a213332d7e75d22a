using DnsGate.Core.Report;
using DnsGate.Watch;

namespace DnsGate.Serve;

/// <summary>
/// The last that the loop has told, for whoever asks: written by the loop, read by every request, and never waited for.
/// </summary>
/// <param name="first">What is known before the first round.</param>
/// <param name="time">The clock that tells how long the loop has been silent.</param>
internal sealed class Board(Snapshot first, TimeProvider time) : IWatcher
{
    private volatile Notice notice = new(new Moment(first, Timeline.Empty, TimeSpan.Zero), time.GetTimestamp());
    private volatile bool hasOpened = first.Status == GateStatus.Disabled;
    private volatile bool isStopping;

    /// <summary>All that is known.</summary>
    public Moment Moment => notice.Moment;

    /// <summary>Whether the gate has ever opened: later trouble never takes it back.</summary>
    public bool HasOpened => hasOpened;

    /// <summary>Whether the process is about to end.</summary>
    public bool IsStopping => isStopping;

    /// <summary>For how long the loop has not been heard.</summary>
    public TimeSpan SilentFor => time.GetElapsedTime(notice.At);

    public void OnRound(Moment moment)
    {
        OnTick(moment);
        hasOpened |= moment.Snapshot.Status is GateStatus.Open or GateStatus.Disabled;
    }

    public void OnTick(Moment moment) => notice = new Notice(moment, time.GetTimestamp());

    /// <summary>From now on nobody should count on this process.</summary>
    public void Stop() => isStopping = true;

    private sealed record Notice(Moment Moment, long At);
}
