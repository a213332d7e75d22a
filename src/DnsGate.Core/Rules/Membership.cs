using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Rules;

/// <summary>Whether this pod is in the list of members (<c>--peers</c>).</summary>
internal static class Membership
{
    /// <summary>
    /// The diagnosis of a list that does not have this pod; null where it does. It never closes the gate: an application may list only
    /// the others.
    /// </summary>
    /// <param name="own">The pod's name.</param>
    /// <param name="peers">The members.</param>
    public static Diagnosis? Judge(DnsName own, ImmutableArray<Peer> peers)
    {
        if (peers.IsEmpty || peers.Any(peer => peer.IsSelf))
        {
            return null;
        }

        var nearest = NearestTo(own, peers);
        return new Diagnosis(
            Diagnosis.NotAMember,
            $"the list of --peers does not contain this pod ({own}){(nearest is null ? "" : $"; the nearest name in it is {nearest}")}",
            "correct the list or the pod's name: an application that does not find itself in its list may refuse to start or form an "
            + "ensemble of its own");
    }

    /// <summary>The member with the same host name; otherwise the one that is spelled nearly the same.</summary>
    private static string? NearestTo(DnsName own, ImmutableArray<Peer> peers)
    {
        var candidates = peers.SelectMany(peer => peer.Candidates).ToList();
        var sameHost = candidates.Find(name => name.FirstLabel.Equals(own.FirstLabel, StringComparison.OrdinalIgnoreCase));
        return sameHost?.ToString() ?? Spelling.Closest(own.ToString(), candidates.Select(name => name.ToString()));
    }
}
