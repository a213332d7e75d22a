using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>Commands that can be pasted, for the remedies of diagnoses.</summary>
internal static class Remedies
{
    // A command with more names is too long to read.
    private const int MaxPods = 5;

    /// <summary>
    /// Restarts one CoreDNS, or shows its pod where the API did not name it. Several pods may have the address of their node.
    /// </summary>
    public static string Restart(Server server) => server is { Namespace: { } ns, Endpoint.Pod: { } pod }
        ? $"restart it: `kubectl -n {ns} delete pod {pod}`"
        : $"restart it: find its pod with {AboutPods("get pods", [server], "-o wide")}, and delete that pod";

    /// <summary>
    /// A command about the pods of the cluster's servers: by their names where the API told them, otherwise in their namespace, and where
    /// that is not known either, by their addresses.
    /// </summary>
    /// <param name="verb">What is done to pods that are known by name, such as <c>describe pods</c>. Others are listed.</param>
    /// <param name="servers">The servers; at least one.</param>
    /// <param name="options">Options behind the pods, <c>-o wide</c> among them unless empty.</param>
    public static string AboutPods(string verb, IReadOnlyCollection<Server> servers, string options = "")
    {
        var pods = servers.Select(server => server.Endpoint?.Pod).OfType<string>().Distinct().ToList();
        var toList = options.Length == 0 ? "-o wide" : options;
        return (NamespaceOf(servers), pods.Count) switch
        {
            (null, _) => $"`kubectl get pods,services -A {toList} | grep -wF"
                + $"{string.Concat(servers.Take(MaxPods).Select(server => $" -e {server.Address.Address}"))}`",
            ({ } ns, > 0 and <= MaxPods) => $"`kubectl -n {ns} {verb} {string.Join(' ', pods)}{(options.Length > 0 ? $" {options}" : "")}`",
            ({ } ns, _) => $"`kubectl -n {ns} get pods {toList}`",
        };
    }

    /// <summary>The namespace of the cluster's servers; null where it is not known, or they are in several.</summary>
    public static string? NamespaceOf(IEnumerable<Server> servers) =>
        servers.Select(server => server.Namespace).OfType<string>().Distinct().ToList() is [var only] ? only : null;

    /// <summary>Shows what the cluster publishes for a name of a pod.</summary>
    public static string ShowSlices(DnsName name) =>
        $"`kubectl{InNamespaceOf(name)} get "
        + $"endpointslices{(ServiceOf(name) is { } service ? $" -l kubernetes.io/service-name={service}" : "")}"
        + " -o yaml`";

    /// <summary>Opens the Service of a name of a pod in an editor.</summary>
    public static string EditService(DnsName name) => $"`kubectl{InNamespaceOf(name)} edit service {ServiceOf(name) ?? "SERVICE"}`";

    /// <summary>
    /// The Service of a pod's name <c>host.service.namespace.svc.DOMAIN</c>; null where the name has another form, or comes from a record
    /// that names no Service: a shell would run what such a label may hold.
    /// </summary>
    public static string? ServiceOf(DnsName name) => ObjectsOf(name)?.Service;

    private static string InNamespaceOf(DnsName name) => ObjectsOf(name) is { } objects ? $" -n {objects.Namespace}" : "";

    private static (string Service, string Namespace)? ObjectsOf(DnsName name) =>
        name.ToString().ToLowerInvariant().Split('.') is [_, var service, var ns, "svc", _, ..] && DnsLabel.Is(service) && DnsLabel.Is(ns)
            ? (service, ns)
            : null;
}
