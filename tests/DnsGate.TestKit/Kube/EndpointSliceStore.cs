namespace DnsGate.TestKit;

/// <summary>
/// The EndpointSlices of a cluster and their whole history, as etcd behind the API servers: several servers may share one.
/// Thread-safe.
/// </summary>
public sealed class EndpointSliceStore
{
    // Other objects of a cluster change all the time: resource versions of one kind are never consecutive.
    private const int Step = 7;

    private readonly Lock _lock = new();
    private readonly List<SliceChange> _history = [];
    private readonly SortedDictionary<string, StoredSlice> _slices = new(StringComparer.Ordinal);
    private long _resourceVersion = 731_204;
    private long _compactedAt;
    private int _created;

    /// <summary>Something changed; called outside of the store's lock.</summary>
    internal event Action? Changed;

    /// <summary>The newest resource version.</summary>
    public long ResourceVersion
    {
        get
        {
            lock (_lock)
                return _resourceVersion;
        }
    }

    /// <summary>Creates the slice or replaces the one of its name and namespace; the resource version of the change.</summary>
    public long Set(EndpointSliceSpec slice)
    {
        long version;
        lock (_lock)
        {
            version = _resourceVersion += Step;
            StoredSlice? before = _slices.GetValueOrDefault($"{slice.Namespace}/{slice.Name}");
            StoredSlice after = before is null
                ? new StoredSlice(slice, EndpointSliceJson.UidOf($"slice {slice.Name} {++_created}"), version, Generation: 1)
                : before with { Spec = slice, ResourceVersion = version, Generation = before.Generation + 1 };
            _slices[after.Key] = after;
            _history.Add(new SliceChange(version, before, after));
        }
        Changed?.Invoke();
        return version;
    }

    /// <summary>Deletes a slice; the resource version of the deletion, or null when there is none of that name.</summary>
    public long? Remove(string name, string @namespace = "kube-system")
    {
        long version;
        lock (_lock)
        {
            if (!_slices.Remove($"{@namespace}/{name}", out StoredSlice? before))
                return null;
            version = _resourceVersion += Step;
            _history.Add(new SliceChange(version, before, null));
        }
        Changed?.Invoke();
        return version;
    }

    /// <summary>Something else in the cluster changed: only the resource version grows. Watches see it in their bookmarks.</summary>
    public long ChangeSomethingElse()
    {
        lock (_lock)
            return _resourceVersion += Step;
    }

    /// <summary>Forgets the history: watches that start from an older resource version than the current one are refused with 410.</summary>
    public void Compact()
    {
        lock (_lock)
            _compactedAt = _resourceVersion;
    }

    /// <summary>Whether the history from this resource version on is forgotten.</summary>
    internal bool IsForgotten(long resourceVersion)
    {
        lock (_lock)
            return resourceVersion < _compactedAt;
    }

    /// <summary>The slices as they were at a resource version, ordered by namespace and name.</summary>
    internal IReadOnlyList<StoredSlice> At(long resourceVersion)
    {
        lock (_lock)
        {
            if (resourceVersion >= _resourceVersion)
                return [.. _slices.Values];
            SortedDictionary<string, StoredSlice> then = new(StringComparer.Ordinal);
            foreach (SliceChange change in _history.TakeWhile(change => change.ResourceVersion <= resourceVersion))
            {
                if (change.After is { } after)
                    then[after.Key] = after;
                else
                    then.Remove(change.Before!.Key);
            }
            return [.. then.Values];
        }
    }

    /// <summary>The changes after a resource version, and the resource version up to which they are all.</summary>
    internal (IReadOnlyList<SliceChange> Changes, long Upto) Since(long resourceVersion)
    {
        lock (_lock)
            return ([.. _history.SkipWhile(change => change.ResourceVersion <= resourceVersion)], _resourceVersion);
    }
}
