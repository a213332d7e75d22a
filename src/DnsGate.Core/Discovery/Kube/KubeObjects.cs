using System.Text.Json.Serialization;
using DnsGate.Core.Options;

namespace DnsGate.Core.Discovery.Kube;

// The objects of the Kubernetes API, as far as they are read here; fields that are not named are passed over. Anything may be
// null or missing: the API leaves out what is empty, and what comes from the network is not trusted to keep to a schema.

/// <summary>What says of which type an object is (TypeMeta).</summary>
internal class TypedObject
{
    public string? Kind { get; init; }

    public string? ApiVersion { get; init; }
}

/// <summary>EndpointSliceList of discovery.k8s.io/v1: one page of a list.</summary>
internal sealed class EndpointSliceList : TypedObject
{
    public ListMetadata? Metadata { get; init; }

    public EndpointSlice?[]? Items { get; init; }
}

internal sealed class ListMetadata
{
    /// <summary>Asks for the next page; empty on the last one.</summary>
    public string? Continue { get; init; }
}

/// <summary>EndpointSlice of discovery.k8s.io/v1: some of the endpoints of a Service.</summary>
internal sealed class EndpointSlice : TypedObject
{
    public ObjectMetadata? Metadata { get; init; }

    /// <summary><c>IPv4</c>, <c>IPv6</c> or <c>FQDN</c>.</summary>
    public string? AddressType { get; init; }

    public Endpoint?[]? Endpoints { get; init; }

    public EndpointPort?[]? Ports { get; init; }
}

internal sealed class ObjectMetadata
{
    public string? Name { get; init; }

    public SliceLabels? Labels { get; init; }
}

/// <summary>The labels that are read.</summary>
internal sealed class SliceLabels
{
    [JsonPropertyName(ServerSource.Kube.ServiceLabel)]
    public string? ServiceName { get; init; }

    [JsonPropertyName(ServerSource.Kube.AppLabel)]
    public string? App { get; init; }
}

/// <summary>Endpoint: one pod at one address family.</summary>
internal sealed class Endpoint
{
    public string?[]? Addresses { get; init; }

    public EndpointConditions? Conditions { get; init; }

    public ObjectReference? TargetRef { get; init; }

    public string? NodeName { get; init; }

    /// <summary>Where clients are told to prefer it (trafficDistribution, topology aware routing).</summary>
    public EndpointHints? Hints { get; init; }
}

/// <summary>EndpointHints: the nodes and zones whose clients are sent to an endpoint.</summary>
internal sealed class EndpointHints
{
    public TypedObject?[]? ForZones { get; init; }

    public TypedObject?[]? ForNodes { get; init; }
}

/// <summary>EndpointConditions. <c>serving</c> says more than <c>ready</c> only of an endpoint that is terminating.</summary>
internal sealed class EndpointConditions
{
    public bool? Ready { get; init; }

    public bool? Terminating { get; init; }
}

/// <summary>ObjectReference: the pod behind an endpoint.</summary>
internal sealed class ObjectReference
{
    public string? Name { get; init; }

    public string? Uid { get; init; }
}

internal sealed class EndpointPort
{
    public string? Name { get; init; }

    /// <summary>Null is TCP (API conventions of EndpointPort).</summary>
    public string? Protocol { get; init; }

    /// <summary>Null is "all ports", which names none.</summary>
    public int? Port { get; init; }
}

/// <summary>Status: what the API server says of a request that it does not fulfil.</summary>
internal sealed class Status : TypedObject
{
    public string? Message { get; init; }

    public string? Reason { get; init; }

    public int? Code { get; init; }
}

/// <summary>The claim of a service account token (a JWT) that is read.</summary>
internal sealed class TokenClaims
{
    public string? Sub { get; init; }
}

/// <summary>Reads these objects without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(TypedObject))]
[JsonSerializable(typeof(EndpointSliceList))]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(TokenClaims))]
internal sealed partial class KubeJson : JsonSerializerContext;
