using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>Commands that can be pasted, for the remedies of diagnoses.</summary>
internal static class Remedies
{
    /// <summary>Restarts one CoreDNS. The API server finds the pod by its address.</summary>
    public static string Restart(Server server) =>
        $"`kubectl -n kube-system delete pod -l k8s-app=kube-dns --field-selector status.podIP={server.Address.Address}`";

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
