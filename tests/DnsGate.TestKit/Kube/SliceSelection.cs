namespace DnsGate.TestKit;

/// <summary>What a LIST or WATCH is about: the slices of a namespace (of all, when null) that a selector selects.</summary>
internal sealed record SliceSelection(string? Namespace, LabelSelector Selector)
{
    /// <summary>Whether the slice belongs to it.</summary>
    public bool Contains(StoredSlice? slice) =>
        slice is not null
        && (Namespace is null || slice.Spec.Namespace == Namespace)
        && Selector.Selects(EndpointSliceJson.Labels(slice.Spec));

    /// <summary>
    /// What a watch sees of a change. A slice whose labels come to match is ADDED, one whose labels cease to is DELETED.
    /// Null when it sees nothing.
    /// </summary>
    public (string Type, StoredSlice Slice)? EventOf(SliceChange change) => (Contains(change.Before), Contains(change.After)) switch
    {
        (false, true) => ("ADDED", change.After!),
        (true, true) => ("MODIFIED", change.After!),
        // The last state that it saw, under the resource version of the deletion.
        (true, false) => ("DELETED", change.Before! with { ResourceVersion = change.ResourceVersion }),
        _ => null,
    };
}
