using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Spec;

namespace DnsGate.Core.Bound;

/// <summary>
/// Whether the application is bound.
/// <code>
/// finding      verdict       exit code
/// Listens      bound         0
/// Unreadable   undecidable   3
/// any other    not bound     1
/// </code>
/// </summary>
/// <param name="Spec">What was asked.</param>
/// <param name="Addresses">The pod's addresses.</param>
/// <param name="AddressSource">Where they were found, for people.</param>
/// <param name="Finding">What the sockets say.</param>
public sealed record BoundVerdict(BoundSpec Spec, ImmutableArray<IPAddress> Addresses, string AddressSource, Finding Finding)
{
    /// <summary>Whether the application is bound.</summary>
    public bool IsBound => Finding.Reason == BoundReason.Listens;

    /// <summary>The exit code.</summary>
    public int ExitCode => IsBound ? Core.Spec.ExitCode.Open
        : Finding.Reason == BoundReason.Unreadable ? Core.Spec.ExitCode.Undecidable
        : Core.Spec.ExitCode.Closed;
}
