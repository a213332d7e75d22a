using DnsGate.Lab.Dns;

namespace DnsGate.Lab.Cluster;

/// <summary>The name of a pod of the StatefulSet zk, in its spellings.</summary>
internal readonly record struct PodName(int Ordinal)
{
    public const string Namespace = "prod";

    public string HostName => $"zk-{Ordinal}";

    /// <summary>As most configurations have it: it goes to DNS, through the search list.</summary>
    public string ShortName => $"{HostName}.zk-headless";

    /// <summary>The name in the pod's own /etc/hosts.</summary>
    public string FullName => $"{ShortName}.{Namespace}.svc.{Zones.Domain}";
}
