namespace DnsGate.TestKit;

/// <summary>The EndpointSlices of a cluster. Thread-safe.</summary>
public sealed class EndpointSliceStore
{
    // Other objects of a cluster change all the time: resource versions of one kind are never consecutive.
    private const int Step = 7;

    private readonly Lock guard = new();
    private readonly SortedDictionary<string, StoredSlice> slices = new(StringComparer.Ordinal);
    private long resourceVersion = 731_204;

    /// <summary>Creates the slice or replaces the one of its name and namespace.</summary>
    public void Set(EndpointSliceSpec slice)
    {
        lock (guard)
        {
            resourceVersion += Step;
            var generation = slices.GetValueOrDefault(KeyOf(slice))?.Generation ?? 0;
            slices[KeyOf(slice)] = new StoredSlice(slice, resourceVersion, generation + 1);
        }
    }

    /// <summary>Deletes a slice.</summary>
    public void Remove(string name, string @namespace = "kube-system")
    {
        lock (guard)
        {
            if (slices.Remove($"{@namespace}/{name}"))
            {
                resourceVersion += Step;
            }
        }
    }

    /// <summary>
    /// The newest resource version, and the slices of a namespace (of all, when null) with these labels, in order of their keys.
    /// </summary>
    internal (long ResourceVersion, IReadOnlyList<KeyValuePair<string, StoredSlice>> Slices) List(
        string? @namespace, IReadOnlyList<(string Label, string Value)> labels)
    {
        lock (guard)
        {
            return (resourceVersion, [.. slices.Where(slice =>
                (@namespace is null || slice.Value.Spec.Namespace == @namespace)
                && labels.All(label => EndpointSliceJson.Labels(slice.Value.Spec).GetValueOrDefault(label.Label) == label.Value))]);
        }
    }

    private static string KeyOf(EndpointSliceSpec slice) => $"{slice.Namespace}/{slice.Name}";
}

/// <summary>A slice as it was stored at some resource version.</summary>
internal sealed record StoredSlice(EndpointSliceSpec Spec, long ResourceVersion, int Generation);
