using System.Globalization;

namespace DnsGate.Core.Servers.Kube;

/// <summary>What is asked of the Kubernetes API: paths and queries, relative to the server.</summary>
public static class ApiPaths
{
    /// <summary>The label by which the slices of a Service are found.</summary>
    public const string ServiceLabel = "kubernetes.io/service-name";

    /// <summary>Slices of one page; the API server holds no more than one page in memory for us.</summary>
    private const int PageSize = 500;

    /// <summary>A list, from its start or where a page ended.</summary>
    /// <param name="source">The Service.</param>
    /// <param name="continueAt">What the page before gave.</param>
    public static string List(ServerSource.Kube source, string? continueAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{Slices(source)}&limit={PageSize}") + (continueAt is null ? "" : $"&continue={Uri.EscapeDataString(continueAt)}");

    /// <summary>A watch from a list, or from where another watch ended.</summary>
    /// <param name="source">The Service.</param>
    /// <param name="resourceVersion">Where it goes on.</param>
    /// <param name="seconds">When the API server ends it.</param>
    public static string Watch(ServerSource.Kube source, string resourceVersion, int seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{Slices(source)}&watch=1&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion=") + Uri.EscapeDataString(resourceVersion);

    // Names of namespaces and Services are DNS labels: nothing in them has to be escaped.
    private static string Slices(ServerSource.Kube source) =>
        $"/apis/discovery.k8s.io/v1/namespaces/{source.Namespace}/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3D{source.Service}";
}
