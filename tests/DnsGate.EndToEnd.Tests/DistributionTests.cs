using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// <c>auto</c> in a pod of each Kubernetes distribution: the nameserver of resolv.conf, the name of the DNS Service, its EndpointSlices and
/// the ports of its pods are as they are there. Each pod has a service account that may list them. Row 27 of docs/scenarios.md.
/// </summary>
public sealed class DistributionTests
{
    private const string NodeCache = "169.254.20.10";
    private const string AtAll = "open: zk-0.zk-headless.prod.svc.cluster.local is 10.244.1.7 at all";

    private static readonly string[] Pods = ["10.244.9.1", "10.244.9.2"];

    /// <summary>Each distribution: how its DNS is shaped, and what <c>check</c> asks and says.</summary>
    private static readonly Dictionary<string, Distribution> All = new()
    {
        ["kubeadm, kind, k3s, MicroK8s, EKS, AKS, DOKS, kOps"] = new("kube-system", "kube-dns", 53),
        ["RKE2"] = new("kube-system", "rke2-coredns-rke2-coredns", 53)
        {
            Ports = [new("udp-53", 53, "UDP"), new("tcp-53", 53, "TCP")],
        },
        ["kubespray"] = new("kube-system", "coredns", 53) { App = "coredns", NameServer = "169.254.25.10" },
        ["CoreDNS Helm chart"] = new("dns", "mycluster-coredns", 53) { App = "mycluster-coredns" },
        ["Huawei CCE"] = new("kube-system", "coredns", 53) { App = "cce-coredns" },
        ["OpenShift"] = new("openshift-dns", "dns-default", 5353) { App = null, HintedNode = "node-a" },
        ["OpenShift, the PTR is not answered"] = new("openshift-dns", "dns-default", 5353) { App = null, IsNamed = false },
        ["Gardener"] = new("kube-system", "kube-dns", 8053),
        ["vcluster"] = new("kube-system", "kube-dns", 1053) { App = "vcluster-kube-dns" },
        ["EKS Auto Mode"] = new("kube-system", "kube-dns", 53) { HasEndpoints = false },
        ["GKE Autopilot, Cloud DNS"] = new("kube-system", "kube-dns", 53)
        {
            HasEndpoints = false,
            NameServer = "169.254.169.254",
        },
        ["GKE Standard, kube-dns"] = new("kube-system", "kube-dns", 53) { Answers = Pod.Right.WithReverseForwarded() },
        ["AKS LocalDNS"] = new("kube-system", "kube-dns", 53) { NameServer = "169.254.10.11" },
        ["NodeLocal DNSCache"] = new("kube-system", "kube-dns", 53) { NameServer = NodeCache },
    };

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Auto_asks_every_server_that_the_distribution_has_and_says_how_much_that_is(string name)
    {
        var distribution = All[name];
        await using var pod = await StartAsync(distribution);

        Verdict right = new(await pod.RunAsync("check", "-o", "json"));
        var text = await pod.RunAsync("check");
        var last = distribution.Servers[^1];
        pod[last.Split(':')[0]].Behaviour = Pod.Stale;
        Verdict stale = new(await pod.RunAsync("check", "-o", "json"));

        right.AssertIs(0, "open", "agrees");
        Assert.Equal(
            (distribution.Coverage, string.Join(' ', distribution.Servers), distribution.FirstLine),
            (right.Json.GetProperty("coverage").GetString(), Servers(right, "cluster"), text.Stdout.Split('\n')[0]));
        Assert.Equal(distribution.Source, right.Json.GetProperty("sources").EnumerateArray()
            .First(source => source.GetProperty("serves").GetBoolean()).GetProperty("source").GetString());
        stale.AssertIs(1, "closed", "stale-address");
    }

    /// <summary>One question more, to the server that the pod asks anyway.</summary>
    [Fact]
    public async Task The_name_of_the_Service_costs_one_question()
    {
        await using var pod = await StartAsync(All["RKE2"]);
        Verdict verdict = new(await pod.RunAsync("check", "-o", "json"));
        verdict.AssertIs(0, "open", "agrees");
        Assert.Single(pod[WholePod.Vip].Queries, query => query.Name == "10.0.96.10.in-addr.arpa");
        Assert.Single(pod.Kube.Requests);
    }

    [Fact]
    public async Task A_403_prints_the_Role_for_the_namespace_of_the_Service_that_was_named()
    {
        await using var pod = await StartAsync(All["OpenShift"]);
        pod.Kube.IsForbidden = true;
        var ended = await pod.RunAsync("check");
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("(sampled: may have missed a server)", ended.Stdout.Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains("namespace: \"openshift-dns\"", ended.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("namespace: \"kube-system\"", ended.Stdout, StringComparison.Ordinal);
        Assert.Contains(
            "headless:dnsgate-name-servers.openshift-dns.svc.cluster.local: NXDOMAIN", ended.Stdout, StringComparison.Ordinal);
    }

    private static async Task<WholePod> StartAsync(Distribution distribution)
    {
        var pod = await WholePod.StartAsync([.. Pods, distribution.NameServer]);
        pod.ResolvConf = KubeletFiles.ResolvConf(distribution.NameServer);
        pod.Kube.Slices.Remove("kube-dns-1");
        pod.Kube.Slices.Set(new EndpointSliceSpec("dns-1")
        {
            Namespace = distribution.Namespace,
            Service = distribution.Service,
            App = distribution.App,
            Endpoints = distribution.HasEndpoints
                ? [.. Pods.Select(address => new EndpointSpec(address) { HintedNode = distribution.HintedNode })]
                : [],
            Ports = distribution.Ports,
        });
        foreach (var address in distribution.HasEndpoints ? Pods : [])
        {
            pod.Run(address, distribution.Answers, distribution.Port);
        }

        var nameServer = distribution.IsNamed
            ? distribution.Answers.WithPtrFor(WholePod.Vip, $"{distribution.Service}.{distribution.Namespace}.svc.cluster.local")
            : distribution.Answers;
        if (distribution.NameServer == WholePod.Vip)
        {
            pod[WholePod.Vip].Behaviour = nameServer;
        }
        else
        {
            pod.Run(distribution.NameServer, nameServer);
        }

        return pod;
    }

    private static string Servers(Verdict verdict, string view) => string.Join(' ', verdict.Servers
        .Where(server => server.GetProperty("view").GetString() == view)
        .Select(server => server.GetProperty("server").GetString()));

    /// <summary>The cluster's DNS as a distribution has it.</summary>
    private sealed record Distribution(string Namespace, string Service, int Port)
    {
        /// <summary>The label k8s-app of the Service.</summary>
        public string? App { get; init; } = "kube-dns";

        public string NameServer { get; init; } = WholePod.Vip;

        /// <summary>Whether the nameserver answers the PTR of its own address.</summary>
        public bool IsNamed { get; init; } = true;

        public bool HasEndpoints { get; init; } = true;

        public string? HintedNode { get; init; }

        public PodZone Answers { get; init; } = Pod.Right;

        public IReadOnlyList<EndpointPortSpec> Ports
        {
            get => field ?? [new("dns", Port, "UDP"), new("dns-tcp", Port, "TCP")];
            init;
        }

        public string Source => HasEndpoints ? $"kube:{Namespace}/{Service}" : "resolv.conf";

        public string Coverage => HasEndpoints ? "complete" : "node-service";

        public IReadOnlyList<string> Servers => HasEndpoints ? [.. Pods.Select(address => $"{address}:{Port}")] : [$"{NameServer}:53"];

        // A cache on the node is one server; the address of a Service may stand for several and is sampled.
        private bool IsOnNode => NameServer != WholePod.Vip;

        public string FirstLine => HasEndpoints
            ? $"{AtAll} {(IsOnNode ? "3 DNS servers" : "2 DNS servers and 1 sampled address")}"
            : $"open: zk-0.zk-headless.prod.svc.cluster.local is 10.244.1.7 at {(IsOnNode ? "1 DNS server" : "the only address")} "
                + "(node-service: other nodes' servers cannot be asked)";
    }
}
