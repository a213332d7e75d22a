namespace DnsGate.TestKit;

/// <summary>Verbs of Kubernetes RBAC.</summary>
[Flags]
public enum KubeVerbs
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>GET of a collection.</summary>
    List = 1,

    /// <summary>The same with <c>watch</c>.</summary>
    Watch = 2,

    /// <summary>Both.</summary>
    All = List | Watch,
}
