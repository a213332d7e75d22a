using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Spec;

namespace DnsGate.Core.Bound;

/// <summary>
/// Whether the application is bound.
/// <code>
/// finding      --zookeeper   its reply   verdict       exit code
/// Listens      no            -           bound         0
/// Listens      yes           Serves      bound         0
/// Listens      yes           any other   not bound     1
/// Unreadable   any           any         undecidable   3
/// any other    any           any         not bound     1
/// </code>
/// A Mode alone is never enough: ZooKeeper shows one for seconds in pods whose election port is not bound.
/// </summary>
/// <param name="Spec">What was asked.</param>
/// <param name="Addresses">The pod's addresses.</param>
/// <param name="AddressSource">Where they were found, for people.</param>
/// <param name="Finding">What the sockets say.</param>
/// <param name="Mode">What ZooKeeper says; null when it was not asked, or the sockets had decided.</param>
public sealed record BoundVerdict(BoundSpec Spec, ImmutableArray<IPAddress> Addresses, string AddressSource, Finding Finding, ModeReply? Mode)
{
    /// <summary>Whether the application is bound.</summary>
    public bool IsBound => Finding.Reason == BoundReason.Listens && (Spec.ZooKeeper is null || Mode?.Outcome == ModeOutcome.Serves);

    /// <summary>The exit code.</summary>
    public int ExitCode => IsBound ? Core.Spec.ExitCode.Open
        : Finding.Reason == BoundReason.Unreadable ? Core.Spec.ExitCode.Undecidable
        : Core.Spec.ExitCode.Closed;
}
