using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>The last look before the gate opens: does the list of servers still hold?</summary>
internal static class OpeningRule
{
    /// <summary>
    /// What stands against opening; null when nothing does. The window does not start over for it.
    /// <list type="table">
    /// <item><term>other servers are listed now</term><description>servers-changed</description></item>
    /// <item><term>there is no usable list, or it is older than a minute</term><description>discovery-failed</description></item>
    /// <item><term>the coverage is less than required</term><description>discovery-failed</description></item>
    /// <item><term>one round is all, and a better source was slow or unreachable</term><description>discovery-failed</description></item>
    /// <item><term>otherwise</term><description>nothing</description></item>
    /// </list>
    /// </summary>
    /// <param name="asked">The list whose servers agree.</param>
    /// <param name="again">The list taken just now.</param>
    /// <param name="isOneRound">
    /// Whether one round is all there is. A gate that waits gives every source 5 s first, and returns to a better one when it answers.
    /// </param>
    public static Reason? ObjectionTo(Listing asked, Listing again, bool isOneRound = false) =>
        !again.HasSameServersAs(asked) ? Reason.ServersChanged
        : again.Age <= Listing.MaxAge && !again.LacksCoverage && !(isOneRound && again.IsProvisional) ? null
        : Reason.DiscoveryFailed;
}
