using System.Net;
using DnsGate.Ask;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Discovery;
using DnsGate.TestKit;

namespace DnsGate.Tests.Discovery;

/// <summary>Every form of a SPEC of <c>--servers</c> is known everywhere.</summary>
public sealed class SourcesTests
{
    private static readonly string[] Specs =
        ["auto", "10.0.0.1", "kube:kube-dns", "headless:dns.kube-system.svc.cluster.local", "resolv.conf"];

    [Fact]
    public void Every_kind_of_source_can_be_made()
    {
        var kinds = new HashSet<Type>();
        foreach (var spec in Specs)
        {
            OptionReader reader = new(
                new Dictionary<OptionDefinition, IReadOnlyList<string>> { [OptionTable.Servers] = [spec] }, _ => null);
            var options = reader.Read(TimeSpan.FromSeconds(20));
            kinds.Add(Assert.Single(options.Servers).GetType());
            Identity identity = new(Questions.Name, "test", [IPAddress.Parse(Questions.Ip)], "test");
            NameServerClient client = new(options.QueryTimeout, TimeProvider.System);
            using ServerLister lister = new(options, identity, client, options.Timeout, TimeProvider.System);
        }

        var missing = typeof(ServerSource).GetNestedTypes().Except(kinds).Select(kind => kind.Name).ToList();
        Assert.True(missing.Count == 0, $"no SPEC of this test gives a ServerSource.{string.Join(", ", missing)}: add one to Specs");
    }

    [Fact]
    public void The_reference_says_what_each_form_finds()
    {
        var reference = File.ReadAllText(Repository.File("docs/reference.md"));
        Assert.All(ServerSource.Forms.Split(", ").Except(["[v6]:PORT"]), form => Assert.True(
            reference.Contains($"\n| `{form}` |", StringComparison.Ordinal),
            $"docs/reference.md, table under 'Whom it asks': no row for `{form}`"));
    }
}
