using DnsGate.Core.Model;
using DnsGate.Core.Rules;

namespace DnsGate.Core.Tests.Rules;

public sealed class RemediesTests
{
    [Theory]
    [InlineData("kube-system", "coredns-a", "kubectl -n kube-system delete pod coredns-a")]
    [InlineData("openshift-dns", "dns-default-x", "kubectl -n openshift-dns delete pod dns-default-x")]
    [InlineData("kube-system", null,
        "kubectl -n kube-system delete pod -l k8s-app=kube-dns --field-selector status.podIP=10.244.0.1")]
    [InlineData("openshift-dns", null, "kubectl -n openshift-dns delete pod --field-selector status.podIP=10.244.0.1")]
    public void A_restart_names_the_pod_or_selects_it_by_its_address(string @namespace, string? pod, string command) =>
        Assert.Equal($"`{command}`", Remedies.Restart(ServerOf(1, @namespace, pod)));

    [Fact]
    public void A_restart_of_a_server_that_the_API_did_not_list_selects_the_pod_by_its_address() =>
        Assert.Equal(
            "`kubectl -n kube-system delete pod -l k8s-app=kube-dns --field-selector status.podIP=10.244.0.2`",
            Remedies.Restart(new Server(Fixtures.S(2), "static")));

    /// <summary>Pods are NAMESPACE/POD; a server without an endpoint is -, and one without a pod ends with the slash.</summary>
    [Theory]
    [InlineData("kube-system/a kube-system/b", "kubectl -n kube-system get pods a b -o wide")]
    [InlineData("kube-system/a -", "kubectl -n kube-system get pods a -o wide")]
    [InlineData("openshift-dns/a openshift-dns/b", "kubectl -n openshift-dns get pods a b -o wide")]
    [InlineData("kube-system/a kube-system/a", "kubectl -n kube-system get pods a -o wide")]
    [InlineData("kube-system/a dns/b", "kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide")]
    [InlineData("kube-system/", "kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide")]
    [InlineData("openshift-dns/", "kubectl -n openshift-dns get pods -o wide")]
    [InlineData("- -", "kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide")]
    [InlineData("", "kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide")]
    [InlineData("dns/1 dns/2 dns/3 dns/4 dns/5", "kubectl -n dns get pods 1 2 3 4 5 -o wide")]
    [InlineData("dns/1 dns/2 dns/3 dns/4 dns/5 dns/6", "kubectl -n dns get pods -o wide")]
    public void A_command_names_up_to_five_pods_of_one_namespace(string pods, string command) =>
        Assert.Equal(
            $"`{command}`",
            Remedies.AboutPods(
                "get pods",
                pods.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((text, index) => text.Split('/') is [var @namespace, var pod]
                    ? ServerOf(index + 1, @namespace, pod.Length == 0 ? null : pod)
                    : new Server(Fixtures.S(index + 1), "static")),
                "-o wide"));

    [Fact]
    public void A_command_without_options_ends_with_the_pods() =>
        Assert.Equal("`kubectl -n kube-system describe pods a`", Remedies.AboutPods("describe pods", [ServerOf(1, "kube-system", "a")]));

    private static Server ServerOf(int number, string @namespace, string? pod) => new(Fixtures.S(number), "kube")
    {
        Endpoint = new KubeEndpoint(pod, "node-1", HasHints: false) { Namespace = @namespace },
    };
}
