using System.Net;
using System.Net.Sockets;
using System.Text;
using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// /dev/termination-log, which the kubelet shows as the reason why a container ended: written where it exists and the end is not 0.
/// </summary>
public sealed class TerminationLogTests
{
    private const string Mark = "termination-log:";

    // A /dev of its own with the file that the kubelet makes; after the program has ended, what is in it.
    private const string Script = $"""
        mount -t tmpfs none /dev && : > /dev/termination-log && "$0" "$@"; code=$?
        printf '{Mark}'; cat /dev/termination-log; exit $code
        """;

    [Fact]
    public async Task A_wait_that_ends_closed_leaves_its_verdict()
    {
        await using NameServers servers = new(Pod.Stale);

        (var code, var log) = await EndAsync(Gate.Arguments("wait", servers.List, "--timeout", "500ms"));

        Assert.Equal(124, code);
        Assert.StartsWith(
            $"closed: the only DNS server disagrees: stale-address at {servers[0].Address}\n", log, StringComparison.Ordinal);
        Assert.Contains("stale-address", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_that_is_well_leaves_nothing()
    {
        await using NameServers servers = new(Pod.Right);

        Assert.Equal((0, ""), await EndAsync(Gate.Arguments("wait", servers.List)));
        Assert.Equal((0, ""), await EndAsync(Gate.RunArguments(servers.List, Executable.Path, "version")));
    }

    [Fact]
    public async Task A_sidecar_that_cannot_start_leaves_the_reason()
    {
        await using NameServers servers = new(Pod.Right);
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();

        (var inUse, var why) = await EndAsync(SidecarProcess.Arguments(other.LocalEndPoint!.ToString()!, servers));
        (var usage, var problems) = await EndAsync(SidecarProcess.Arguments("nowhere", servers, "--settle", "soon"));

        Assert.Equal((2, 2), (inUse, usage));
        Assert.StartsWith(
            $"dnsgate serve: cannot listen at {other.LocalEndPoint}: another process listens there already", why, StringComparison.Ordinal);
        Assert.Contains("--listen: ", problems, StringComparison.Ordinal);
        Assert.Contains("--settle: ", problems, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_is_not_there_is_named()
    {
        await using NameServers servers = new(Pod.Right);

        (var code, var log) = await EndAsync(Gate.RunArguments(servers.List, "/nowhere/zkServer.sh"));

        Assert.Equal(127, code);
        Assert.StartsWith("dnsgate run: cannot run '/nowhere/zkServer.sh'", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_cut_at_a_whole_line_before_4_KiB()
    {
        await using NameServers servers = new([.. Enumerable.Repeat(Pod.Stale.ToBehaviour(), 100)]);

        (_, var log) = await EndAsync(Gate.Arguments("wait", servers.List, "--timeout", "2s"));

        Assert.InRange(Encoding.UTF8.GetByteCount(log), 3000, 4096);
        Assert.EndsWith("\n", log, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Log)> EndAsync(params string[] arguments)
    {
        Machine.NeedsRoot();
        var ended = await Child.RunAsync("/usr/bin/unshare", ["-m", "/bin/sh", "-c", Script, Executable.Path, .. arguments]);
        var mark = ended.Stdout.IndexOf(Mark, StringComparison.Ordinal);
        Assert.True(mark >= 0, ended.ToString());
        return (ended.ExitCode, ended.Stdout[(mark + Mark.Length)..]);
    }
}
