using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Bound;

namespace DnsGate.Cli;

/// <summary>Checks that a socket listens for the pod for the time of <c>--held</c>, which counts from the first snapshot.</summary>
internal static class BoundCheck
{
    /// <summary>
    /// The time between two snapshots. A shorter one costs CPU: a snapshot takes the kernel some milliseconds. A longer one
    /// only finds out later: a socket that was closed and opened again has another inode, however short the gap.
    /// </summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Takes snapshots until the verdict is no longer <see cref="BoundReason.Listens"/>, or has been so for long enough.</summary>
    /// <param name="takeSnapshot">Reads the kernel's tables.</param>
    /// <param name="held">How long the same socket must listen; zero is one snapshot.</param>
    /// <param name="addresses">The pod's addresses.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends it early, with an <see cref="OperationCanceledException"/>.</param>
    public static async Task<BoundVerdict> RunAsync(
        Func<SocketSnapshot> takeSnapshot, TimeSpan held, ImmutableArray<IPAddress> addresses, TimeProvider time, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        var verdict = Judge(null);
        while (verdict.Reason == BoundReason.Listens && held - time.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
        {
            // A delay is a whole number of milliseconds: round the last one up.
            await Task.Delay(left >= Interval ? Interval : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time, stop)
                .ConfigureAwait(false);
            verdict = Judge(verdict);
        }

        return verdict;

        // The kernel hands a table out in pieces. One that changes meanwhile may lack a socket that was there all the time, so
        // a missing socket is looked for once more. Its inode tells whether it is the same one.
        BoundVerdict Judge(BoundVerdict? before)
        {
            var first = BoundVerdict.Judge(before, takeSnapshot(), addresses);
            return first.Reason == BoundReason.Listens ? first : BoundVerdict.Judge(before, takeSnapshot(), addresses);
        }
    }
}
