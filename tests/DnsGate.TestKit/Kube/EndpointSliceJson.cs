using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace DnsGate.TestKit;

/// <summary>EndpointSlices as an API server prints them, in the order of its Go structs and with all the noise of a real cluster.</summary>
internal static class EndpointSliceJson
{
    public const string ApiVersion = "discovery.k8s.io/v1";
    public const string ServiceNameLabel = "kubernetes.io/service-name";
    public const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";

    /// <summary>An item of a list: kind and apiVersion are those of the list.</summary>
    public static JsonObject Item(StoredSlice slice)
    {
        var spec = slice.Spec;
        JsonObject json = [];
        json["metadata"] = Metadata(slice);
        json["addressType"] = spec.AddressType;
        // Go's nil slices without "omitempty".
        json["endpoints"] = spec.Endpoints.Count == 0 ? null : ArrayOf(spec.Endpoints.Select(endpoint => Endpoint(endpoint, spec)));
        json["ports"] = spec.Ports.Count == 0 ? null : ArrayOf(spec.Ports.Select(port => Optional(
            spec, ("name", port.Name), ("port", port.Port), ("protocol", port.Protocol))));
        spec.Spoil?.Invoke(json);
        return json;
    }

    /// <summary>The list; more of it can be had with the token, when there is one.</summary>
    public static JsonObject List(long resourceVersion, IEnumerable<StoredSlice> items, string? next)
    {
        JsonObject metadata = new() { ["resourceVersion"] = resourceVersion.ToString() };
        if (next is not null)
        {
            metadata["continue"] = next;
        }

        return new JsonObject
        {
            ["kind"] = "EndpointSliceList",
            ["apiVersion"] = ApiVersion,
            ["metadata"] = metadata,
            ["items"] = ArrayOf(items.Select(Item)),
        };
    }

    /// <summary>The labels that the spec asks for, and those that the controller copies from the Service.</summary>
    public static Dictionary<string, string> Labels(EndpointSliceSpec spec)
    {
        Dictionary<string, string> labels = new()
        {
            ["kubernetes.io/cluster-service"] = "true",
            ["kubernetes.io/name"] = "CoreDNS",
        };
        if (spec.App is { } app)
        {
            labels["k8s-app"] = app;
        }

        if (spec.ManagedBy is { } manager)
        {
            labels[ManagedByLabel] = manager;
        }

        if (spec.Service is { } service)
        {
            labels[ServiceNameLabel] = service;
        }

        return labels;
    }

    /// <summary>A uid that is always the same for the same thing.</summary>
    public static string UidOf(string thing) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(thing)).AsSpan(0, 16)).ToString();

    private static JsonObject Metadata(StoredSlice slice)
    {
        var spec = slice.Spec;
        JsonObject labels = [];
        foreach ((var name, var value) in Labels(spec).OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            labels[name] = value;
        }

        JsonObject metadata = new()
        {
            ["name"] = spec.Name,
            ["generateName"] = $"{spec.Service}-",
            ["namespace"] = spec.Namespace,
            ["uid"] = UidOf($"slice {spec.Namespace}/{spec.Name}"),
            ["resourceVersion"] = slice.ResourceVersion.ToString(),
            ["generation"] = slice.Generation,
            ["creationTimestamp"] = "2026-11-02T07:41:09Z",
            ["labels"] = labels,
            ["annotations"] = new JsonObject { ["endpoints.kubernetes.io/last-change-trigger-time"] = "2026-11-22T01:13:04Z" },
        };
        if (spec.Service is { } service)
        {
            metadata["ownerReferences"] = new JsonArray(Owner(service));
        }

        metadata["managedFields"] = new JsonArray(ManagedFields());
        return metadata;
    }

    private static JsonObject Owner(string service) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["name"] = service,
        ["uid"] = UidOf($"service {service}"),
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };

    // Its keys contain names and addresses that are not the object's: a reader that searches text instead of reading JSON is caught.
    private static JsonObject ManagedFields() => new()
    {
        ["manager"] = "kube-controller-manager",
        ["operation"] = "Update",
        ["apiVersion"] = ApiVersion,
        ["time"] = "2026-11-22T01:13:04Z",
        ["fieldsType"] = "FieldsV1",
        ["fieldsV1"] = new JsonObject
        {
            ["f:addressType"] = new JsonObject(),
            ["f:endpoints"] = new JsonObject(),
            ["f:metadata"] = new JsonObject
            {
                ["f:labels"] = new JsonObject { ["."] = new JsonObject(), [$"f:{ServiceNameLabel}"] = new JsonObject() },
            },
            ["f:ports"] = new JsonObject { ["k:{\"port\":53}"] = new JsonObject() },
        },
    };

    private static JsonObject Endpoint(EndpointSpec endpoint, EndpointSliceSpec slice)
    {
        JsonObject? target = endpoint.PodName is not { } pod ? null : new()
        {
            ["kind"] = "Pod",
            ["namespace"] = slice.Namespace,
            ["name"] = pod,
            ["uid"] = endpoint.PodUid ?? UidOf($"pod {pod}"),
        };
        var conditions = endpoint.HasConditions
            ? Optional(slice, ("ready", endpoint.Ready), ("serving", endpoint.Serving), ("terminating", endpoint.Terminating))
            : null;
        var json = Optional(
            slice,
            ("conditions", conditions),
            ("hostname", null),
            ("targetRef", target),
            ("nodeName", endpoint.NodeName),
            ("zone", endpoint.Zone),
            ("hints", endpoint.HintedNode is not { } node ? null : new JsonObject
            {
                ["forNodes"] = new JsonArray(new JsonObject { ["name"] = node }),
            }));
        json.Insert(0, "addresses", ArrayOf(endpoint.Addresses.Select(address => JsonValue.Create(address))));
        return json;
    }

    private static JsonArray ArrayOf(IEnumerable<JsonNode?> items) => new([.. items]);

    private static JsonObject Optional(EndpointSliceSpec slice, params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        JsonObject json = [];
        foreach ((var name, var value) in fields)
        {
            if (value is not null || slice.WritesNulls)
            {
                json[name] = value;
            }
        }
        return json;
    }
}
