using System.Collections.Immutable;
using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// With <c>--servers resolv.conf</c> the gate asks exactly the servers that glibc, musl or Go ask with the same file. For Go stands
/// promtool, with Go's own resolver.
/// </summary>
public sealed class ResolverTests(ResolverWatch watch) : IClassFixture<ResolverWatch>
{
    [Theory]
    [InlineData("nameserver 10.0.0.1\nnameserver 10.0.0.2\n")]
    [InlineData("nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n")]
    [InlineData("nameserver 10.0.0.1\nnameserver 10.0.0.1\nnameserver 10.0.0.1\nnameserver 10.0.0.2\n")]
    [InlineData("nameserver\t 10.0.0.1 \t")]
    [InlineData("nameserver 10.0.0.1\r\nnameserver 10.0.0.2\r\n")]
    [InlineData("nameserver 10.0.0.1\rnameserver 10.0.0.2\n")]
    [InlineData("nameserver\r10.0.0.1\n")]
    [InlineData("nameserver 10.0.0.1\fx\n")]
    [InlineData("nameserver \v10.0.0.1\n")]
    [InlineData("nameserver 10.0.0.1\0x\nnameserver 10.0.0.2\n")]
    [InlineData("nameserver 10.0.0.1\u0085x\nnameserver 10.0.0.2\u00A0x\nnameserver\u00A010.0.0.3\n")]
    [InlineData("nameserver 10.0.0.1\u2028nameserver 10.0.0.2\n")]
    [InlineData("nameserver 10.0.0.1 # x\nnameserver 10.0.0.2\t;x\nnameserver 10.0.0.3 10.0.0.4\n")]
    [InlineData("nameserver 10.0.0.1#x\nnameserver 10.0.0.2;x\nnameserver 10.0.0.3\nnameserver 10.0.0.4\nnameserver 10.0.0.5\n")]
    [InlineData(" nameserver 10.0.0.1\n\tnameserver 10.0.0.2\n")]
    [InlineData(" nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\nnameserver 10.0.0.5\n")]
    [InlineData(" nameserver 10.0.0.1\n nameserver 10.0.0.2\n nameserver 10.0.0.3\nnameserver 10.0.0.4\nnameserver 10.0.0.5\n")]
    [InlineData("\rnameserver 10.0.0.1\n\fnameserver 10.0.0.2\n")]
    [InlineData(" #nameserver 10.0.0.1\n;nameserver 10.0.0.2\nnameserver 10.0.0.3\n")]
    [InlineData("\uFEFFnameserver 10.0.0.1\nnameserver 10.0.0.2\n")]
    [InlineData("Nameserver 10.0.0.1\nnameservers 10.0.0.2\nnameserver: 10.0.0.3\nnameserver10.0.0.4\nnameserver 10.0.0.5\n")]
    [InlineData("nameserver\nnameserver \nnameserver ns.example.com\nnameserver 10.0.0.1\n")]
    [InlineData("nameserver 10.0.0.1:53\nnameserver [fd00::1]\nnameserver [fd00::2]:53\nnameserver 10.0.0.3,10.0.0.4\n")]
    [InlineData("nameserver 10.0.0.1/32\nnameserver fd00::1/64\nnameserver 10.0.0.2\n")]
    [InlineData("nameserver fd00::a\nnameserver FD00::B\n")]
    [InlineData("nameserver ::ffff:10.0.0.1\nnameserver ::FFFF:a00:2\nnameserver ::ffff:010.0.0.3\n")]
    [InlineData("nameserver 10.1\nnameserver 0xa.2\nnameserver 012.0.0.3\n")]
    [InlineData("nameserver 10.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n")]
    [InlineData("nameserver 167772161\nnameserver 0x0A000002\n")]
    [InlineData("nameserver 10.256.0.1\nnameserver 10.0.0.1.\nnameserver 08.0.0.1\nnameserver 0x\nnameserver 10..1\nnameserver 10.0.0.2\n")]
    [InlineData("nameserver 0.0.0.0\nnameserver 10.0.0.1\n")]
    [InlineData("nameserver ::\nnameserver 10.0.0.1\n")]
    [InlineData("nameserver 0\nnameserver 10.0.0.1\n")]
    [InlineData("nameserver 127.0.0.1\nnameserver ::1\nnameserver 10.0.0.1\n")]
    [InlineData("nameserver fe80::53%eth0\n")]
    [InlineData("nameserver fe80::53%eth0\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n")]
    [InlineData("nameserver fe80::53%2\nnameserver 10.0.0.1\n")]
    [InlineData("nameserver fe80::53%eth9\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n")]
    [InlineData("nameserver fe80::53%99\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n")]
    [InlineData("nameserver fe80::53%\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n")]
    [InlineData("nameserver fd00::53%eth9\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n")]
    [InlineData("nameserver fd00::53%2\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n")]
    [InlineData("nameserver 224.0.0.1\nnameserver 255.255.255.255\nnameserver 10.0.0.1\nnameserver 10.0.0.2\n")]
    [InlineData("nameserver LONG10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n")]
    [InlineData("search svc.cluster.local\nnameserver 10.0.0.1\noptions ndots:5\nnameserver 10.0.0.2\n")]
    public async Task The_gate_asks_the_servers_that_glibc_musl_or_Go_ask(string text)
    {
        var (clients, gate) = await watch.AskAsync(text.Replace("LONG", new string(' ', 300), StringComparison.Ordinal));
        AssertSame(Union(clients), gate, clients);
    }

    /// <summary>What only reaches a server by chance: one interface of several, or all that listen to a group.</summary>
    [Theory]
    [InlineData("nameserver fe80::53\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n", "fe80::53%", "musl")]
    [InlineData("nameserver ff02::1%eth0\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n", "ff02::1", "glibc musl Go")]
    public async Task The_gate_does_not_ask_a_link_local_address_without_its_interface_nor_a_group(string text, string prefix, string by)
    {
        var (clients, gate) = await watch.AskAsync(text);
        bool IsLeftOut(string server) => server.StartsWith(prefix, StringComparison.Ordinal);
        Assert.Equal(by, string.Join(' ', clients.Where(client => client.Value.Any(IsLeftOut)).Select(client => client.Key)));
        AssertSame([.. Union(clients).Where(server => !IsLeftOut(server))], gate, clients);
    }

    private static ImmutableHashSet<string> Union(IReadOnlyDictionary<string, ImmutableHashSet<string>> clients) =>
        [.. clients.Values.SelectMany(asked => asked)];

    private static void AssertSame(
        ImmutableHashSet<string> expected, ImmutableHashSet<string> gate, IReadOnlyDictionary<string, ImmutableHashSet<string>> clients) =>
        Assert.True(
            expected.SetEquals(gate),
            $"the gate asks {List(gate)}; {string.Join("; ", clients.Select(client => $"{client.Key} asks {List(client.Value)}"))}");

    private static string List(IEnumerable<string> servers) => string.Join(' ', servers.Order(StringComparer.Ordinal));
}
