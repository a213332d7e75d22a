using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>The last look before the gate opens: does the list of servers still hold?</summary>
internal static class OpeningRule
{
    /// <summary>What stands against opening; null when nothing does. The window does not start over for it.</summary>
    /// <param name="asked">The list whose servers agree.</param>
    /// <param name="again">The list taken just now.</param>
    public static Reason? ObjectionTo(Listing asked, Listing again) =>
        !again.HasSameServersAs(asked) ? Reason.ServersChanged
        : again.Age <= Listing.MaxAge ? null
        : Reason.DiscoveryFailed;
}
