using DnsGate.Core.Options;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Discovery;

/// <summary>NAME@SERVER[,SERVER] of <c>--external</c>.</summary>
public sealed class ExternalSourceTests
{
    [Theory]
    [InlineData("zk-0.example.com@10.0.0.1", "zk-0.example.com@10.0.0.1:53")]
    [InlineData("zk-0.example.com@10.0.0.2:5353,[fd00::1]:54,10.0.0.1", "zk-0.example.com@10.0.0.1:53,10.0.0.2:5353,[fd00::1]:54")]
    [InlineData("zk-0.example.com@10.0.0.1,10.0.0.1:53", "zk-0.example.com@10.0.0.1:53")]
    [InlineData("{pod}.example.com@authoritative", "{pod}.example.com@authoritative")]
    [InlineData("zk.{pod}.{pod}.example.com.@10.0.0.1", "zk.{pod}.{pod}.example.com.@10.0.0.1:53")]
    public void A_view_is_a_name_and_servers_or_those_of_the_zone(string text, string view)
    {
        Assert.True(ExternalSource.TryParse(text, out var source, out var problem), problem);
        Assert.Equal(view, source.ToString());
        Assert.Equal(text.EndsWith("@authoritative", StringComparison.Ordinal), source.IsAuthoritative);
        Assert.True(ExternalSource.TryParse(source.ToString(), out var again, out _));
        Assert.Equal((source, source.GetHashCode()), (again, again.GetHashCode()));
    }

    [Theory]
    [InlineData("zk-0.example.com", "NAME@SERVER[,SERVER]")]
    [InlineData("@10.0.0.1", "NAME@SERVER[,SERVER]")]
    [InlineData("zk-0.example.com@", "NAME@SERVER[,SERVER]")]
    [InlineData("zk-0@10.0.0.1", "fully qualified")]
    [InlineData("{pod}@10.0.0.1", "fully qualified")]
    [InlineData("10.0.0.9@10.0.0.1", "is an address")]
    [InlineData("{host}.example.com@10.0.0.1", "not a host name")]
    [InlineData("zk-0..example.com@10.0.0.1", "zk-0..example.com")]
    [InlineData("zk-0.example.com@ns1.example.com", "ns1.example.com")]
    [InlineData("zk-0.example.com@10.0.0.1,", "a comma without a server")]
    [InlineData("zk-0.example.com@10.0.0.1,,10.0.0.2", "a comma without a server")]
    [InlineData("zk-0.example.com@0.0.0.0", "unspecified")]
    [InlineData("zk-0.example.com@10.0.0.1:0", "port '0'")]
    [InlineData("zk-0.example.com@authoritative,10.0.0.1", "authoritative stands alone")]
    [InlineData("zk-0.example.com@10.0.0.1,authoritative", "authoritative stands alone")]
    [InlineData("zk-0.example.com@authoritative,authoritative", "authoritative stands alone")]
    public void Anything_else_is_a_problem_that_repeats_it(string text, string says)
    {
        Assert.False(ExternalSource.TryParse(text, out var source, out var problem));
        Assert.Null(source);
        Assert.Contains($"'{text}'", problem, StringComparison.Ordinal);
        Assert.Contains(says, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{pod}.example.com", "zk-0.zk-headless.prod.svc.cluster.local", "zk-0.example.com")]
    [InlineData("{pod}-{pod}.{pod}.example.com", "zk-0.zk-headless.prod.svc.cluster.local", "zk-0-zk-0.zk-0.example.com")]
    [InlineData("zk.example.com", "zk-0.zk-headless.prod.svc.cluster.local", "zk.example.com")]
    public void The_placeholder_stands_for_the_pods_host_name(string pattern, string podName, string name)
    {
        Assert.True(Parse(pattern).TryNameOf(Fixtures.NameOf(podName), out var found, out var problem), problem);
        Assert.Equal(Fixtures.NameOf(name), found);
    }

    [Fact]
    public void A_host_name_that_makes_a_label_or_the_name_too_long_is_a_problem_that_shows_the_name()
    {
        var pod = new string('z', 60);
        Assert.False(Parse("{pod}-a-b.example.com").TryNameOf(Fixtures.NameOf($"{pod}.svc.cluster.local"), out _, out var label));
        Assert.Contains($"{pod}-a-b", label, StringComparison.Ordinal);
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 63), 3)) + ".example.com";
        Assert.False(Parse($"{{pod}}.{longest}").TryNameOf(Fixtures.NameOf($"{pod}.svc.cluster.local"), out _, out var name));
        Assert.Contains("255", name, StringComparison.Ordinal);
        Assert.True(Parse($"{{pod}}.{longest}").TryNameOf(Fixtures.NameOf("zk-0.svc.cluster.local"), out _, out _));
    }

    private static ExternalSource Parse(string pattern) =>
        ExternalSource.TryParse($"{pattern}@10.0.0.1", out var source, out var problem)
            ? source
            : throw new ArgumentException(problem, nameof(pattern));
}
