using DnsGate.TestKit;

namespace DnsGate.Lab.Dns;

/// <summary>The pod of all the scenarios, and what DNS servers may know of it.</summary>
internal static class Pod
{
    public const string Name = "zk-0.zk-headless.prod.svc.cluster.local";
    public const string Ip = "10.244.1.7";
    public const string Ip6 = "fd00:10:244:1::7";
    public const string OldIp = "10.244.2.9";

    public static PodZone Right => PodZone.For(Name, Ip);

    public static PodZone DualStack => PodZone.For(Name, Ip, Ip6);

    /// <summary>The old address, with a PTR for each: only the forward answer is wrong.</summary>
    public static PodZone Stale => PodZone.For(Name, OldIp).WithPtrFor(Ip, Name);

    public static PodZone Missing => Right.Missing();
}
