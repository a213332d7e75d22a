using System.Collections.Immutable;
using System.Net;

namespace DnsGate.Core.Bound;

/// <summary>What the looks so far amount to.</summary>
public enum BoundReason
{
    /// <summary>At least one socket has taken the pod's connections at every look.</summary>
    Listens,

    /// <summary>Nothing listens on the port.</summary>
    NothingListens,

    /// <summary>Something listens on the port, but not for an address of the pod.</summary>
    ListensElsewhere,

    /// <summary>What listened has stopped.</summary>
    Vanished,

    /// <summary>What listened has stopped, and another socket listens in its place.</summary>
    Replaced,

    /// <summary>The kernel's tables cannot be read.</summary>
    Unreadable,
}

/// <summary>
/// Whether a socket has listened for the pod all the while.
/// <code>
/// looked before   sockets now                     a table is unread   finding
/// no              some for the pod                any                 Listens, these are held
/// no              none for it, others             no                  ListensElsewhere
/// no              none                            no                  NothingListens
/// yes             some of those held              any                 Listens, these are held on
/// yes             none held, others for the pod   no                  Replaced
/// yes             none held, none for the pod     no                  Vanished
/// any             none for the pod, or none held  yes                 Unreadable
/// </code>
/// </summary>
/// <param name="Reason">The finding.</param>
/// <param name="Held">The sockets that have been there from the first look to the last with a good finding; empty when there was none.</param>
/// <param name="Look">The last look.</param>
public sealed record Finding(BoundReason Reason, ImmutableArray<OwnListener> Held, Look Look)
{
    /// <summary>Judges one more look; never after a finding that is not good.</summary>
    /// <param name="before">What was found until now; null at the first look.</param>
    /// <param name="look">What is seen now.</param>
    /// <param name="addresses">The pod's addresses.</param>
    public static Finding Of(Finding? before, Look look, ImmutableArray<IPAddress> addresses)
    {
        var own = Reach.Own(look.Listeners, addresses);
        var held = before is null ? own : [.. before.Held.Where(listener => look.Listeners.Contains(listener.Socket))];
        if (!held.IsEmpty)
        {
            return new Finding(BoundReason.Listens, held, look);
        }

        var reason =
            look.Unread is not null ? BoundReason.Unreadable
            : before is null ? (look.Listeners.IsEmpty ? BoundReason.NothingListens : BoundReason.ListensElsewhere)
            : own.IsEmpty ? BoundReason.Vanished
            : BoundReason.Replaced;
        return new Finding(reason, before?.Held ?? [], look);
    }
}
