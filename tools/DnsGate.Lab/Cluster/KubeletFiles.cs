namespace DnsGate.Lab.Cluster;

/// <summary>The files of a pod as the kubelet writes them.</summary>
internal static class KubeletFiles
{
    /// <summary>/etc/hosts of a pod that is not on the host's network.</summary>
    /// <param name="own">The pod's own lines: address, full name and host name with tabs between, each with its end of line.</param>
    public static string Hosts(string own) =>
        $"# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n{own}";

    /// <summary>/etc/resolv.conf under <c>dnsPolicy: ClusterFirst</c>.</summary>
    public static string ResolvConf(string nameServer) =>
        $"search {PodName.Namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver {nameServer}\noptions ndots:5\n";
}
