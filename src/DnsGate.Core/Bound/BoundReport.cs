using System.Globalization;
using System.Net;
using System.Text;
using DnsGate.Core.Spec;

namespace DnsGate.Core.Bound;

/// <summary>
/// The verdict of <c>bound</c> as text. The first line is the verdict itself; what was seen and what to do follow it. The
/// same from run to run while nothing changes (no clock, no inode), so that Kubernetes folds repeated events.
/// </summary>
public static class BoundReport
{
    /// <summary>Listeners that are shown: an event has room for a few.</summary>
    private const int MaxShown = 8;

    /// <summary>The whole text, each line ended.</summary>
    public static string Render(BoundVerdict verdict)
    {
        var text = new StringBuilder();
        text.Append(Headline(verdict)).Append('\n');
        foreach (var line in Advice(verdict))
        {
            text.Append("  ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The first line.</summary>
    public static string Headline(BoundVerdict verdict) => verdict.Finding.Reason switch
    {
        BoundReason.Listens => $"bound: {Listens(verdict)}",
        BoundReason.NothingListens => Text($"not bound: nothing listens on port {verdict.Spec.Port}"),
        BoundReason.ListensElsewhere => Text($"not bound: nothing listens on port {verdict.Spec.Port} at {Join(verdict.Addresses)}, only at {Join(Elsewhere(verdict))}"),
        BoundReason.Vanished => $"not bound: {Held(verdict)} stopped listening within {Duration.Format(verdict.Spec.Held)}",
        BoundReason.Replaced => $"not bound: the socket at {Held(verdict)} was replaced by another one within {Duration.Format(verdict.Spec.Held)}",
        _ => $"undecidable: {verdict.Finding.Look.Unread}",
    };

    private static IEnumerable<string> Advice(BoundVerdict verdict)
    {
        switch (verdict.Finding.Reason)
        {
            case BoundReason.Listens:
                break;
            case BoundReason.NothingListens:
                yield return "the application has not bound yet, could not, or listens on another port (--port): its log says which; where it could not (ZooKeeper: BindException, Unresolved address), a name server gave it a wrong address: 'dnsgate check' says which one";
                break;
            case BoundReason.ListensElsewhere:
                foreach (var address in Elsewhere(verdict))
                {
                    yield return $"{address}: {Wrong(verdict, address)}";
                }

                break;
            case BoundReason.Vanished:
                yield return "the application closed the port or ended: its log says why";
                break;
            case BoundReason.Replaced:
                yield return "the application closed the port and bound it again, or was restarted: its log says why; whether the new socket stays, the next probe tells";
                break;
            default:
                yield return "whether anything listens is read from /proc/net/tcp and /proc/net/tcp6: is /proc mounted in this container, and may this user read them?";
                break;
        }
    }

    /// <summary>What is wrong with listening at an address that is not the pod's.</summary>
    private static string Wrong(BoundVerdict verdict, IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return "loopback, where no other pod reaches it; the application found this address for its own name, or is told to bind it: let it bind the pod's address";
        }

        if (address.Equals(IPAddress.Any))
        {
            return "the wildcard of IPv4, and this pod has addresses of IPv6 only";
        }

        if (address.Equals(IPAddress.IPv6Any))
        {
            return "the wildcard of IPv6, and IPv6 alone since another socket has the port for IPv4; this pod has addresses of IPv4 only";
        }

        return $"not an address of this pod, which is {Join(verdict.Addresses)} (from {verdict.AddressSource}); most likely a name server gave the application its old one: 'dnsgate check' says which; if the address is right, name it with --ip";
    }

    private static string Listens(BoundVerdict verdict)
    {
        var held = verdict.Spec.Held;
        return $"{Held(verdict)} {(held == TimeSpan.Zero ? "is listening" : $"has been listening for {Duration.Format(held)}")}";
    }

    /// <summary>The pod's address that the first of the held sockets takes connections for.</summary>
    private static string Held(BoundVerdict verdict)
    {
        var (socket, address) = verdict.Finding.Held[0];
        var bound = new IPEndPoint(address, socket.Port);
        return socket.IsWildcard ? $"{bound} (through the wildcard {new IPEndPoint(socket.Address, socket.Port)})" : bound.ToString();
    }

    private static IEnumerable<IPAddress> Elsewhere(BoundVerdict verdict) => verdict.Finding.Look.Listeners
        .Select(listener => listener.Address)
        .Distinct()
        .Order(Comparer<IPAddress>.Create(Spec.Addresses.Compare))
        .Take(MaxShown);

    private static string Join(IEnumerable<IPAddress> addresses) => string.Join(' ', addresses);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
