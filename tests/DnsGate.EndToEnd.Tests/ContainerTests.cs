using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// The image run as a container that may do nothing: what Pod Security "restricted" leaves of a container, and a read-only root.
/// </summary>
public sealed partial class ContainerTests
{
    private const string Name = "gate";
    private static readonly IPEndPoint Listening = new(IPAddress.Loopback, 9553);

    [Fact]
    public async Task The_verbs_work_and_the_exit_codes_hold()
    {
        using var image = await Image.BuildAsync();
        await using var network = await Namespace.StartAsync([]);
        await using var right = network.Make(() => new NameServers(Pod.Right, Pod.Right));
        await using var stale = network.Make(() => new NameServers(Pod.Right, Pod.Stale));
        using Containers containers = new(image, network);

        var version = await containers.RunAsync("version");
        var open = await containers.RunAsync(Gate.Arguments("check", right.List));
        var closed = await containers.RunAsync(Gate.Arguments("check", stale.List));
        var waited = await containers.RunAsync(Gate.Arguments("wait", right.List));
        var ran = await containers.RunAsync(Gate.RunArguments(right.List, "/dnsgate", "version"));
        var explained = await containers.RunAsync(Gate.Arguments("explain", stale.List));
        var mistaken = await containers.RunAsync("check", "--no-such-flag");

        Assert.True((0, (await Gate.RunAsync("version")).Stdout) == (version.ExitCode, version.Stdout), version.ToString());
        Assert.All([open, waited], ended =>
            Assert.True(ended.ExitCode == 0 && ended.Stdout.StartsWith("open: zk-0", StringComparison.Ordinal), ended.ToString()));
        Assert.All([closed, explained], ended =>
            Assert.True(ended.ExitCode == 1 && ended.Stdout.Contains("stale-address", StringComparison.Ordinal), ended.ToString()));
        Assert.True((0, version.Stdout) == (ran.ExitCode, ran.Stdout), ran.ToString());
        Assert.True(mistaken.ExitCode == 2, mistaken.ToString());
    }

    [Fact]
    public async Task It_installs_itself_into_a_volume_and_nowhere_else()
    {
        using var image = await Image.BuildAsync();
        await using var network = await Namespace.StartAsync([]);
        using Containers containers = new(image, network);

        var installed = await containers.RunAsync("install", "/volume");
        var refused = await containers.RunAsync("install", "/");

        Assert.True((0, "installed /volume/dnsgate\n") == (installed.ExitCode, installed.Stdout), installed.ToString());
        var copy = Path.Combine(containers.Volume, "dnsgate");
        Assert.Equal([copy], Directory.GetFileSystemEntries(containers.Volume));
        Assert.Equal(await File.ReadAllBytesAsync(Executable.Path), await File.ReadAllBytesAsync(copy));
        var owner = await Child.RunAsync("/usr/bin/stat", ["--format=%u:%g %a", copy]);
        Assert.Equal("65532:65532 555\n", owner.Stdout);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("Read-only file system", refused.Stderr, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_sidecar_answers_probes_as_a_process_that_may_do_nothing_and_ends_when_it_is_told()
    {
        using var image = await Image.BuildAsync();
        await using var network = await Namespace.StartAsync([]);
        await using var servers = network.Make(() => new NameServers(Pod.Right, Pod.Stale.WithTtl(1)));
        using Containers containers = new(image, network);
        using var client = Client(network);
        await using var sidecar = containers.Start(Name, Gate.Arguments("serve", servers.List));
        await Eventually.HoldsAsync(
            () => sidecar.HasExited || sidecar.Stderr.Contains("stale-address", StringComparison.Ordinal), () => sidecar.Stderr);
        Assert.False(sidecar.HasExited, sidecar.Stderr);

        var process = await containers.ProcessAsync(Name);
        AssertMayDoNothing(process);
        Assert.Contains(await File.ReadAllLinesAsync($"/proc/{process}/mountinfo"), line => ReadOnlyRoot().IsMatch(line));
        Assert.Equal(["dnsgate"], EntriesOf($"/proc/{process}/root").Except(["dev", "proc", "volume"]));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("startupz")).StatusCode);
        var closed = await containers.ExecAsync(Name, "/dnsgate", "probe", "startup");
        Assert.True(closed.ExitCode == 1, closed.ToString());

        servers[1].Behaviour = Pod.Right;
        await Eventually.HoldsAsync(() => sidecar.Stderr.Contains("[opened]", StringComparison.Ordinal), () => sidecar.Stderr);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("startupz")).StatusCode);
        var open = await containers.ExecAsync(Name, "/dnsgate", "probe", "startup");
        Assert.True(open.ExitCode == 0, open.ToString());
        var labels = image.Platforms.Single().LabelValues;
        var build = $"dnsgate_build_info{{commit=\"{labels["org.opencontainers.image.revision"]}\",version=\""
            + $"{labels["org.opencontainers.image.version"]}\"}} 1\n";
        Assert.Contains(build, await client.GetStringAsync("metrics"), StringComparison.Ordinal);

        await containers.SignalAsync(Name, "TERM");
        Assert.Equal(0, (await sidecar.EndAsync()).ExitCode);
    }

    // What the kernel says of it: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    private static void AssertMayDoNothing(int process)
    {
        var status = File.ReadLines($"/proc/{process}/status")
            .Select(line => line.Split(':', 2))
            .ToDictionary(line => line[0], line => line[1].Trim());

        Assert.Equal(
            ("dnsgate", "65532\t65532\t65532\t65532", "65532\t65532\t65532\t65532", ""),
            (status["Name"], status["Uid"], status["Gid"], status["Groups"]));
        Assert.All(["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"], set => Assert.Equal((set, "0000000000000000"), (set, status[set])));
        Assert.Equal(("1", "2"), (status["NoNewPrivs"], status["Seccomp"]));
        Assert.Equal("1", status["NSpid"].Split('\t')[^1]);
    }

    private static IEnumerable<string> EntriesOf(string root) =>
        Directory.GetFileSystemEntries(root).Select(path => Path.GetFileName(path));

    private static HttpClient Client(Namespace network) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = network.Make(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
            await socket.ConnectAsync(Listening, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri($"http://{Listening}/"), Timeout = Eventually.Limit };

    // "... / / ro,..."
    [GeneratedRegex(" / ro[, ]")]
    private static partial Regex ReadOnlyRoot();
}
