using System.Globalization;
using DnsGate.Core.Options;

namespace DnsGate.Core.Discovery.Kube;

/// <summary>What is asked of the Kubernetes API: paths and queries, relative to the server.</summary>
internal static class ApiPaths
{
    /// <summary>Slices of one page; the API server holds no more than one page in memory for us.</summary>
    private const int PageSize = 500;

    /// <summary>One page of a list.</summary>
    /// <param name="source">The Service.</param>
    /// <param name="continueAt">The token of the page before; null for the first page.</param>
    /// <param name="fromCache">
    /// Whether the API server may answer from its cache, all on one page, which spares etcd a read (resourceVersion 0,
    /// "any"). Its cache may be some moments old.
    /// </param>
    public static string List(ServerSource.Kube source, string? continueAt = null, bool fromCache = false) =>
        string.Create(CultureInfo.InvariantCulture, $"{Slices(source)}&limit={PageSize}")
        + (continueAt is null ? fromCache ? "&resourceVersion=0" : "" : $"&continue={Uri.EscapeDataString(continueAt)}");

    // Names of namespaces and Services, and the values of the label, are DNS labels: nothing in them has to be escaped.
    private static string Slices(ServerSource.Kube source) =>
        $"/apis/discovery.k8s.io/v1/namespaces/{source.Namespace}/endpointslices"
        + $"?labelSelector={Uri.EscapeDataString(source.Label)}%3D{source.Service}";
}
