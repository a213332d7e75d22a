using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Rules;

namespace DnsGate.Core.Tests.Rules;

public sealed class RemediesTests
{
    [Theory]
    [InlineData("kube-system/coredns-a", "restart it: `kubectl -n kube-system delete pod coredns-a`")]
    [InlineData("openshift-dns/dns-default-x", "restart it: `kubectl -n openshift-dns delete pod dns-default-x`")]
    [InlineData("dns/",
        "restart it: find its pod with `kubectl -n dns get pods -o wide`, and delete that pod")]
    [InlineData("-",
        "restart it: find its pod with `kubectl get pods,services -A -o wide | grep -wF -e 10.244.0.1`, and delete that pod")]
    public void A_restart_deletes_the_pod_by_its_name_and_never_by_its_address(string server, string remedy) =>
        Assert.Equal(remedy, Remedies.Restart(Assert.Single(ServersOf(server))));

    /// <summary>
    /// Servers are NAMESPACE/POD; one of which neither is known is -, and one without the name of a pod ends with the slash.
    /// </summary>
    [Theory]
    [InlineData("kube-system/a kube-system/b", "kubectl -n kube-system get pods a b -o wide")]
    [InlineData("kube-system/a -", "kubectl -n kube-system get pods a -o wide")]
    [InlineData("openshift-dns/a openshift-dns/b", "kubectl -n openshift-dns get pods a b -o wide")]
    [InlineData("kube-system/a kube-system/a", "kubectl -n kube-system get pods a -o wide")]
    [InlineData("kube-system/a dns/b", "kubectl get pods,services -A -o wide | grep -wF -e 10.244.0.1 -e 10.244.0.2")]
    [InlineData("kube-system/", "kubectl -n kube-system get pods -o wide")]
    [InlineData("openshift-dns/", "kubectl -n openshift-dns get pods -o wide")]
    [InlineData("- -", "kubectl get pods,services -A -o wide | grep -wF -e 10.244.0.1 -e 10.244.0.2")]
    [InlineData("dns/1 dns/2 dns/3 dns/4 dns/5", "kubectl -n dns get pods 1 2 3 4 5 -o wide")]
    [InlineData("dns/1 dns/2 dns/3 dns/4 dns/5 dns/6", "kubectl -n dns get pods -o wide")]
    public void A_command_names_pods_and_namespace_where_discovery_found_them(string servers, string command) =>
        Assert.Equal($"`{command}`", Remedies.AboutPods("get pods", ServersOf(servers), "-o wide"));

    [Theory]
    [InlineData("kube-system/a", "`kubectl -n kube-system describe pods a`")]
    [InlineData("dns/", "`kubectl -n dns get pods -o wide`")]
    public void Pods_are_described_only_by_name(string servers, string command) =>
        Assert.Equal(command, Remedies.AboutPods("describe pods", ServersOf(servers)));

    [Theory]
    [InlineData("headless:dnsgate-name-servers.my-dns.svc.cluster.local", "my-dns")]
    [InlineData("headless:dns.example.com", null)]
    [InlineData("headless:x.`id`.svc.cluster.local", null)]
    public void The_name_of_a_headless_Service_has_its_namespace(string source, string? @namespace)
    {
        Assert.True(ServerSource.TryParse(source, out var parsed, out var problem), problem);
        Assert.Equal(@namespace, Assert.IsType<ServerSource.Headless>(parsed).Namespace);
    }

    /// <summary>The name may come from a PTR record, which a DNS server makes as it likes.</summary>
    [Theory]
    [InlineData("zk-0.zk.default.svc.cluster.local", "kubectl -n default edit service zk")]
    [InlineData("ZK-0.Zk.Default.SVC.cluster.local", "kubectl -n default edit service zk")]
    [InlineData("zk-0.zk|id.default.svc.cluster.local", "kubectl edit service SERVICE")]
    [InlineData("zk-0.`id`.default.svc.cluster.local", "kubectl edit service SERVICE")]
    [InlineData("zk-0.\\$\\(id\\).default.svc.cluster.local", "kubectl edit service SERVICE")]
    [InlineData("zk-0.--all.default.svc.cluster.local", "kubectl edit service SERVICE")]
    [InlineData("zk-0.zk.a&id.svc.cluster.local", "kubectl edit service SERVICE")]
    [InlineData("zk-0.zk.example.com", "kubectl edit service SERVICE")]
    public void A_command_holds_only_names_that_objects_of_Kubernetes_can_have(string name, string command)
    {
        Assert.True(DnsName.TryParse(name, out var parsed, out var problem), problem);
        Assert.Equal($"`{command}`", Remedies.EditService(parsed));
    }

    private static Server[] ServersOf(string text) =>
        [.. text.Split(' ').Select((one, index) => one.Split('/') is [var @namespace, var pod]
            ? new Server(Fixtures.S(index + 1), "kube")
            {
                Endpoint = new KubeEndpoint(pod.Length == 0 ? null : pod, "node-1", HasHints: false),
                Namespace = @namespace,
            }
            : new Server(Fixtures.S(index + 1), "static"))];
}
