using System.Collections.Immutable;
using System.Text;

namespace DnsGate.Core.Discovery.Kube;

/// <summary>At which port of its endpoints a slice has DNS servers. 53 is never assumed: OpenShift's listen on 5353.</summary>
internal static class DnsPort
{
    /// <summary>
    /// The port of each slice; null where its endpoints are not for DNS. Slices are distinguished by the ports that their pods
    /// really have, and a Service sends no client to a port that a slice does not name. So once one slice names <c>dns</c> or
    /// <c>dns-tcp</c>, the others are for metrics or health alone; only where no slice does, the one UDP port is taken
    /// (charts say <c>udp-53</c>), or the one port.
    /// </summary>
    public static int?[] Find(ImmutableArray<EndpointSlice> slices)
    {
        var ports = new int?[slices.Length];
        var isNamed = false;
        for (var index = 0; index < slices.Length; index++)
        {
            ports[index] = Named(slices[index]);
            isNamed |= ports[index] is not null;
        }

        for (var index = 0; index < slices.Length && !isNamed; index++)
        {
            ports[index] = Only(slices[index], udp: true) ?? Only(slices[index], udp: false);
        }

        return ports;
    }

    /// <summary>The ports of the slices, for people: <c>metrics 9153/TCP, 8080/TCP</c>.</summary>
    public static string Describe(ImmutableArray<EndpointSlice> slices)
    {
        // As many as fit on a line; an API server lets a slice have 20,000.
        const int MaxDescribed = 8;
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var slice in slices)
        {
            foreach (var port in slice.Ports ?? [])
            {
                if (port is not null)
                {
                    var name = string.IsNullOrEmpty(port.Name) ? "" : $"{ApiProblem.Quote(port.Name)} ";
                    seen.Add($"{name}{port.Port?.ToString() ?? "any"}/{ApiProblem.Quote(port.Protocol ?? "TCP")}");
                }
            }
        }

        var text = new StringBuilder();
        var described = 0;
        foreach (var port in seen)
        {
            if (described++ == MaxDescribed)
            {
                text.Append(", ...");
                break;
            }

            text.Append(text.Length > 0 ? ", " : "").Append(port);
        }

        return text.Length > 0 ? text.ToString() : "none";
    }

    private static int? Named(EndpointSlice slice)
    {
        int? tcp = null;
        foreach (var port in slice.Ports ?? [])
        {
            if (port is { Name: "dns", Protocol: "UDP", Port: > 0 and <= ushort.MaxValue })
            {
                return port.Port;
            }

            if (port is { Name: "dns-tcp", Port: > 0 and <= ushort.MaxValue })
            {
                tcp = port.Port;
            }
        }

        return tcp;
    }

    private static int? Only(EndpointSlice slice, bool udp)
    {
        int? only = null;
        foreach (var port in slice.Ports ?? [])
        {
            if (port is not { Port: > 0 and <= ushort.MaxValue } || (udp && port.Protocol != "UDP"))
            {
                continue;
            }

            if (only is not null && only != port.Port)
            {
                return null;
            }

            only = port.Port;
        }

        return only;
    }
}
