using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Rules;

namespace DnsGate.Core.Tests.Rules;

/// <summary>Mistakes in the manifest that the pod itself shows.</summary>
public sealed class PodDiagnosesTests
{
    private const string Kubelet = "127.0.0.1\tlocalhost\n10.244.1.7\tzk-0.zk-headless.prod.svc.cluster.local\tzk-0\n";
    private const string Aliases = "# Entries added by HostAliases.\n";

    [Theory]
    [InlineData("all is well", Kubelet, "10.244.1.7", "")]
    [InlineData("the address of the node", Kubelet, "192.168.7.4", "address-not-on-interface")]
    [InlineData("one of two addresses", Kubelet, "10.244.1.7 fd00:244::9", "address-not-on-interface")]
    [InlineData("the second family of this pod is not its identity", Kubelet + "fd00:244::7\tzk-0.zk-headless.prod.svc.cluster.local\n",
        "10.244.1.7", "")]
    [InlineData("the kubelet names another pod", "10.244.1.7\tzk-1.zk-headless.prod.svc.cluster.local\tzk-1\n", "10.244.1.7",
        "name-of-another-pod")]
    [InlineData("this pod under another Service", "10.244.1.7\tzk-0.zk.prod.svc.cluster.local\tzk-0\n", "10.244.1.7", "")]
    [InlineData("a pod without a subdomain", "10.244.1.7\tweb-5d4\n", "10.244.1.7", "")]
    [InlineData("a machine that is no pod", "10.244.1.7\tbuild.corp.example\tbuild\n", "10.244.1.7", "")]
    [InlineData("a line of another interface", "10.9.0.1\tother.example\n", "10.244.1.7", "")]
    [InlineData("an alias of another name", Kubelet + Aliases + "10.9.9.9\tmetrics\n", "10.244.1.7", "")]
    [InlineData("an alias of a spelling", Kubelet + Aliases + "10.9.9.9\tzk-0.zk-headless\n", "10.244.1.7", "hosts-overrides-name")]
    [InlineData("an alias of two spellings", Kubelet + Aliases + "10.9.9.9\tzk-0 ZK-0.zk-headless\n", "10.244.1.7",
        "hosts-overrides-name hosts-overrides-name")]
    [InlineData("an alias with the own address", Kubelet + Aliases + "10.244.1.7\tzk-0.zk-headless\n", "10.244.1.7", "")]
    [InlineData("the own host name on loopback", "127.0.1.1\tzk-0\n", "10.244.1.7", "hosts-overrides-name")]
    [InlineData("a file that cannot be read", null, "10.244.1.7", "")]
    public void What_contradicts_the_identity(string sentence, string? hosts, string addresses, string diagnoses) =>
        Assert.Equal((sentence, diagnoses), (sentence, string.Join(' ', Find(hosts, addresses).Select(item => item.Name))));

    [Fact]
    public void Addresses_that_the_user_named_may_be_those_of_another_pod() =>
        Assert.Empty(PodDiagnoses.Find(
            IdentityOf("192.168.7.4"), new PodFacts(null, null, Kubelet, Fixtures.Ips(Fixtures.Own)), areAddressesGiven: true));

    [Fact]
    public void Without_interfaces_nothing_is_said_of_addresses() =>
        Assert.Empty(PodDiagnoses.Find(IdentityOf("192.168.7.4"), new PodFacts(null, null, Kubelet, []))
            .Where(diagnosis => diagnosis.Name == Diagnosis.AddressNotOnInterface));

    [Fact]
    public void Each_names_what_was_seen_and_where()
    {
        Assert.Equal(
            "192.168.7.4 (POD_IPS) is on no interface of this pod",
            Find(Kubelet, "192.168.7.4")[0].Meaning);
        Assert.Equal(
            "/etc/hosts line 4 gives zk-0.zk-headless the address 10.9.9.9: applications in this pod use that, whatever the DNS servers "
            + "return",
            Find(Kubelet + Aliases + "10.9.9.9\tzk-0.zk-headless\n", "10.244.1.7")[0].Meaning);
        Assert.Equal(
            "the expected name is zk-0.zk-headless.prod.svc.cluster.local (--name), but /etc/hosts line 1 names this pod "
            + "zk-1.zk-headless.prod.svc.cluster.local",
            Find("10.244.1.7\tzk-1.zk-headless.prod.svc.cluster.local\tzk-1\n", "10.244.1.7")[0].Meaning);
    }

    private static System.Collections.Immutable.ImmutableArray<Diagnosis> Find(string? hosts, string addresses) =>
        PodDiagnoses.Find(IdentityOf(addresses), new PodFacts(null, null, hosts, Fixtures.Ips($"{Fixtures.Own} {Fixtures.OwnIPv6}")));

    private static Identity IdentityOf(string addresses) => new(Fixtures.Name, "--name", Fixtures.Ips(addresses), "POD_IPS");
}
