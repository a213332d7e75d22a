using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Dns;

namespace DnsGate.Core.Model;

/// <summary>A member of the application's ensemble, as <c>--peers</c> names it.</summary>
/// <param name="Text">The name as it is written.</param>
/// <param name="Candidates">The names to ask for, in order, until one exists; never empty.</param>
/// <param name="IsSelf">Whether it is this pod.</param>
internal sealed record Peer(string Text, ImmutableArray<DnsName> Candidates, bool IsSelf)
{
    /// <summary>
    /// For another name of this pod (<c>--also</c>), the pod's addresses: the answer must contain them. Empty for other members, which have
    /// to exist only.
    /// </summary>
    public ImmutableArray<IPAddress> Contains { get; init; } = [];

    /// <summary>Whether every family must be published; otherwise those that the answer has, and at least one.</summary>
    public bool NeedsEveryFamily { get; init; }

    /// <summary>Whether these addresses are what the name must have.</summary>
    public bool Accepts(IReadOnlyCollection<IPAddress> found)
    {
        var expected = Contains
            .Where(address => NeedsEveryFamily || found.Any(other => other.AddressFamily == address.AddressFamily))
            .ToList();
        return Contains.IsEmpty ? found.Count > 0 : expected.Count > 0 && expected.All(found.Contains);
    }
}

/// <summary>The members to look for, and what their absence means.</summary>
/// <param name="Peers">The members, in the order of their list.</param>
/// <param name="Require">How many of them must exist; this pod counts as one.</param>
/// <param name="Timeout">Time for the others to appear, from the moment when the own name has settled.</param>
/// <param name="OnTimeout">What happens when that time has passed.</param>
internal sealed record PeerPlan(ImmutableArray<Peer> Peers, Quorum Require, TimeSpan Timeout, OnTimeout OnTimeout)
{
    /// <summary>How many members must exist.</summary>
    public int Needed => Peers.IsEmpty ? 0 : Require.Needed(Peers.Length);

    /// <summary>Other names of this pod (<c>--also</c>). They are all required, and no time limit of their own ends the wait.</summary>
    public ImmutableArray<Peer> Also { get; init; } = [];
}

/// <summary>What is known of a member.</summary>
internal enum PeerState
{
    /// <summary>Every DNS server that was asked has an address for it.</summary>
    Found,

    /// <summary>A server has no address for it, or it was not asked yet.</summary>
    Missing,

    /// <summary>It is this pod.</summary>
    Self,
}

/// <summary>A member and what the DNS servers know of it.</summary>
/// <param name="Peer">The member.</param>
/// <param name="State">What is known.</param>
/// <param name="Detail">What the servers answered, the same from round to round; empty for a member that was found.</param>
/// <param name="MissingAt">The servers that do not have it, where others do.</param>
internal sealed record PeerVerdict(Peer Peer, PeerState State, string Detail, ImmutableArray<ServerAddress> MissingAt);

/// <summary>What is known of all members.</summary>
/// <param name="Members">The members, in the order of their list.</param>
/// <param name="Needed">How many of them must exist.</param>
/// <param name="HasTimedOut">Whether <c>--peers-timeout</c> has passed before that.</param>
internal sealed record PeerSummary(ImmutableArray<PeerVerdict> Members, int Needed, bool HasTimedOut)
{
    /// <summary>What is known of the other names of this pod (<c>--also</c>).</summary>
    public ImmutableArray<PeerVerdict> Also { get; init; } = [];

    /// <summary>The other names of this pod that are not right at every server yet.</summary>
    public IEnumerable<PeerVerdict> WrongAlso => Also.Where(name => name.State == PeerState.Missing);

    /// <summary>The members that exist, this pod included.</summary>
    public int Found => Members.Length - Missing.Count();

    /// <summary>The members that do not.</summary>
    public IEnumerable<PeerVerdict> Missing => Members.Where(member => member.State == PeerState.Missing);

    /// <summary>Whether enough members exist.</summary>
    public bool IsEnough => Found >= Needed;
}
