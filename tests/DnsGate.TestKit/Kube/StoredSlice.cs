namespace DnsGate.TestKit;

/// <summary>A slice as it was stored at some resource version.</summary>
internal sealed record StoredSlice(EndpointSliceSpec Spec, string Uid, long ResourceVersion, int Generation)
{
    /// <summary>What lists are ordered by, and continued after.</summary>
    public string Key => $"{Spec.Namespace}/{Spec.Name}";
}

/// <summary>One change of the store: a slice came (no before), changed, or went (no after).</summary>
internal sealed record SliceChange(long ResourceVersion, StoredSlice? Before, StoredSlice? After);
