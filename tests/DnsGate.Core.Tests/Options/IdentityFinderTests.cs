using System.Net;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Options;

public sealed class IdentityFinderTests
{
    private const string HostsOf7 = "127.0.0.1\tlocalhost\n10.244.1.7\tzk-0.zk-headless.prod.svc.cluster.local\tzk-0\n";
    private const string DualHosts = HostsOf7 + "fd00:244::7\tzk-0.zk-headless.prod.svc.cluster.local\tzk-0\n";

    /// <summary>The sources of the addresses, first that exists: given, POD_IPS, /etc/hosts, POD_IP, interface.</summary>
    [Theory]
    [InlineData("what the user gave wins over all", "10.1.1.1", "10.2.2.2", HostsOf7, "10.3.3.3", "10.244.1.7", "10.1.1.1 (--ip)")]
    [InlineData("POD_IPS comes next", null, "10.2.2.2", HostsOf7, "10.3.3.3", "10.244.1.7", "10.2.2.2 (POD_IPS)")]
    [InlineData("then the hosts lines whose address is on an interface", null,
        null, HostsOf7, "10.3.3.3", "10.244.1.7", "10.244.1.7 (/etc/hosts)")]
    [InlineData("then POD_IP", null, null, HostsOf7, "10.3.3.3", "10.9.9.9", "10.3.3.3 (POD_IP)")]
    [InlineData("then the address of the interface", null, null, "", null, "10.9.9.9", "10.9.9.9 (the network interfaces)")]
    [InlineData("empty POD_IPS is not set", null, "", HostsOf7, "10.3.3.3", "10.244.1.7", "10.244.1.7 (/etc/hosts)")]
    [InlineData("POD_IPS of blanks and commas is not set", null, " , ", HostsOf7, null, "10.244.1.7", "10.244.1.7 (/etc/hosts)")]
    [InlineData("empty POD_IP is not set", null, null, "", "", "10.9.9.9", "10.9.9.9 (the network interfaces)")]
    [InlineData("POD_IPS of two families", null, "fd00:244::7,10.244.1.7", "",
        null, "10.244.1.7 fd00:244::7", "10.244.1.7 fd00:244::7 (POD_IPS)")]
    [InlineData("POD_IPS twice the same", null, "10.244.1.7,10.244.1.7", "", null, "", "10.244.1.7 (POD_IPS)")]
    [InlineData("hosts lines of two families", null, null, DualHosts, null,
        "10.244.1.7 fd00:244::7", "10.244.1.7 fd00:244::7 (/etc/hosts)")]
    [InlineData("interfaces of two families", null, null, "", null,
        "fd00:244::7 10.244.1.7", "10.244.1.7 fd00:244::7 (the network interfaces)")]
    [InlineData("loopback and link-local interfaces do not count", null, null, "", null,
        "127.0.0.1 169.254.1.1 fe80::1 10.9.9.9", "10.9.9.9 (the network interfaces)")]
    [InlineData("the IPv4 line only, although the interface has IPv6 too", null,
        null, HostsOf7, null, "10.244.1.7 fd00:244::7", "10.244.1.7 (/etc/hosts)")]
    public void The_own_addresses(
        string sentence, string? given, string? podIps, string hosts, string? podIp, string interfaces, string found)
    {
        var facts = new PodFacts(podIps, podIp, hosts, Fixtures.Ips(interfaces));
        Assert.True(
            IdentityFinder.TryFind(
                (Fixtures.Name, "--name"), given is null ? null : (Fixtures.Ips(given), "--ip"), facts, out var identity, out var problems),
            string.Join("; ", problems));
        Assert.Equal((sentence, found), (sentence, $"{string.Join(' ', identity.Addresses)} ({identity.AddressSource})"));
    }

    [Theory]
    [InlineData("the first name with a dot on the own line", HostsOf7, "10.244.1.7",
        "zk-0.zk-headless.prod.svc.cluster.local (/etc/hosts line 2)")]
    [InlineData("the line of the own address, not of another interface", HostsOf7 + "10.50.0.7 zk-0.storage.example\n",
        "10.244.1.7 10.50.0.7", "zk-0.zk-headless.prod.svc.cluster.local (/etc/hosts line 2)", "10.244.1.7")]
    [InlineData("a name without a dot before it is passed over",
        "10.244.1.7 zk-0 zk-0.example.com\n", "10.244.1.7", "zk-0.example.com (/etc/hosts line 1)")]
    [InlineData("two lines, one name in two cases", "10.244.1.7 ZK-0.example.com\nfd00:244::7 zk-0.example.com\n",
        "10.244.1.7 fd00:244::7", "ZK-0.example.com (/etc/hosts line 1)")]
    [InlineData("a trailing dot is not a dot inside", "10.244.1.7 zk-0. zk-0.example.com.\n",
        "10.244.1.7", "zk-0.example.com (/etc/hosts line 1)")]
    [InlineData("the line of an address that --ip gives, though on no interface", HostsOf7,
        "10.9.9.9", "zk-0.zk-headless.prod.svc.cluster.local (/etc/hosts line 2)", "10.244.1.7")]
    [InlineData("a HostAlias of the own address is not read", HostsOf7 + "# Entries added by HostAliases.\n10.244.1.7 trap.example.com\n",
        "10.244.1.7", "zk-0.zk-headless.prod.svc.cluster.local (/etc/hosts line 2)")]
    public void The_own_name(string sentence, string hosts, string interfaces, string found, string? given = null)
    {
        var facts = new PodFacts(null, null, hosts, Fixtures.Ips(interfaces));
        Assert.True(
            IdentityFinder.TryFind(null, given is null ? null : (Fixtures.Ips(given), "--ip"), facts, out var identity, out var problems),
            string.Join("; ", problems));
        Assert.Equal((sentence, found), (sentence, $"{identity.Name} ({identity.NameSource})"));
    }

    [Fact]
    public void A_given_name_wins_and_the_hosts_file_is_not_needed()
    {
        var facts = new PodFacts("10.244.1.7", null, null, []);
        Assert.True(IdentityFinder.TryFind((Fixtures.NameOf("a.example"), "DNSGATE_NAME"), null, facts, out var identity, out _));
        Assert.Equal(("a.example", "DNSGATE_NAME"), (identity.Name.ToString(), identity.NameSource));
    }

    [Theory]
    [InlineData("no subdomain: only a short name", null, "10.244.1.7 web-7c5\n", null, "10.244.1.7", "--name")]
    [InlineData("no line of the own address", null, "127.0.0.1 localhost\n", null, "10.244.1.7", "--name")]
    [InlineData("hostNetwork", null,
        "# Kubernetes-managed hosts file (host network).\n10.0.0.5 node-5.example.com\n", null, "10.0.0.5", "--name")]
    [InlineData("several names", null, "10.244.1.7 a.example.com\n10.244.1.7 b.example.com\n", null, "10.244.1.7", "--name")]
    [InlineData("several names over two families", null,
        "10.244.1.7 a.example.com\nfd00:244::7 b.example.com\n", null, "10.244.1.7 fd00:244::7", "--name")]
    [InlineData("a name that is none", null, "10.244.1.7 zk_0..example\n", null, "10.244.1.7", "--name")]
    [InlineData("an address in place of the name", null, "10.244.1.7 10.244.1.8\n", null, "10.244.1.7", "--name")]
    [InlineData("several own lines of one family", null,
        HostsOf7 + "10.244.1.8 zk-0.zk-headless.prod.svc.cluster.local\n", null, "10.244.1.7 10.244.1.8", "--ip")]
    [InlineData("garbage in POD_IPS", "10.244.1.7,banana", HostsOf7, null, "10.244.1.7", "POD_IPS")]
    [InlineData("a scope id in POD_IPS", "fe80::1%eth0", HostsOf7, null, "10.244.1.7", "POD_IPS")]
    [InlineData("garbage in POD_IP", null, "10.244.1.7 zk-0.example.com\n", "10.244.1", "", "POD_IP")]
    [InlineData("the unspecified address in POD_IP", null, "0.0.0.0 zk-0.example.com\n", "0.0.0.0", "10.244.1.7", "POD_IP")]
    public void What_is_missing_or_unclear_is_a_problem_that_names_what_to_set(
        string sentence, string? podIps, string hosts, string? podIp, string interfaces, string names)
    {
        var facts = new PodFacts(podIps, podIp, hosts, Fixtures.Ips(interfaces));
        Assert.False(IdentityFinder.TryFind(null, null, facts, out var identity, out var problems));
        Assert.Null(identity);
        Assert.True(
            problems.Any(problem => problem.Contains(names, StringComparison.Ordinal)), $"{sentence}: {string.Join("; ", problems)}");
    }

    [Theory]
    [InlineData("under the domain", "zk-0.zk-headless.prod.svc.cluster.local", "cluster.local", true)]
    [InlineData("in another case, with a trailing dot", "zk-0.zk-headless.prod.SVC.Cluster.Local.", "cluster.local", true)]
    [InlineData("hostnameOverride", "kdc1.example.com", "cluster.local", false)]
    [InlineData("a line of vcluster's", "zk-0.zk-headless.prod.svc.cluster.local", "vcluster.example", false)]
    [InlineData("a name that only ends alike", "zk-0.notsvc.cluster.local", "cluster.local", false)]
    [InlineData("the cluster's domain without svc", "zk-0.cluster.local", "cluster.local", false)]
    [InlineData("no such domain in the search list", "kdc1.example.com", null, true)]
    public void A_name_that_is_not_under_the_domain_of_the_search_list_is_unclear(
        string sentence, string name, string? domain, bool isFound)
    {
        var facts = new PodFacts(null, null, $"127.0.0.1 localhost\n10.244.1.7 {name} zk-0\n", Fixtures.Ips("10.244.1.7"))
        {
            SearchDomain = domain,
        };
        Assert.Equal((sentence, isFound), (sentence, IdentityFinder.TryFind(null, null, facts, out _, out var problems)));
        Assert.Equal(
            isFound ? [] : [$"own name unclear: /etc/hosts line 2 has {name}, which is not under svc.{domain} of the search list in "
                + "resolv.conf, so the cluster's DNS does not publish it; name it with --name (or DNSGATE_NAME), like "
                + "zk-0.zk-headless.prod.svc.cluster.local"],
            problems);
        Assert.True(IdentityFinder.TryFind((Fixtures.Name, "--name"), null, facts, out _, out _));
    }

    [Fact]
    public void An_unclear_interface_names_the_candidates_and_the_flag()
    {
        Assert.False(IdentityFinder.TryFind((Fixtures.Name, "--name"), null,
            new PodFacts(null, null, "", Fixtures.Ips("10.244.1.7 10.50.0.7 fd00:244::7")), out _, out var problems));
        var problem = Assert.Single(problems);
        Assert.Contains("10.244.1.7 10.50.0.7", problem, StringComparison.Ordinal);
        Assert.Contains("--ip", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_missing_is_said_at_once()
    {
        Assert.False(IdentityFinder.TryFind(null, null, new PodFacts(null, null, null, []), out _, out var problems));
        Assert.Equal(2, problems.Length);
        Assert.Contains("--ip", problems[0], StringComparison.Ordinal);
        Assert.Contains("--name", problems[1], StringComparison.Ordinal);
        Assert.Contains("/etc/hosts cannot be read", problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Hosts_on_the_network_of_the_node_are_named_as_the_likely_cause()
    {
        IdentityFinder.TryFind(
            null, null, new PodFacts("10.0.0.5", null, "# Kubernetes-managed hosts file (host network).\n", []), out _, out var problems);
        Assert.Contains("host's network", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FamilyPolicy.Auto, "10.244.1.7", null)]
    [InlineData(FamilyPolicy.Auto, "fd00:244::7", null)]
    [InlineData(FamilyPolicy.IPv4, "10.244.1.7", null)]
    [InlineData(FamilyPolicy.Both, "10.244.1.7 fd00:244::7", null)]
    [InlineData(FamilyPolicy.IPv4, "fd00:244::7", "no IPv4 address")]
    [InlineData(FamilyPolicy.IPv6, "10.244.1.7", "no IPv6 address")]
    [InlineData(FamilyPolicy.Both, "10.244.1.7", "no IPv6 address")]
    [InlineData(FamilyPolicy.Both, "fd00:244::7", "no IPv4 address")]
    internal void Requiring_a_family_that_the_pod_has_not_is_a_problem(FamilyPolicy families, string addresses, string? says)
    {
        var problem = IdentityFinder.CheckFamilies("DNSGATE_FAMILIES", families, Fixtures.Ips(addresses));
        if (says is null)
        {
            Assert.Null(problem);
        }
        else
        {
            Assert.Contains(says, problem, StringComparison.Ordinal);
            Assert.Contains("DNSGATE_FAMILIES:", problem, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("zk-0.zk-headless.prod.svc.cluster.local", true)]
    [InlineData("zk-0.zk-headless.prod.svc.cluster.local.", true)]
    [InlineData("_a_b.example", true)]
    [InlineData("zk-0", false)]
    [InlineData("zk-0.", false)]
    [InlineData(".", false)]
    [InlineData("", false)]
    [InlineData("a..b", false)]
    [InlineData("10.244.1.7", false)]
    [InlineData("a b.example", false)]
    [InlineData("a\\046b.example", false)]
    [InlineData("zk-0.example/path", false)]
    [InlineData("*.example", false)]
    [InlineData("bücher.example", false)]
    public void The_name_of_a_pod_is_a_host_name_of_two_labels_or_more(string text, bool isName)
    {
        Assert.Equal(isName, IdentityFinder.TryParsePodName(text, out _, out var problem));
        Assert.Equal(isName, problem is null);
    }

    [Theory]
    [InlineData("10.244.1.7", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("10.244.1", false)]
    public void The_address_of_a_pod_names_one_host(string text, bool isAddress) =>
        Assert.Equal(isAddress, IdentityFinder.TryParsePodAddress(text, out _, out _));

    [Fact]
    public void Addresses_on_no_interface_in_the_hosts_file_are_not_the_own()
    {
        var facts = new PodFacts(null, null, "10.244.1.7 zk-0.example.com\n", [IPAddress.Parse("10.9.9.9")]);
        Assert.False(IdentityFinder.TryFind(null, null, facts, out _, out var problems));
        Assert.Contains("own name unknown", Assert.Single(problems), StringComparison.Ordinal);
    }
}
