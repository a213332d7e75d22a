using System.Text.Json.Nodes;

namespace DnsGate.TestKit;

/// <summary>What an EndpointSlice (discovery.k8s.io/v1) says, as far as a test cares; the rest is filled in as a cluster would.</summary>
/// <param name="Name">The slice's name, such as <c>kube-dns-x7k2p</c>.</param>
public sealed record EndpointSliceSpec(string Name)
{
    /// <summary>The namespace.</summary>
    public string Namespace { get; init; } = "kube-system";

    /// <summary>The Service: label <c>kubernetes.io/service-name</c>. Null leaves the label out.</summary>
    public string? Service { get; init; } = "kube-dns";

    /// <summary>The label <c>k8s-app</c> of the Service, which the controller copies. Null leaves it out.</summary>
    public string? App { get; init; } = "kube-dns";

    /// <summary>
    /// Label <c>endpointslice.kubernetes.io/managed-by</c>; another one for slices written by hand. Null leaves it out.
    /// </summary>
    public string? ManagedBy { get; init; } = "endpointslice-controller.k8s.io";

    /// <summary>IPv4, IPv6 or FQDN.</summary>
    public string AddressType { get; init; } = "IPv4";

    /// <summary>The endpoints; without any the API server writes null.</summary>
    public IReadOnlyList<EndpointSpec> Endpoints { get; init; } = [];

    /// <summary>The ports; without any the API server writes null.</summary>
    public IReadOnlyList<EndpointPortSpec> Ports { get; init; } = [];

    /// <summary>
    /// Whether optional values that are absent are written as null (allowed by the API) instead of left out (as Go does).
    /// </summary>
    public bool WritesNulls { get; init; }

    /// <summary>Spoils the JSON object after it has been written: a server of another version, or an enemy.</summary>
    public Action<JsonObject>? Spoil { get; init; }

    /// <summary>A slice of CoreDNS: endpoints that are ready, with ports <c>dns</c>, <c>dns-tcp</c> and <c>metrics</c>.</summary>
    public static EndpointSliceSpec ForDns(string name, int port, params IReadOnlyList<string> addresses) => new(name)
    {
        AddressType = addresses.Any(address => address.Contains(':')) ? "IPv6" : "IPv4",
        Endpoints = [.. addresses.Select(address => new EndpointSpec(address))],
        Ports = [new("dns", port, "UDP"), new("dns-tcp", port, "TCP"), new("metrics", 9153, "TCP")],
    };
}

/// <summary>One endpoint of a slice: one pod, usually with one address.</summary>
/// <param name="Addresses">1 to 100 addresses that stand for the same pod; clients are to use the first.</param>
public sealed record EndpointSpec(params IReadOnlyList<string> Addresses)
{
    /// <summary>Condition <c>ready</c>; null (unknown) is to be read as true.</summary>
    public bool? Ready { get; init; } = true;

    /// <summary>Condition <c>serving</c>; null is to be read as <c>ready</c>.</summary>
    public bool? Serving { get; init; } = true;

    /// <summary>Condition <c>terminating</c>; null is to be read as false.</summary>
    public bool? Terminating { get; init; } = false;

    /// <summary>False leaves <c>conditions</c> out altogether.</summary>
    public bool HasConditions { get; init; } = true;

    /// <summary>The node; null leaves it out.</summary>
    public string? NodeName { get; init; } = "node-a";

    /// <summary>
    /// The node whose clients are sent here (<c>hints.forNodes</c>, trafficDistribution PreferSameNode); null leaves it out.
    /// </summary>
    public string? HintedNode { get; init; }

    /// <summary>The zone; null leaves it out.</summary>
    public string? Zone { get; init; } = "zone-1";

    /// <summary>The pod in <c>targetRef</c>; null leaves it out.</summary>
    public string? PodName { get; init; } = $"coredns-{(Addresses.Count > 0 ? Addresses[0] : "none").Replace('.', '-').Replace(':', '-')}";

    /// <summary>The pod's uid in <c>targetRef</c>; null makes one from the pod's name, so that the slices of both families agree.</summary>
    public string? PodUid { get; init; }
}

/// <summary>A port of a slice; what is null is left out. No port at all means "every port".</summary>
/// <param name="Name">The Service's name for it.</param>
/// <param name="Port">The number.</param>
/// <param name="Protocol">UDP, TCP or SCTP.</param>
public sealed record EndpointPortSpec(string? Name, int? Port, string? Protocol);
