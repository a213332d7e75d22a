using System.Collections.Immutable;
using System.Net;

namespace DnsGate.Core.Bound;

/// <summary>Whether the application is bound, and why not.</summary>
internal enum BoundReason
{
    /// <summary>At least one socket has accepted connections to the pod in every snapshot.</summary>
    Listens,

    /// <summary>Nothing listens on the port.</summary>
    NothingListens,

    /// <summary>Something listens on the port, but not at an address of the pod.</summary>
    ListensElsewhere,

    /// <summary>The socket has stopped listening.</summary>
    Vanished,

    /// <summary>The socket has stopped listening, and another one listens in its place.</summary>
    Replaced,

    /// <summary>The kernel's tables cannot be read.</summary>
    Unreadable,
}

/// <summary>
/// Whether the application is bound, judged from one snapshot after another.
/// <code>
/// snapshot   sockets now                        a table is unread   reason             exit code
/// first      some match the pod                 any                 Listens            0
/// first      others only                        no                  ListensElsewhere   1
/// first      none                               no                  NothingListens     1
/// later      some of the matches                any                 Listens            0
/// later      no earlier match, others match     no                  Replaced           1
/// later      no earlier match, no other match   no                  Vanished           1
/// any        none that would be Listens         yes                 Unreadable         3
/// </code>
/// </summary>
/// <param name="Reason">The reason.</param>
/// <param name="Matches">
/// The sockets that have listened from the first snapshot to the last one with
/// <see cref="BoundReason.Listens"/>; empty when there was none.
/// </param>
/// <param name="Snapshot">The last snapshot.</param>
internal sealed record BoundVerdict(BoundReason Reason, ImmutableArray<ListenerMatch> Matches, SocketSnapshot Snapshot)
{
    /// <summary>The exit code of <c>bound</c>.</summary>
    public int ExitCode => Reason switch
    {
        BoundReason.Listens => Model.ExitCode.Open,
        BoundReason.Unreadable => Model.ExitCode.Undecidable,
        _ => Model.ExitCode.Closed,
    };

    /// <summary>Judges one more snapshot.</summary>
    /// <param name="before">The verdict so far, which must be <see cref="BoundReason.Listens"/>; null for the first snapshot.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="addresses">The pod's addresses.</param>
    public static BoundVerdict Judge(BoundVerdict? before, SocketSnapshot snapshot, ImmutableArray<IPAddress> addresses)
    {
        var now = ListenerMatch.FindAll(snapshot.Listeners, addresses);
        var matches = before is null ? now : [.. before.Matches.Where(match => snapshot.Listeners.Contains(match.Socket))];
        if (!matches.IsEmpty)
        {
            return new BoundVerdict(BoundReason.Listens, matches, snapshot);
        }

        var reason =
            snapshot.Unread is not null ? BoundReason.Unreadable
            : before is null ? (snapshot.Listeners.IsEmpty ? BoundReason.NothingListens : BoundReason.ListensElsewhere)
            : now.IsEmpty ? BoundReason.Vanished
            : BoundReason.Replaced;
        return new BoundVerdict(reason, before?.Matches ?? [], snapshot);
    }
}
