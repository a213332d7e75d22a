using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;

namespace DnsGate.Core.Discovery.Kube;

/// <summary>The EndpointSlices of a Service, as one LIST returns them. Immutable.</summary>
internal sealed class EndpointSlices
{
    /// <summary>
    /// The maximum number of endpoints. The largest clusters run some hundreds of CoreDNS instances. A Service with more endpoints does not
    /// consist of DNS servers, and the gate would query each of them every second.
    /// </summary>
    public const int MaxEndpoints = 5_000;

    // A slice holds up to 100 endpoints, and one at least but for a placeholder; a peer may send empty ones without end.
    private const int MaxSlices = 1_000;

    // The API server sends a few hundred characters; they go back to it in a URL.
    private const int MaxContinueToken = 4_096;

    private readonly ImmutableArray<EndpointSlice> slices;

    private EndpointSlices(ImmutableArray<EndpointSlice> slices) => this.slices = slices;

    /// <summary>Before the first page of a list.</summary>
    public static EndpointSlices None { get; } = new([]);

    /// <summary>Adds one page of a list.</summary>
    /// <param name="json">The body of the response (200).</param>
    /// <param name="after">The pages so far, with this one.</param>
    /// <param name="continueAt">The token to request the next page with; null after the last page.</param>
    /// <param name="problem">Why the page cannot be used.</param>
    public bool TryAddPage(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out EndpointSlices? after,
        out string? continueAt, [NotNullWhen(false)] out DiscoveryProblem? problem)
    {
        (after, continueAt) = (null, null);
        if (!ApiJson.TryRead(json, KubeJson.Default.EndpointSliceList, out var list, out var flaw))
        {
            problem = ApiProblem.Garbage(KindFlawOf(json) ?? flaw);
            return false;
        }

        var pages = slices.ToBuilder();
        flaw = KindFlawOf(list);
        foreach (var slice in list.Items ?? [])
        {
            if (slice?.Metadata?.Name is not { Length: > 0 })
            {
                flaw ??= "has an EndpointSlice without a name";
                break;
            }

            pages.Add(slice);
        }

        var next = list.Metadata?.Continue;
        flaw ??= next?.Length > MaxContinueToken ? "has a 'continue' without end" : FlawOf(pages);
        problem = flaw is null ? null : ApiProblem.Garbage(flaw);
        if (problem is not null)
        {
            return false;
        }

        after = new EndpointSlices(pages.ToImmutable());
        continueAt = string.IsNullOrEmpty(next) ? null : next;
        return true;
    }

    /// <summary>
    /// The Service that a label has found, where it has found a single one: that is its name for people. Otherwise what was asked for.
    /// </summary>
    /// <param name="source">What was asked for.</param>
    public ServerSource.Kube ServiceOf(ServerSource.Kube source)
    {
        var services = slices.Select(slice => slice.Metadata?.Labels?.ServiceName).Distinct().ToList();
        return services is [{ } only] && DnsLabel.Is(only) ? new ServerSource.Kube(source.Namespace, only) : source;
    }

    /// <summary>The DNS servers among the endpoints, sorted, each once; or why there are none.</summary>
    /// <param name="source">The Service that they belong to, and what they are shown with.</param>
    /// <param name="podAddresses">The pod's own addresses: an endpoint of two families is asked at the one that the pod has too.</param>
    public SourceResult ToResult(ServerSource.Kube source, ImmutableArray<IPAddress> podAddresses) =>
        EndpointServers.Convert(slices, source, podAddresses);

    private static string? FlawOf(ImmutableArray<EndpointSlice>.Builder slices) =>
        slices.Count > MaxSlices ? "lists more than 1,000 EndpointSlices: these are no DNS servers"
        : slices.Sum(slice => slice.Endpoints?.Length ?? 0) > MaxEndpoints ? "lists more than 5,000 endpoints: these are no DNS servers"
        : null;

    private static string? KindFlawOf(ReadOnlySpan<byte> json) =>
        ApiJson.TryRead(json, KubeJson.Default.TypedObject, out var other, out _) ? KindFlawOf(other) : null;

    private static string? KindFlawOf(TypedObject list) =>
        list is { Kind: "EndpointSliceList", ApiVersion: "discovery.k8s.io/v1" } ? null
        : list is { Kind: null, ApiVersion: null } ? "is JSON, but no EndpointSliceList of discovery.k8s.io/v1"
        : $"is '{ApiProblem.Quote(list.Kind)}' of '{ApiProblem.Quote(list.ApiVersion)}', not EndpointSliceList of discovery.k8s.io/v1";
}
