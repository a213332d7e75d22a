using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Bound;
using DnsGate.Core.Spec;

namespace DnsGate.Bound;

/// <summary>
/// Looks again and again until a socket has listened for the pod for long enough, or has not. The time counts from the
/// first look: how long the socket was there before, nobody tells.
/// </summary>
/// <param name="look">Looks at the kernel's tables; once it has seen all the sockets that it is given it need not look further.</param>
/// <param name="time">The clock.</param>
internal sealed class Holding(Func<ImmutableArray<OwnListener>, Look> look, TimeProvider time)
{
    /// <summary>
    /// The time between two looks. Not shorter: a look costs the kernel milliseconds. Not longer: a socket that was closed and made
    /// again has another inode, however short the gap, but one that comes and goes is not seen in between.
    /// </summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    /// <summary>Holds.</summary>
    /// <param name="spec">What is asked.</param>
    /// <param name="addresses">The pod's addresses.</param>
    /// <param name="source">Where they were found, for people.</param>
    /// <param name="stop">Ends it early, with an <see cref="OperationCanceledException"/>.</param>
    public async Task<BoundVerdict> RunAsync(BoundSpec spec, ImmutableArray<IPAddress> addresses, string source, CancellationToken stop)
    {
        var begun = time.GetTimestamp();
        var finding = LookAgain(null, addresses);
        while (finding.Reason == BoundReason.Listens)
        {
            var left = spec.Held - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            await Task.Delay(Until(left), time, stop).ConfigureAwait(false);
            finding = LookAgain(finding, addresses);
        }

        return new BoundVerdict(spec, addresses, source, finding);
    }

    // A delay is a number of milliseconds: the rest of one is waited for whole.
    private static TimeSpan Until(TimeSpan left) => left >= Pace ? Pace : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));

    // The kernel hands a table out in pieces, and one that changes meanwhile may lack a socket that has been there all the
    // time. So what is missing is looked for once more; found then, by its inode, it never went away.
    private Finding LookAgain(Finding? before, ImmutableArray<IPAddress> addresses)
    {
        var finding = Finding.Of(before, look(before?.Held ?? []), addresses);
        return finding.Reason == BoundReason.Listens ? finding : Finding.Of(before, look([]), addresses);
    }
}
