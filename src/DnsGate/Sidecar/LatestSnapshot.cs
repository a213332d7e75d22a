using DnsGate.Core.Model;
using DnsGate.Loop;

namespace DnsGate.Sidecar;

/// <summary>The newest snapshot of the loop: written by the loop, read by every request, never waited for.</summary>
/// <param name="first">What is known before the first round.</param>
/// <param name="time">The clock that tells how long the loop has been silent.</param>
internal sealed class LatestSnapshot(GateSnapshot first, TimeProvider time) : ILoopObserver
{
    private volatile GateSnapshot snapshot = first with { Time = time.GetUtcNow() };
    private long writtenAt = time.GetTimestamp();
    private volatile bool isStopping;

    public GateSnapshot Value => snapshot;

    /// <summary>Whether the process is about to end.</summary>
    public bool IsStopping => isStopping;

    /// <summary>Time since the loop last wrote.</summary>
    public TimeSpan Age => time.GetElapsedTime(Volatile.Read(ref writtenAt));

    public void OnRound(GateSnapshot next) => Write(next);

    public void OnTick(GateSnapshot next) => Write(next);

    /// <summary>From now on readiness probes fail.</summary>
    public void Stop() => isStopping = true;

    private void Write(GateSnapshot next)
    {
        snapshot = next;
        Volatile.Write(ref writtenAt, time.GetTimestamp());
    }
}
