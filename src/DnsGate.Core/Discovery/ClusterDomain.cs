using DnsGate.Core.Dns;

namespace DnsGate.Core.Discovery;

/// <summary>The domain of the cluster (<c>--cluster-domain</c> of the kubelet), which nothing in a pod names by itself.</summary>
internal static class ClusterDomain
{
    private const string Default = "cluster.local";
    private const string Service = "svc";

    /// <summary>What follows the label <c>svc</c> of the pod's name, or of the search list; otherwise the usual one.</summary>
    /// <param name="podName">The pod's own name.</param>
    /// <param name="resolvConf">The text of resolv.conf, where there is one.</param>
    public static DnsName Find(DnsName podName, string? resolvConf)
    {
        var domain = AfterService(podName.ToString()) ?? FromSearchList(resolvConf ?? "") ?? Default;
        return DnsName.TryParse(domain, out var name, out _) ? name : DnsName.Root;
    }

    /// <summary>DOMAIN of the first name of the search list that is, or is under, <c>svc.DOMAIN</c>; null without one.</summary>
    public static string? FromSearchList(string resolvConf)
    {
        foreach (var line in resolvConf.Split('\n'))
        {
            var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["search", ..])
            {
                foreach (var word in words)
                {
                    if (AfterService($".{word.TrimEnd('.')}") is { } domain && DnsName.TryParse(domain, out _, out _))
                    {
                        return domain;
                    }
                }
            }
        }

        return null;
    }

    private static string? AfterService(string name)
    {
        const string Label = $".{Service}.";
        var at = name.LastIndexOf(Label, StringComparison.OrdinalIgnoreCase);
        return at >= 0 && at + Label.Length < name.Length ? name[(at + Label.Length)..] : null;
    }
}
