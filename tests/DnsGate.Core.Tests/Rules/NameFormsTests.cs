using DnsGate.Core.Rules;

namespace DnsGate.Core.Tests.Rules;

/// <summary>Row 25 of docs/scenarios.md: zoo.cfg has zk-0.zk-headless, and /etc/hosts has only the full name.</summary>
public sealed class NameFormsTests
{
    private const string Kubelet = "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n"
        + "10.244.1.7\tzk-0.zk-headless.prod.svc.cluster.local\tzk-0\n";

    [Theory]
    [InlineData("the kubelet's file", Kubelet, "zk-0.zk-headless.prod.svc.cluster.local zk-0",
        "zk-0.zk-headless zk-0.zk-headless.prod zk-0.zk-headless.prod.svc")]
    [InlineData("both families", Kubelet + "fd00:244::7\tzk-0.zk-headless.prod.svc.cluster.local\tzk-0\n",
        "zk-0.zk-headless.prod.svc.cluster.local zk-0", "zk-0.zk-headless zk-0.zk-headless.prod zk-0.zk-headless.prod.svc")]
    [InlineData("no line of its own", "127.0.0.1\tlocalhost\n", "",
        "zk-0.zk-headless zk-0.zk-headless.prod zk-0.zk-headless.prod.svc zk-0.zk-headless.prod.svc.cluster.local")]
    [InlineData("an alias with another address", "10.244.1.8\tzk-0.zk-headless\n", "",
        "zk-0.zk-headless.prod zk-0.zk-headless.prod.svc zk-0.zk-headless.prod.svc.cluster.local")]
    [InlineData("another name of its own address", "10.244.1.7\tmetrics\n", "",
        "zk-0.zk-headless zk-0.zk-headless.prod zk-0.zk-headless.prod.svc zk-0.zk-headless.prod.svc.cluster.local")]
    [InlineData("a file that cannot be read", null, "",
        "zk-0.zk-headless zk-0.zk-headless.prod zk-0.zk-headless.prod.svc zk-0.zk-headless.prod.svc.cluster.local")]
    public void Which_spellings_the_name_servers_never_see(string sentence, string? hosts, string shadowed, string asked)
    {
        var spellings = NameForms.List(Fixtures.Name, Fixtures.Ips($"{Fixtures.Own} {Fixtures.OwnIPv6}"), hosts);
        Assert.Equal((sentence, shadowed, asked), (sentence, string.Join(' ', spellings.Shadowed), string.Join(' ', spellings.Asked)));
    }

    [Fact]
    public void The_sentence_names_both_kinds_and_what_proves_nothing()
    {
        var diagnosis = NameForms.List(Fixtures.Name, Fixtures.Ips(Fixtures.Own), Kubelet).Diagnose()!;
        Assert.Equal("spelling-not-shadowed", diagnosis.Name);
        Assert.Contains("/etc/hosts answers zk-0.zk-headless.prod.svc.cluster.local and zk-0", diagnosis.Meaning, StringComparison.Ordinal);
        Assert.Contains("zk-0.zk-headless, ", diagnosis.Meaning, StringComparison.Ordinal);
        Assert.Contains("getent", diagnosis.Remedy, StringComparison.Ordinal);
        Assert.Null(NameForms.List(Fixtures.Name, Fixtures.Ips(Fixtures.Own), null).Diagnose());
    }
}
