using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Text;

namespace DnsGate.Core.Discovery.Kube;

/// <summary>Who of the endpoints of a Service is asked, and where.</summary>
internal static class EndpointServers
{
    /// <summary>
    /// The DNS servers, sorted, each once.
    /// <list type="bullet">
    /// <item>A pod (<c>targetRef.uid</c>) that is listed with two families is one server: it is asked at the family that this pod has
    /// too, IPv4 before IPv6. One that is listed only with the family that this pod lacks is asked too: it is a DNS server of the
    /// cluster, and has to agree.</item>
    /// <item>An endpoint that moves between slices is in both for a moment, perhaps with two standings. The stronger holds: to ask
    /// one server too many costs a moment, one too few a wrong start.</item>
    /// <item>A pod behind several Services that a label finds is one server.</item>
    /// </list>
    /// </summary>
    public static SourceResult Convert(ImmutableArray<EndpointSlice> all, ServerSource.Kube source, ImmutableArray<IPAddress> podAddresses)
    {
        var slices = OfSource(all, source);
        var isService = source.Label == ServerSource.Kube.ServiceLabel;
        var subject = isService
            ? $"Service {source.Namespace}/{source.Service}"
            : $"{source.Label}={source.Service} in namespace {source.Namespace}";
        if (slices.IsEmpty)
        {
            return SourceResult.Failed(
                DiscoveryFault.Empty,
                isService
                    ? $"{subject} has no EndpointSlices: there is no such Service, or it has no selector"
                    : $"no EndpointSlices are labelled {subject}",
                $"kubectl -n {source.Namespace} get services,endpointslices");
        }

        var found = Read(slices, out var hasEndpoints, out var unusable);
        if (unusable is not null && found.Count > 0)
        {
            // It may be a DNS server that clients ask: a list without it is not complete.
            return SourceResult.Failed(
                DiscoveryFault.Unreachable,
                $"{subject} has a ready endpoint that cannot be asked: {unusable}");
        }

        if (found.Count == 0)
        {
            return hasEndpoints
                ? SourceResult.Failed(
                    DiscoveryFault.Empty,
                    $"{subject} has endpoints, but no port for DNS: named neither dns nor dns-tcp, nor one "
                    + $"UDP port alone (its ports: {DnsPort.Describe(slices)})")
                : SourceResult.Failed(
                    // A Service whose endpoints cannot be used has pods: its DNS does not run on the node.
                    unusable is null ? DiscoveryFault.NoEndpoints : DiscoveryFault.Empty,
                    $"{subject} has no endpoints: its EndpointSlices list no pod with an IP address");
        }

        var servers = new SortedDictionary<ServerAddress, Pod>(Comparer<ServerAddress>.Create(ServerAddress.Compare));
        var prefersIPv4 = HasFamily(podAddresses, AddressFamily.InterNetwork) || !HasFamily(podAddresses, AddressFamily.InterNetworkV6);
        var preferred = prefersIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        foreach (var (_, pod) in found)
        {
            Choose(pod, preferred, servers);
        }

        var list = ImmutableArray.CreateBuilder<Server>(servers.Count);
        foreach (var (address, pod) in servers)
        {
            list.Add(new Server(address, source.ToString())
            {
                Condition = pod.Condition,
                Endpoint = pod.Facts,
                Namespace = source.Namespace,
            });
        }

        return SourceResult.Listed(list.MoveToImmutable());
    }

    private static ImmutableArray<EndpointSlice> OfSource(ImmutableArray<EndpointSlice> all, ServerSource.Kube source)
    {
        var own = ImmutableArray.CreateBuilder<EndpointSlice>();
        foreach (var slice in all)
        {
            var labels = slice.Metadata?.Labels;
            if ((source.Label == ServerSource.Kube.AppLabel ? labels?.App : labels?.ServiceName) == source.Service)
            {
                own.Add(slice);
            }
        }

        return own.ToImmutable();
    }

    /// <summary>The pods behind the slices, by uid; an endpoint without one stands for itself.</summary>
    private static SortedDictionary<string, Pod> Read(ImmutableArray<EndpointSlice> slices, out bool hasEndpoints, out string? unusable)
    {
        (hasEndpoints, unusable) = (false, null);
        var pods = new SortedDictionary<string, Pod>(StringComparer.Ordinal);
        var ports = DnsPort.Find(slices);
        for (var index = 0; index < slices.Length; index++)
        {
            foreach (var endpoint in slices[index].Endpoints ?? [])
            {
                if (endpoint is null)
                {
                    continue;
                }

                if (AddressOf(endpoint, slices[index].AddressType) is not { } address)
                {
                    unusable ??= StandingOf(endpoint) == EndpointCondition.Serving
                        ? $"address {Printable.Escape(endpoint.Addresses is [{ } text, ..] ? text : "none")}, of type "
                            + $"{Printable.Escape(slices[index].AddressType ?? "none")}"
                        : null;
                    continue;
                }

                hasEndpoints = true;
                if (ports[index] is not { } port)
                {
                    continue;
                }

                // A uid is never an address: it has no dot and no colon.
                var key = endpoint.TargetRef?.Uid is { Length: > 0 } uid ? $"uid {uid}" : address.ToString();
                if (!pods.TryGetValue(key, out var pod))
                {
                    pods.Add(key, pod = new Pod(StandingOf(endpoint), FactsOf(endpoint)));
                }

                pod.Add(new ServerAddress(address, port), StandingOf(endpoint), FactsOf(endpoint));
            }
        }

        return pods;
    }

    private static void Choose(Pod pod, AddressFamily preferred, SortedDictionary<ServerAddress, Pod> servers)
    {
        var hasPreferred = false;
        foreach (var address in pod.Addresses)
        {
            hasPreferred |= address.Address.AddressFamily == preferred;
        }

        foreach (var address in pod.Addresses)
        {
            if (!hasPreferred || address.Address.AddressFamily == preferred)
            {
                servers[address] = servers.TryGetValue(address, out var other)
                    && Stronger(other.Condition, pod.Condition) == other.Condition ? other : pod;
            }
        }
    }

    /// <summary>
    /// The first address, as for kube-proxy: no meaning is defined for a second one. Null where the slice does not hold what it says.
    /// </summary>
    private static IPAddress? AddressOf(Endpoint endpoint, string? addressType)
    {
        var family = addressType switch
        {
            "IPv4" => AddressFamily.InterNetwork,
            "IPv6" => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        return endpoint.Addresses is [{ } text, ..]
            && Addresses.TryParse(text, out var address, out _)
            && address.AddressFamily == family
            && !Addresses.IsUnspecifiedOrMulticast(address) ? address : null;
    }

    /// <summary>Unknown is ready, and not terminating (EndpointConditions of discovery.k8s.io/v1).</summary>
    private static EndpointCondition StandingOf(Endpoint endpoint) =>
        endpoint.Conditions?.Terminating == true ? EndpointCondition.Terminating
        : endpoint.Conditions?.Ready == false ? EndpointCondition.NotReady
        : EndpointCondition.Serving;

    /// <summary>Text that is no name of an object is left out: it is shown as it is.</summary>
    private static KubeEndpoint FactsOf(Endpoint endpoint) => new(
        DnsLabel.IsSubdomain(endpoint.TargetRef?.Name) ? endpoint.TargetRef?.Name : null,
        DnsLabel.IsSubdomain(endpoint.NodeName) ? endpoint.NodeName : null,
        endpoint.Hints is { ForZones.Length: > 0 } or { ForNodes.Length: > 0 });

    private static EndpointCondition Stronger(EndpointCondition left, EndpointCondition right) => left < right ? left : right;

    private static bool HasFamily(ImmutableArray<IPAddress> addresses, AddressFamily family)
    {
        foreach (var address in addresses)
        {
            if (address.AddressFamily == family)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One process: where it listens, and the strongest that is said of it.</summary>
    private sealed class Pod(EndpointCondition first, KubeEndpoint facts)
    {
        public HashSet<ServerAddress> Addresses { get; } = [];

        public EndpointCondition Condition { get; private set; } = first;

        public KubeEndpoint Facts { get; private set; } = facts;

        public void Add(ServerAddress address, EndpointCondition standing, KubeEndpoint facts)
        {
            Addresses.Add(address);
            Condition = Stronger(Condition, standing);
            Facts = Facts with { HasHints = Facts.HasHints || facts.HasHints };
        }
    }
}
