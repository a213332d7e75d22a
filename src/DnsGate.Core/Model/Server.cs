
namespace DnsGate.Core.Model;

/// <summary>In what state an endpoint was found (EndpointConditions of discovery.k8s.io/v1).</summary>
internal enum EndpointCondition
{
    /// <summary>In service, or nothing is known against it.</summary>
    Serving,

    /// <summary><c>ready</c> is false: its node may have died, and clients are not sent there.</summary>
    NotReady,

    /// <summary><c>terminating</c>: it answers from frozen data until its lameduck time is over.</summary>
    Terminating,
}

/// <summary>What the Kubernetes API says of the endpoint behind a server.</summary>
/// <param name="Pod">The name of the pod; null where none is given.</param>
/// <param name="Node">The name of its node; null where none is given.</param>
/// <param name="HasHints">Whether its EndpointSlice tells kube-proxy on which nodes or in which zones to prefer it.</param>
internal sealed record KubeEndpoint(string? Pod, string? Node, bool HasHints);

/// <summary>One DNS server of a view.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Source">Where it was found, for people: <c>static</c>, <c>resolv.conf</c>.</param>
/// <param name="Samples">
/// How often a question is asked in one round: more than once where one address may stand for several servers.
/// </param>
/// <param name="MayForward">Whether it is known to be no CoreDNS endpoint, so that RA=1 in its replies means nothing.</param>
internal sealed record Server(ServerAddress Address, string Source, int Samples = 1, bool MayForward = false)
{
    /// <summary>
    /// Samples of an address that may be virtual; each leaves from a new source port, so that each is balanced separately.
    /// </summary>
    public const int SamplesOfVirtualAddress = 8;

    /// <summary>In what state discovery found it.</summary>
    public EndpointCondition Condition { get; init; }

    /// <summary>The endpoint that it is; null where the API did not list it.</summary>
    public KubeEndpoint? Endpoint { get; init; }

    /// <summary>The namespace of the Service through which it was found, and of its pod; null where none led to it.</summary>
    public string? Namespace { get; init; }

    /// <summary>The pod for people, <c>coredns-7c65d-abcde on node-3</c>; empty where it is not known.</summary>
    public string PodName =>
        Endpoint is { Pod: { } pod } ? $"{pod}{(Endpoint.Node is { } node ? $" on {node}" : "")}" : "";

    /// <summary>The server for people: <c>coredns-7c65d-abcde on node-3 (10.244.0.11:53)</c>, or its address alone.</summary>
    public string DisplayName => PodName is { Length: > 0 } name ? $"{name} ({Address})" : Address.ToString();

    /// <summary>Whether its answer counts; one that does not is still asked and shown.</summary>
    public bool Required => Condition == EndpointCondition.Serving;
}
