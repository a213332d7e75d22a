using DnsGate.Core.Options;

namespace DnsGate.Core.Discovery.Kube;

/// <summary>The Role that the gate needs, as YAML to paste.</summary>
internal static class AccessRole
{
    /// <summary>
    /// The Role <c>dnsgate</c> in the namespace of the Service, and the RoleBinding that gives it to one service account. The Role is the
    /// same for every pod; the binding is named after the account, so that one for another does not take its place.
    /// </summary>
    /// <param name="source">The Service that is to be listed.</param>
    /// <param name="account">
    /// The pod's service account; null when it is not known: a placeholder that the API server refuses stands in.
    /// </param>
    public static string Yaml(ServerSource.Kube source, ServiceAccount? account)
    {
        // Quoted: a namespace may be called 1e3, which YAML takes for a number.
        var (ns, name) = account is null ? ("<NAMESPACE OF THE POD>", "<SERVICE ACCOUNT OF THE POD>") : (account.Namespace, account.Name);
        // One document: it is printed indented, where a line of --- would not separate two.
        return $"""
            apiVersion: v1
            kind: List
            items:
            - apiVersion: rbac.authorization.k8s.io/v1
              kind: Role
              metadata:
                name: dnsgate
                namespace: "{source.Namespace}"
              rules:
              - apiGroups: ["discovery.k8s.io"]
                resources: ["endpointslices"]
                verbs: ["list"]
            - apiVersion: rbac.authorization.k8s.io/v1
              kind: RoleBinding
              metadata:
                name: "dnsgate:{ns}:{name}"
                namespace: "{source.Namespace}"
              roleRef:
                apiGroup: rbac.authorization.k8s.io
                kind: Role
                name: dnsgate
              subjects:
              - kind: ServiceAccount
                name: "{name}"
                namespace: "{ns}"
            """;
    }
}
