using DnsGate.Core.Options;
using DnsGate.Core.Tests.Rules;
using DnsGate.Core.Text;

namespace DnsGate.Core.Tests.Bound;

/// <summary>The options of <c>bound</c>, and the own addresses without a name.</summary>
public sealed class BoundOptionsTests
{
    [Fact]
    public void The_defaults() => Assert.Equal(new BoundOptions(3888, TimeSpan.FromSeconds(6)), Read([], out _));

    [Fact]
    public void Every_flag_has_a_variable_of_its_own() =>
        Assert.Equal(
            ["--port DNSGATE_BOUND_PORT", "--held DNSGATE_BOUND_HELD", "--ip DNSGATE_IPS"],
            OptionTable.OfBound.Select(setting => $"{setting.Flag} {setting.Environment}"));

    /// <summary>What Kubernetes sets in a namespace that has a Service called "dnsgate".</summary>
    [Fact]
    public void The_variables_of_service_links_are_none_of_ours()
    {
        string[] links = ["DNSGATE_PORT", "DNSGATE_SERVICE_HOST", "DNSGATE_SERVICE_PORT", "DNSGATE_SERVICE_PORT_HTTP",
            "DNSGATE_PORT_9553_TCP", "DNSGATE_PORT_9553_TCP_PROTO", "DNSGATE_PORT_9553_TCP_PORT", "DNSGATE_PORT_9553_TCP_ADDR"];

        Assert.Empty(OptionTable.All.Concat(OptionTable.OfBound).Select(setting => setting.Environment).Intersect(links));
        Assert.Equal(3888, Read(links.ToDictionary(link => link, _ => "tcp://10.96.0.7:9553"), out var problems).Port);
        Assert.Empty(problems);
    }

    /// <summary>And in one that has a Service called "dnsgate-bound".</summary>
    [Fact]
    public void The_port_of_a_service_link_is_nothing_that_the_user_said()
    {
        Assert.Equal(3888, Read(new() { ["DNSGATE_BOUND_PORT"] = "tcp://10.96.0.7:80" }, out var problems).Port);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("DNSGATE_BOUND_PORT", "2181", "2181 6s")]
    [InlineData("DNSGATE_BOUND_PORT", "65535", "65535 6s")]
    [InlineData("DNSGATE_BOUND_HELD", "0", "3888 0")]
    [InlineData("DNSGATE_BOUND_HELD", "1500ms", "3888 1500ms")]
    public void A_value(string variable, string value, string read)
    {
        var spec = Read(new() { [variable] = value }, out var problems);
        Assert.Empty(problems);
        Assert.Equal(read, $"{spec.Port} {Duration.Format(spec.StableFor)}");
    }

    [Theory]
    [InlineData("DNSGATE_BOUND_PORT", "0")]
    [InlineData("DNSGATE_BOUND_PORT", "65536")]
    [InlineData("DNSGATE_BOUND_PORT", "-1")]
    [InlineData("DNSGATE_BOUND_PORT", "election")]
    [InlineData("DNSGATE_BOUND_PORT", "3888,2888")]
    [InlineData("DNSGATE_BOUND_HELD", "6")]
    [InlineData("DNSGATE_BOUND_HELD", "none")]
    public void A_value_that_is_none_is_one_problem_that_names_the_variable(string variable, string value)
    {
        Read(new() { [variable] = value }, out var problems);
        Assert.StartsWith($"{variable}: ", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void The_own_addresses_need_no_name()
    {
        var own = IdentityFinder.FindAddresses(null, new PodFacts("fd00::7,10.244.1.7", null, null, []), out var problems);

        Assert.Empty(problems);
        Assert.Equal("10.244.1.7 fd00::7 (POD_IPS)", $"{string.Join(' ', own!.Value.Addresses)} ({own.Value.Source})");
    }

    [Fact]
    public void What_the_user_said_wins_and_is_sorted()
    {
        var own = IdentityFinder.FindAddresses((Fixtures.Ips("fd00::7 10.244.1.7"), "--ip"), PodFacts.None, out var problems);

        Assert.Empty(problems);
        Assert.Equal(Fixtures.Ips("10.244.1.7 fd00::7"), own!.Value.Addresses);
    }

    [Theory]
    [InlineData("nothing is known", null, "", "--ip")]
    [InlineData("a node with two networks", null, "10.0.0.5 192.168.0.5", "--ip")]
    [InlineData("garbage", "10.244.1.7,banana", "", "POD_IPS")]
    public void Addresses_that_are_unclear_are_a_problem_and_no_addresses(string sentence, string? podIps, string interfaces, string names)
    {
        Assert.Null(IdentityFinder.FindAddresses(null,
            new PodFacts(podIps, null, "# Kubernetes-managed hosts file (host network).\n", Fixtures.Ips(interfaces)), out var problems));
        Assert.True(Assert.Single(problems).Contains(names, StringComparison.Ordinal), sentence);
    }

    private static BoundOptions Read(Dictionary<string, string> environment, out IReadOnlyList<string> problems)
    {
        var reader = new OptionReader(new Dictionary<OptionDefinition, IReadOnlyList<string>>(), environment.GetValueOrDefault);
        var spec = reader.ReadBound();
        problems = reader.Problems;
        return spec;
    }
}
