using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>
/// The servers that the resolvers of glibc, musl and Go ask, and those the gate asks, with a resolv.conf of the test: in a network
/// namespace where nftables notes the destination of each question and refuses it. Nothing leaves it.
/// </summary>
public sealed class ResolverWatch : IAsyncLifetime
{
    /// <summary>The interface of link-local servers.</summary>
    public const string Interface = "eth0";

    private const string Rules = """
        table inet watch {
          set v4 { type ipv4_addr; flags dynamic; size 100; }
          set v6 { type ipv6_addr . ifname; flags dynamic; size 100; }
          chain output {
            type filter hook output priority 0;
            udp dport 53 add @v4 { ip daddr }
            udp dport 53 add @v6 { ip6 daddr . oifname }
            udp dport 53 reject
          }
        }
        """;

    // Without pause between two refusals, and without a wait before an address of an interface can be used.
    private const string Network = $"""
        echo 0 > /proc/sys/net/ipv4/icmp_ratelimit; echo 0 > /proc/sys/net/ipv6/icmp/ratelimit
        echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad; echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad
        ip link add {Interface} type veth peer name peer0 && ip link set {Interface} up && ip link set peer0 up
        ip address add 10.255.255.1/8 dev {Interface} && ip address add fd00:ffff::1/8 dev {Interface} nodad
        """;

    // All questions are sent before the first poll(2): what follows is waiting.
    private const string MuslClient = """
        #include <netdb.h>
        #include <poll.h>
        #include <unistd.h>
        int poll(struct pollfd *sockets, nfds_t count, int timeout) { _exit(0); }
        int main(void) { struct addrinfo *found; return getaddrinfo("x.example.", 0, 0, &found) != 0; }
        """;

    private const string Ask = """
        file=$1 nsswitch=$2 musl=$3 gate=$4
        shift 4
        mount --bind "$file" /etc/resolv.conf
        [ ! -e /etc/nsswitch.conf ] || mount --bind "$nsswitch" /etc/nsswitch.conf
        watch() {
          nft flush set inet watch v4
          nft flush set inet watch v6
          "$@" > /dev/null 2>&1
          nft -j list table inet watch
        }
        watch getent ahostsv4 x.example.
        watch "$musl"
        watch env GODEBUG=netdns=go promtool query instant http://x.example.:1/ up
        watch "$gate" "$@"
        """;

    private static readonly string[] Clients = ["glibc", "musl", "Go"];

    private readonly TemporaryDirectory directory = new();
    private Namespace? network;
    private ImmutableArray<ImmutableHashSet<string>> fallbacks = [];

    public async ValueTask InitializeAsync()
    {
        Machine.NeedsRoot();
        Machine.NeedsProgram("musl-gcc", "musl-tools");
        Machine.NeedsProgram("promtool", "prometheus");
        network = await Namespace.StartAsync([], Rules);
        var made = await network.RunAsync("/bin/sh", "-ec", Network);
        Assert.True(made.ExitCode == 0, made.ToString());
        var compiled = await Child.RunAsync(
            "musl-gcc", ["-static", "-o", directory.File("musl"), directory.Write("musl.c", MuslClient)], directory: directory.Path);
        Assert.True(compiled.ExitCode == 0, compiled.ToString());
        directory.Write("nsswitch.conf", "hosts: dns\n");
        fallbacks = [.. (await AskAsync("")).Clients.Values];
    }

    /// <summary>
    /// The servers each client asks with this file, and those the gate asks. A client that reads no server in
    /// it asks the local host: that is left out.
    /// </summary>
    public async Task<(IReadOnlyDictionary<string, ImmutableHashSet<string>> Clients, ImmutableHashSet<string> Gate)> AskAsync(string text)
    {
        // The line of options, for glibc and Go: each server is asked once.
        var file = directory.Write("resolv.conf", $"options attempts:1 timeout:1\n{text}");
        var ended = await network!.RunAsync(
            "unshare",
            ["--mount", "/bin/sh", "-c", Ask, "sh", file, directory.File("nsswitch.conf"), directory.File("musl"), Executable.Path,
                .. Gate.Arguments("check", "resolv.conf", "--query-timeout", "1s")]);
        var asked = ended.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read).ToList();
        Assert.True(asked.Count == Clients.Length + 1, ended.ToString());
        var clients = Clients.Select((client, index) => (client, index)).ToDictionary(
            item => item.client,
            item => !fallbacks.IsEmpty && asked[item.index].SetEquals(fallbacks[item.index]) ? [] : asked[item.index]);
        return (clients, asked[^1]);
    }

    public async ValueTask DisposeAsync()
    {
        if (network is not null)
        {
            await network.DisposeAsync();
        }

        directory.Dispose();
    }

    /// <summary>The elements of both sets; an interface only where it matters.</summary>
    private static ImmutableHashSet<string> Read(string table)
    {
        using var json = JsonDocument.Parse(table);
        return [.. json.RootElement.GetProperty("nftables").EnumerateArray()
            .Where(item => item.TryGetProperty("set", out var set) && set.TryGetProperty("elem", out _))
            .SelectMany(item => item.GetProperty("set").GetProperty("elem").EnumerateArray())
            .Select(element => element.ValueKind == JsonValueKind.Object && element.TryGetProperty("elem", out var inner)
                ? inner.GetProperty("val")
                : element)
            .Select(value => value.ValueKind == JsonValueKind.String ? value.GetString()! : Scoped(value.GetProperty("concat")))];
    }

    private static string Scoped(JsonElement pair) =>
        pair[0].GetString() is var address && address!.StartsWith("fe80:", StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"{address}%{pair[1].GetString()}")
            : address;
}
