using DnsGate.Core.Discovery;
using DnsGate.Core.Options;
using DnsGate.Core.Tests.Rules;
using DnsGate.Core.Text;

namespace DnsGate.Core.Tests.Options;

/// <summary>No text throws: seeded, so that a find can be repeated.</summary>
public sealed class OptionFuzzTests
{
    private static readonly string[] Pieces =
    [
        "10.244.1.7", "fd00::1", "::", "%eth0", "[", "]", ":", ":53", ":99999", ".", "..",
        ",", " ", "\t", "\r\n", "\n", "\0", "#", ";", "@", "\\", "\\300", "ms", "s", "m", "h",
        "0", "1", "-1", "99999999999999999999", "１", "none", "off", "all", "majority", "auto",
        "resolv.conf", "resolv.conf:", "kube:", "headless:", "json", "text", "ipv4", "both",
        "nameserver ", "nameserver\t", "# Entries added by HostAliases.", "zk-0", "zk-0.example", "é", "\uD800",
        "\uFEFF", "\u2028", "a-very-long-label-" + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ];

#pragma warning disable CA5394 // Repeatable is the point.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Settings_of_any_text_are_values_or_problems(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 1500; run++)
        {
            var flags = OptionTable.All.Where(_ => random.Next(3) == 0).ToDictionary(
                setting => setting, _ => (IReadOnlyList<string>)[.. Enumerable.Range(0, random.Next(3)).Select(_ => Text(random))]);
            var environment = OptionTable.All.Where(_ => random.Next(4) == 0)
                .ToDictionary(setting => setting.Environment, _ => Text(random));
            var reader = new OptionReader(flags, name => environment.GetValueOrDefault(name));
            var spec = reader.Read(TimeSpan.FromMinutes(10));
            var (name, addresses) = (reader.ReadName(), reader.ReadAddresses());
            Assert.All(reader.Problems, problem => Assert.Matches("^(--|DNSGATE_)[a-zA-Z_-]+: .", problem));
            Assert.True(
                spec.Servers.Length > 0 && spec.Rule.Rounds > 0 && spec.Interval > TimeSpan.Zero && spec.QueryTimeout > TimeSpan.Zero);
            Assert.True(name?.Name.LabelCount is null or > 1);
            Assert.True(addresses?.Addresses.Length is null or > 0);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Hosts_and_variables_of_any_text_give_an_identity_or_problems(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 3000; run++)
        {
            var facts = new PodFacts(
                random.Next(2) == 0 ? null : Text(random),
                random.Next(2) == 0 ? null : Text(random),
                random.Next(9) == 0 ? null : Text(random) + Text(random) + Text(random),
                Fixtures.Ips(random.Next(2) == 0 ? "10.244.1.7" : "10.244.1.7 fd00::1"));
            var found = IdentityFinder.TryFind(null, null, facts, out var identity, out var problems);
            Assert.Equal(found, problems.IsEmpty);
            Assert.Equal(found, identity is { Addresses.IsEmpty: false });
        }
    }

    [Theory]
    [InlineData(21)]
    public void A_resolv_conf_of_any_text_gives_at_most_three_servers_that_can_be_asked(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 5000; run++)
        {
            var servers = ResolvConfFile.Read(Text(random) + Text(random) + Text(random) + Text(random), _ => true, out _);
            // Three resolvers, each with three servers.
            Assert.InRange(servers.Length, 0, 3 * ResolvConfFile.MaxServersOfResolver);
            Assert.All(servers, server => Assert.False(Addresses.IsUnspecifiedOrMulticast(server.Address)));
            Assert.Equal(servers.Length, servers.Distinct().Count());
        }
    }

    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => Pieces[random.Next(Pieces.Length)]));
#pragma warning restore CA5394
}
