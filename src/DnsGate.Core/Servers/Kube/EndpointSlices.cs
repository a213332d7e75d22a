using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace DnsGate.Core.Servers.Kube;

/// <summary>The EndpointSlices of a Service at one moment: a list, and what a watch has told since. Immutable.</summary>
public sealed class EndpointSlices
{
    /// <summary>
    /// Endpoints that are read at most. The largest clusters run some hundreds of CoreDNS instances; whoever lists more (a Service that
    /// selects every pod, a server gone wild) does not list name servers, and each would be asked every second.
    /// </summary>
    public const int MaxEndpoints = 5_000;

    // A slice holds up to 100 endpoints, and one at least but for a placeholder; a peer may send empty ones without end.
    private const int MaxSlices = 1_000;

    // The API server gives a few hundred characters of each; they go back to it in a URL.
    private const int MaxToken = 4_096;

    private readonly ImmutableSortedDictionary<string, EndpointSlice> slices;

    private EndpointSlices(ImmutableSortedDictionary<string, EndpointSlice> slices, string resourceVersion)
    {
        this.slices = slices;
        ResourceVersion = resourceVersion;
    }

    /// <summary>Before the first page of a list.</summary>
    public static EndpointSlices None { get; } =
        new(ImmutableSortedDictionary.Create<string, EndpointSlice>(StringComparer.Ordinal), "");

    /// <summary>Where a watch goes on; opaque (Kubernetes API concepts, "Resource versions").</summary>
    public string ResourceVersion { get; }

    /// <summary>Adds one page of a list.</summary>
    /// <param name="json">The body of the answer (200).</param>
    /// <param name="after">The pages so far, with this one.</param>
    /// <param name="continueAt">What the next page is asked for with; null after the last one.</param>
    /// <param name="problem">Why the page is none.</param>
    public bool TryAddPage(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out EndpointSlices? after, out string? continueAt, [NotNullWhen(false)] out DiscoveryProblem? problem)
    {
        (after, continueAt) = (null, null);
        if (!ApiJson.TryRead(json, KubeJson.Default.EndpointSliceList, out var list, out var flaw))
        {
            problem = ApiProblem.Garbage(KindFlawOf(json) ?? flaw);
            return false;
        }

        flaw = KindFlawOf(list) ?? (IsToken(list.Metadata?.ResourceVersion) ? null : "has no resourceVersion");
        var pages = slices;
        foreach (var slice in list.Items ?? [])
        {
            if (slice?.Metadata?.Name is not { Length: > 0 } name)
            {
                flaw ??= "has an EndpointSlice without a name";
                break;
            }

            pages = pages.SetItem(name, slice);
        }

        var next = list.Metadata?.Continue;
        flaw ??= next?.Length > MaxToken ? "has a 'continue' without end" : FlawOf(pages);
        problem = flaw is null ? null : ApiProblem.Garbage(flaw);
        if (problem is not null)
        {
            return false;
        }

        after = new EndpointSlices(pages, list.Metadata!.ResourceVersion!);
        continueAt = string.IsNullOrEmpty(next) ? null : next;
        return true;
    }

    /// <summary>What one event of a watch makes of the slices.</summary>
    /// <param name="json">The event: one line of the stream.</param>
    public WatchStep Apply(ReadOnlySpan<byte> json)
    {
        if (!ApiJson.TryRead(json, KubeJson.Default.WatchedType, out var watched, out var flaw))
        {
            return Broken(flaw);
        }

        switch (watched.Type)
        {
            case "ERROR":
                return ApiJson.TryRead(json, KubeJson.Default.WatchedStatus, out var error, out flaw)
                    ? new WatchStep(this, ApiProblem.OfWatch(error.Object)) { IsExpired = error.Object?.Code == ApiProblem.Expired }
                    : Broken(flaw);
            case "ADDED" or "MODIFIED" or "DELETED" or "BOOKMARK":
                break;
            default:
                return Broken($"has an event of the unknown type '{ApiProblem.Quote(watched.Type)}'");
        }

        if (!ApiJson.TryRead(json, KubeJson.Default.WatchedSlice, out var change, out flaw))
        {
            return Broken(flaw);
        }

        if (change.Object is not { Metadata: { } metadata } slice || !IsToken(metadata.ResourceVersion))
        {
            return Broken("has an event without a resourceVersion");
        }

        if (watched.Type == "BOOKMARK")
        {
            return new WatchStep(new EndpointSlices(slices, metadata.ResourceVersion), null);
        }

        if (metadata.Name is not { Length: > 0 } name)
        {
            return Broken("has an EndpointSlice without a name");
        }

        var after = watched.Type == "DELETED" ? slices.Remove(name) : slices.SetItem(name, slice);
        return FlawOf(after) is { } excess ? Broken(excess) : new WatchStep(new EndpointSlices(after, metadata.ResourceVersion), null);
    }

    /// <summary>The name servers among the endpoints, sorted, each once; or why there are none.</summary>
    /// <param name="source">The Service that they belong to, and what they are shown with.</param>
    /// <param name="podAddresses">The pod's own addresses: an endpoint of two families is asked at the one that the pod has too.</param>
    public SourceList ToSourceList(ServerSource.Kube source, ImmutableArray<IPAddress> podAddresses) =>
        EndpointServers.Of([.. slices.Values], source, podAddresses);

    private static bool IsToken([NotNullWhen(true)] string? resourceVersion) => resourceVersion?.Length is > 0 and <= MaxToken;

    private static string? FlawOf(ImmutableSortedDictionary<string, EndpointSlice> slices)
    {
        var endpoints = 0;
        foreach (var (_, slice) in slices)
        {
            endpoints += slice.Endpoints?.Length ?? 0;
        }

        return slices.Count > MaxSlices ? "lists more than 1,000 EndpointSlices: these are no name servers"
            : endpoints > MaxEndpoints ? "lists more than 5,000 endpoints: these are no name servers"
            : null;
    }

    private static string? KindFlawOf(ReadOnlySpan<byte> json) =>
        ApiJson.TryRead(json, KubeJson.Default.TypedObject, out var other, out _) ? KindFlawOf(other) : null;

    private static string? KindFlawOf(TypedObject list) =>
        list is { Kind: "EndpointSliceList", ApiVersion: "discovery.k8s.io/v1" } ? null
        : list is { Kind: null, ApiVersion: null } ? "is JSON, but no EndpointSliceList of discovery.k8s.io/v1"
        : $"is '{ApiProblem.Quote(list.Kind)}' of '{ApiProblem.Quote(list.ApiVersion)}', not EndpointSliceList of discovery.k8s.io/v1";

    private WatchStep Broken(string flaw) => new(this, ApiProblem.Garbage(flaw));
}
