using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>Commands that can be pasted, for the remedies of diagnoses.</summary>
internal static class Remedies
{
    private const string KubeSystem = "kube-system";

    // A command with more names is too long to read.
    private const int MaxPods = 5;

    /// <summary>Restarts one CoreDNS: by the name of its pod where the API told it, otherwise by its address.</summary>
    public static string Restart(Server server)
    {
        var @namespace = server.Endpoint?.Namespace ?? KubeSystem;
        return server.Endpoint?.Pod is { } pod
            ? $"`kubectl -n {@namespace} delete pod {pod}`"
            : $"`kubectl -n {@namespace} delete pod{Selector(@namespace)} --field-selector status.podIP={server.Address.Address}`";
    }

    /// <summary>A command about the pods of the cluster's servers, by their names where the API told them.</summary>
    /// <param name="verb">What follows <c>kubectl -n NAMESPACE</c>, such as <c>get pods</c>.</param>
    /// <param name="servers">The servers.</param>
    /// <param name="options">Options behind the pods; empty for none.</param>
    public static string AboutPods(string verb, IEnumerable<Server> servers, string options = "")
    {
        var endpoints = servers.Select(server => server.Endpoint).OfType<KubeEndpoint>().ToList();
        var pods = endpoints.Select(endpoint => endpoint.Pod).OfType<string>().Distinct().ToList();
        var @namespace = endpoints.FirstOrDefault()?.Namespace ?? KubeSystem;
        var isNamed = pods.Count is > 0 and <= MaxPods && endpoints.TrueForAll(endpoint => endpoint.Namespace == @namespace);
        return $"`kubectl -n {@namespace} {verb}{(isNamed ? $" {string.Join(' ', pods)}" : Selector(@namespace))}"
            + $"{(options.Length > 0 ? $" {options}" : "")}`";
    }

    // The label of CoreDNS in kube-system. Elsewhere, as in openshift-dns, the pods have others.
    private static string Selector(string @namespace) => @namespace == KubeSystem ? " -l k8s-app=kube-dns" : "";

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
