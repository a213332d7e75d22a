using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>Commands that can be pasted, for the remedies of diagnoses.</summary>
internal static class Remedies
{
    // More pods than these make no command that anybody reads.
    private const int MaxPods = 5;

    /// <summary>Restarts one CoreDNS: by the name of its pod where the API told it, otherwise by its address.</summary>
    public static string Restart(Server server) => server.Endpoint is { Pod: { } pod, Namespace: var ns }
        ? $"`kubectl -n {ns} delete pod {pod}`"
        : $"`kubectl -n kube-system delete pod -l k8s-app=kube-dns --field-selector status.podIP={server.Address.Address}`";

    /// <summary>A command about the pods of the cluster's servers, by their names where the API told them.</summary>
    /// <param name="verb">What follows <c>kubectl -n NAMESPACE</c>, such as <c>get pods</c>.</param>
    /// <param name="servers">The servers.</param>
    /// <param name="options">Options behind the pods; empty for none.</param>
    public static string AboutPods(string verb, IEnumerable<Server> servers, string options = "")
    {
        var endpoints = servers.Select(server => server.Endpoint)
            .OfType<KubeEndpoint>()
            .Where(endpoint => endpoint.Pod is not null)
            .ToList();
        var isNamed = endpoints.Count is > 0 and <= MaxPods
            && endpoints.TrueForAll(endpoint => endpoint.Namespace == endpoints[0].Namespace);
        var pods = isNamed
            ? $"-n {endpoints[0].Namespace} {verb} {string.Join(' ', endpoints.Select(endpoint => endpoint.Pod).Distinct())}"
            : $"-n {endpoints.FirstOrDefault()?.Namespace ?? "kube-system"} {verb} -l k8s-app=kube-dns";
        return $"`kubectl {pods}{(options.Length > 0 ? $" {options}" : "")}`";
    }

    /// <summary>Shows what the cluster publishes for a name of a pod.</summary>
    public static string ShowSlices(DnsName name) =>
        $"`kubectl{InNamespaceOf(name)} get "
        + $"endpointslices{(ServiceOf(name) is { } service ? $" -l kubernetes.io/service-name={service}" : "")}"
        + " -o yaml`";

    /// <summary>Opens the Service of a name of a pod in an editor.</summary>
    public static string EditService(DnsName name) => $"`kubectl{InNamespaceOf(name)} edit service {ServiceOf(name) ?? "SERVICE"}`";

    /// <summary>The Service of a pod's name <c>host.service.namespace.svc.DOMAIN</c>; null where the name has another form.</summary>
    public static string? ServiceOf(DnsName name) => Labels(name) is [_, var service, _, "svc", _, ..] ? service : null;

    private static string InNamespaceOf(DnsName name) => Labels(name) is [_, _, var ns, "svc", _, ..] ? $" -n {ns}" : "";

    private static string[] Labels(DnsName name) => name.ToString().Split('.');
}
