using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>Images without anything, tight limits, many servers, a terminal.</summary>
public sealed class SurroundingsTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task It_runs_in_an_empty_directory_as_root()
    {
        Machine.NeedsRoot();
        using TemporaryDirectory root = new();
        File.Copy(Executable.Path, root.File("dnsgate"));
        await using NameServers servers = new(Pod.Right);

        var version = await InRootAsync("version");
        var help = await InRootAsync("check", "--help");
        var check = await InRootAsync(Gate.Arguments("check", servers.List));
        var wait = await InRootAsync(Gate.Arguments("wait", servers.List));
        var run = await InRootAsync(Gate.RunArguments(servers.List, "/dnsgate", "version"));
        var explain = await InRootAsync(Gate.Arguments("explain", servers.List));
        var nothingKnown = await InRootAsync("check");

        Assert.All([version, help, check, wait, run, explain], ended => Assert.True(ended.ExitCode == 0, ended.ToString()));
        Assert.Equal(version.Stdout, run.Stdout);
        Assert.Equal(2, nothingKnown.ExitCode);
        Assert.Contains("/etc/resolv.conf", nothingKnown.Stderr, StringComparison.Ordinal);
        Assert.Equal([root.File("dnsgate")], Directory.GetFileSystemEntries(root.Path));

        Task<ProcessResult> InRootAsync(params string[] arguments) =>
            Child.RunAsync("/usr/sbin/chroot", [root.Path, "/dnsgate", .. arguments]);
    }

    [Fact]
    public async Task It_runs_as_a_user_that_may_do_nothing()
    {
        Machine.NeedsRoot();
        Machine.NeedsProgram("setpriv", "util-linux");
        await using NameServers servers = new(Pod.Right);

        var ended = await Child.RunAsync("/usr/bin/setpriv",
            [
                "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs",
                "--bounding-set=-all", Executable.Path, .. Gate.Arguments("check", servers.List),
            ]);

        Assert.True(ended.ExitCode == 0, ended.ToString());
    }

    [Fact]
    public async Task Check_ends_within_its_own_deadline_when_every_server_hangs()
    {
        await using NameServers servers = new(Misbehaving.Silent(), Misbehaving.Silent(), Misbehaving.Silent());

        Verdict verdict = new(
            await Gate.RunAsync("check", "--name", Pod.Name, "--ip", Pod.Ip, "--app", "off", "--servers", servers.List, "-o", "json"));

        verdict.AssertIs(3, "undecidable", "timed-out");
        Assert.InRange(verdict.Duration, TimeSpan.FromMilliseconds(400), Soon);
    }

    [Fact]
    public async Task The_deadline_of_check_holds_whatever_the_time_of_one_question()
    {
        await using NameServers servers = new(Misbehaving.Silent());

        var verdict = await Gate.CheckAsync(servers.List, "--timeout", "800ms", "--query-timeout", "1h");

        verdict.AssertIs(3, "undecidable", "cut-off");
        Assert.InRange(verdict.Duration, TimeSpan.FromMilliseconds(500), Soon);
    }

    [Fact]
    public async Task A_thousand_servers_that_hang_are_bounded_by_the_deadline()
    {
        using Hole hole = new();

        var verdict = await Gate.CheckAsync(hole.Servers(1000), "--timeout", "800ms");

        verdict.AssertIs(3, "undecidable", "cut-off");
        Assert.Equal(1000, verdict.Servers.Count);
        Assert.InRange(verdict.Duration, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(32)]
    public async Task A_soft_limit_of_few_files_is_enough_for_many_servers(int files)
    {
        await using NameServers servers = new([.. Enumerable.Repeat(Pod.Right.ToBehaviour(), 60)]);

        var ended = await Gate.ShellAsync($"ulimit -S -n {files}; exec \"$0\" \"$@\"", Gate.Arguments("check", servers.List));

        Assert.True(ended.ExitCode == 0, ended.ToString());
    }

    [Theory]
    [InlineData("check", 2, 0)]
    [InlineData("wait", 2, 3)]
    [InlineData("wait", 3, 0)]
    [InlineData("wait", 8, 0)]
    public async Task Where_no_thread_is_left_it_says_so_in_one_line(string verb, int threads, int exitCode)
    {
        Machine.NeedsRoot();
        Machine.NeedsProgram("setpriv", "util-linux");
        await using NameServers servers = new(Pod.Right);

        // The limit counts all threads of a user: this one has no others.
        var ended = await Child.RunAsync("/usr/bin/prlimit",
            [
                $"--nproc={threads}", "/usr/bin/setpriv", $"--reuid={61000 + (verb.Length * 10) + threads}", "--regid=65534",
                "--clear-groups", Executable.Path, .. Gate.Arguments(verb, servers.List),
            ]);

        Assert.True(ended.ExitCode == exitCode, ended.ToString());
        if (exitCode != 0)
        {
            Assert.Equal(
                "dnsgate: this process can have no more memory or no more threads. Raise the container's memory limit or "
                + "the pod's limit of process ids.\n",
                ended.Stderr);
        }
    }

    [Fact]
    public async Task On_a_terminal_wait_draws_a_table_and_writes_no_log()
    {
        Machine.NeedsProgram("script", "bsdutils");
        await using NameServers servers = new(Pod.Right, Pod.Right);

        var painted = await OnTerminalAsync(servers, new() { ["TERM"] = "xterm" });
        var plain = await OnTerminalAsync(servers, new() { ["TERM"] = "xterm", ["NO_COLOR"] = "1" });
        var dumb = await OnTerminalAsync(servers, new() { ["TERM"] = "dumb" });

        Assert.All([painted, plain], ended => Assert.Contains("SERVER", ended.Stdout, StringComparison.Ordinal));
        Assert.All([painted, plain], ended => Assert.DoesNotContain("waiting for", ended.Stdout, StringComparison.Ordinal));
        Assert.Contains("\u001b[32m", painted.Stdout, StringComparison.Ordinal);
        Assert.DoesNotMatch("\u001b\\[[0-9;]*m", plain.Stdout);
        Assert.DoesNotContain('\u001b', dumb.Stdout);
        Assert.All([painted, plain, dumb], ended => Assert.Equal(0, ended.ExitCode));
    }

    [Fact]
    public async Task A_terminal_that_does_not_tell_its_size_gets_the_table_all_the_same()
    {
        Machine.NeedsProgram("script", "bsdutils");
        await using NameServers servers = new(Pod.Right, Pod.Right);

        var ended = await OnTerminalAsync(servers, new() { ["TERM"] = "xterm" }, size: "");

        Assert.Contains("SERVER", ended.Stdout, StringComparison.Ordinal);
    }

    /// <summary>What is left on the screen: the wrong server first, its TTL, no countdown that has ended, and one last line.</summary>
    [Theory]
    [InlineData("stty cols 80 rows 24; ", 80)]
    [InlineData("stty cols 60 rows 10; ", 60)]
    public async Task When_the_time_is_up_the_terminal_keeps_the_verdict_once(string size, int columns)
    {
        Machine.NeedsProgram("script", "bsdutils");
        await using NameServers servers = new(Pod.Right, Pod.Stale, Pod.Right);

        var ended = await OnTerminalAsync(
            servers, new() { ["TERM"] = "xterm", ["NO_COLOR"] = "1" }, size, "wait", "--timeout", "3s");

        Assert.Equal(124, ended.ExitCode);
        Assert.Contains("not confirming; --timeout in 3s", ended.Stdout, StringComparison.Ordinal);
        var lines = Screen(ended);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, columns));
        Assert.Single(lines, line => line.StartsWith("closed: 1 of 3 DNS servers disagrees: stale-address", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("--timeout in", StringComparison.Ordinal));
        var header = lines.FindIndex(line => line.StartsWith("SERVER ", StringComparison.Ordinal));
        Assert.Matches($@"^{Regex.Escape(servers[1].Address)} +stale-address +30s +\d+s +{Pod.OldIp}", lines[header + 1]);
        Assert.Equal("--timeout 3s has passed: exit code 124", lines[^1]);
        Assert.Single(lines, line => line.Contains("has passed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_signal_leaves_the_verdict_on_the_terminal_and_no_countdown()
    {
        Machine.NeedsProgram("script", "bsdutils");
        await using NameServers servers = new(Pod.Stale);

        var ended = await OnTerminalAsync(
            servers, new() { ["TERM"] = "xterm", ["NO_COLOR"] = "1" },
            "stty cols 80 rows 24; timeout --foreground --preserve-status -s INT 3 ", "wait", "--timeout", "60s");

        Assert.Equal(130, ended.ExitCode);
        Assert.Contains("not confirming; --timeout in ", ended.Stdout, StringComparison.Ordinal);
        var lines = Screen(ended);
        Assert.StartsWith("closed: the only DNS server disagrees: stale-address", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Contains("--timeout in", StringComparison.Ordinal));
        Assert.Equal("a signal ended the wait; the gate was still closed: exit code 130", lines[^1]);
    }

    /// <summary>An event of a probe must not change each second; a person at a terminal wants the TTL.</summary>
    [Fact]
    public async Task Check_has_the_TTL_on_a_terminal_and_not_in_a_probe()
    {
        Machine.NeedsProgram("script", "bsdutils");
        await using NameServers servers = new(Pod.Stale);

        var seen = await OnTerminalAsync(servers, new() { ["TERM"] = "xterm" }, "", "check");
        var probed = await Gate.RunAsync(Gate.Arguments("check", servers.List));

        Assert.Contains($"A {Pod.OldIp}, expected {Pod.Ip} (TTL 30s)", seen.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("TTL 30s", probed.Stdout, StringComparison.Ordinal);
    }

    /// <summary>What is left on the screen: what was drawn last, and the lines below.</summary>
    private static List<string> Screen(ProcessResult ended) =>
        [.. ended.Stdout[(ended.Stdout.LastIndexOf("A\r", StringComparison.Ordinal) + 2)..]
            .Replace("\u001b[K", "", StringComparison.Ordinal).Replace("\u001b[J", "", StringComparison.Ordinal)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r'))];

    // "script" runs a command on a pseudo-terminal of its own.
    private static Task<ProcessResult> OnTerminalAsync(
        NameServers servers, Dictionary<string, string> environment, string size = "stty cols 100 rows 30; ", string verb = "wait",
        params string[] more)
    {
        var command = size
            + string.Join(' ', ((string[])[Executable.Path, .. Gate.Arguments(verb, servers.List, more)]).Select(word => $"'{word}'"));
        return Child.RunAsync(
            "/usr/bin/script", ["-qec", command, "/dev/null"], new Dictionary<string, string>(environment) { ["SHELL"] = "/bin/sh" });
    }

    /// <summary>
    /// Takes datagrams on every loopback address and never answers: as many servers that hang as one likes, without a task for each.
    /// </summary>
    private sealed class Hole : IDisposable
    {
        private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        public Hole() => socket.Bind(new IPEndPoint(IPAddress.Any, 0));

        public string Servers(int count) =>
            string.Join(
                ',', Enumerable.Range(0, count).Select(i => $"127.77.{i / 250}.{1 + i % 250}:{((IPEndPoint)socket.LocalEndPoint!).Port}"));

        public void Dispose() => socket.Dispose();
    }
}
