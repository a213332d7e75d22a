using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using DnsGate.Core.Options;
using DnsGate.Core.Text;

namespace DnsGate.Core.Bound;

/// <summary>
/// The verdict of <c>bound</c> as text. The first line is the verdict; what to do follows. The text stays the same from run
/// to run while nothing changes (no clock, no inode), so that Kubernetes folds repeated events.
/// </summary>
internal static class BoundReport
{
    /// <summary>Other addresses that are shown: an event has room for a few.</summary>
    private const int MaxShown = 8;

    /// <summary>The whole text, each line ended by a line feed.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="options">The options.</param>
    /// <param name="own">The pod's addresses, and where they were found, for people.</param>
    public static string Render(BoundVerdict verdict, BoundOptions options, (ImmutableArray<IPAddress> Addresses, string Source) own)
    {
        var text = new StringBuilder();
        text.Append(Headline(verdict, options, own.Addresses)).Append('\n');
        foreach (var line in Advice(verdict, own))
        {
            text.Append("  ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static string Headline(BoundVerdict verdict, BoundOptions options, ImmutableArray<IPAddress> addresses) => verdict.Reason switch
    {
        BoundReason.Listens when options.StableFor == TimeSpan.Zero => $"bound: {EndpointText(verdict)} is listening",
        BoundReason.Listens => $"bound: {EndpointText(verdict)} has been listening for {Duration.Format(options.StableFor)}",
        BoundReason.NothingListens => Text($"not bound: nothing listens on port {options.Port}"),
        BoundReason.ListensElsewhere =>
            Text($"not bound: nothing listens on port {options.Port} at {Join(addresses)}, only at {Join(Elsewhere(verdict))}"),
        BoundReason.Vanished => $"not bound: {EndpointText(verdict)} stopped listening within {Duration.Format(options.StableFor)}",
        BoundReason.Replaced =>
            $"not bound: the socket at {EndpointText(verdict)} was replaced by another one within {Duration.Format(options.StableFor)}",
        _ => $"undecidable: {verdict.Snapshot.Unread}",
    };

    private static IEnumerable<string> Advice(BoundVerdict verdict, (ImmutableArray<IPAddress> Addresses, string Source) own) =>
        verdict.Reason switch
        {
            BoundReason.Listens => [],
            BoundReason.NothingListens =>
            [
                "the application has not bound yet, could not, or listens on another port (--port): its log says which; where it could not "
                + "(ZooKeeper: BindException, Unresolved address), a DNS server gave it a wrong address: 'dnsgate check' says which one",
            ],
            BoundReason.ListensElsewhere => Elsewhere(verdict).Select(address => $"{address}: {Wrong(address, own)}"),
            BoundReason.Vanished => ["the application closed the port or ended: its log says why"],
            BoundReason.Replaced =>
            [
                "the application closed the port and bound it again, or was restarted: its log says why; whether the new "
                + "socket stays, the next probe tells",
            ],
            _ =>
            [
                "whether anything listens is read from /proc/net/tcp and /proc/net/tcp6: is /proc mounted in this container, "
                + "and may this user read them?",
            ],
        };

    /// <summary>What is wrong with listening at an address that is not the pod's.</summary>
    private static string Wrong(IPAddress address, (ImmutableArray<IPAddress> Addresses, string Source) own)
    {
        if (IPAddress.IsLoopback(address))
        {
            return "loopback, where no other pod reaches it; the application found this address for its own name, or is told to bind it: "
                + "let it bind the pod's address";
        }

        if (address.Equals(IPAddress.Any))
        {
            return "the wildcard of IPv4, and this pod has addresses of IPv6 only";
        }

        if (address.Equals(IPAddress.IPv6Any))
        {
            return "the wildcard of IPv6, and IPv6 alone since another socket has the port for IPv4; this pod has addresses of IPv4 only";
        }

        return $"not an address of this pod, which is {Join(own.Addresses)} (from {own.Source}); most likely a DNS server gave the "
            + "application its old one: 'dnsgate check' says which; if the address is right, name it with --ip";
    }

    /// <summary>The pod's address that the first match accepts connections to, and its port.</summary>
    private static string EndpointText(BoundVerdict verdict)
    {
        var (socket, address) = verdict.Matches[0];
        var bound = new IPEndPoint(address, socket.Port);
        return socket.IsWildcard ? $"{bound} (through the wildcard {new IPEndPoint(socket.Address, socket.Port)})" : bound.ToString();
    }

    private static IEnumerable<IPAddress> Elsewhere(BoundVerdict verdict) => verdict.Snapshot.Listeners
        .Select(listener => listener.Address)
        .Distinct()
        .Order(Comparer<IPAddress>.Create(Core.Text.Addresses.Compare))
        .Take(MaxShown);

    private static string Join(IEnumerable<IPAddress> addresses) => string.Join(' ', addresses);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
