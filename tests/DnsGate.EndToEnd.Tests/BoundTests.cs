using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests;

/// <summary><c>dnsgate bound</c> among real sockets, in a network of its own.</summary>
public sealed class BoundTests
{
    private const string Wrong = "not bound: nothing listens on port 3888 at 10.244.1.7, only at ";

    [Theory]
    [InlineData("10.244.1.7", Pod.Ip, 0, "bound: 10.244.1.7:3888 is listening")]
    [InlineData("::ffff:10.244.1.7", Pod.Ip, 0, "bound: 10.244.1.7:3888 is listening")]
    [InlineData("0.0.0.0", Pod.Ip, 0, "bound: 10.244.1.7:3888 (through the wildcard 0.0.0.0:3888) is listening")]
    [InlineData("::", Pod.Ip, 0, "bound: 10.244.1.7:3888 (through the wildcard [::]:3888) is listening")]
    [InlineData("::", Pod.Ip6, 0, "bound: [fd00:10:244:1::7]:3888 (through the wildcard [::]:3888) is listening")]
    [InlineData("fd00:10:244:1::7", Pod.Ip6, 0, "bound: [fd00:10:244:1::7]:3888 is listening")]
    [InlineData("10.244.1.7 127.0.0.1", Pod.Ip, 0, "bound: 10.244.1.7:3888 is listening")]
    [InlineData("", Pod.Ip, 1, "not bound: nothing listens on port 3888")]
    [InlineData("127.0.0.1", Pod.Ip, 1, Wrong + "127.0.0.1")]
    [InlineData("::1", Pod.Ip, 1, Wrong + "::1")]
    [InlineData("10.244.2.9", Pod.Ip, 1, Wrong + "10.244.2.9")]
    [InlineData("only:: 127.0.0.1", Pod.Ip, 1, Wrong + "127.0.0.1 ::")]
    public async Task Where_something_listens(string listeners, string pod, int exitCode, string headline)
    {
        await using var bound = await BoundPod.StartAsync(Pod.Ip, Pod.OldIp, Pod.Ip6);
        foreach (var address in listeners.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            bound.Listen(address);
        }

        var ended = await bound.RunAsync("--ip", pod, "--held", "0");

        Assert.Equal((exitCode, headline), (ended.ExitCode, ended.Stdout.Split('\n')[0]));
        Assert.Empty(ended.Stderr);
    }

    [Fact]
    public async Task A_socket_that_is_there_all_the_while_is_bound_and_the_text_is_the_same_each_time()
    {
        await using var bound = await BoundPod.StartAsync(Pod.Ip);
        bound.Listen(Pod.Ip);

        var ended = await Task.WhenAll(bound.RunAsync("--held", "1s"), bound.RunAsync("--held", "1s"));

        Assert.All(ended, one => Assert.Equal((0, "bound: 10.244.1.7:3888 has been listening for 1s\n"), (one.ExitCode, one.Stdout)));
        Assert.All(ended, one => Assert.InRange(one.Duration, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public async Task A_socket_that_is_replaced_is_not_bound_however_short_the_gap()
    {
        await using var bound = await BoundPod.StartAsync(Pod.Ip);
        var first = bound.Listen(Pod.Ip);
        await using var child = await LookingAsync(bound);
        first.Dispose();
        bound.Listen(Pod.Ip);

        var ended = await child.EndAsync();

        Assert.Equal(
            (1, "not bound: the socket at 10.244.1.7:3888 was replaced by another one within 20s"),
            (ended.ExitCode, ended.Stdout.Split('\n')[0]));
    }

    [Fact]
    public async Task A_socket_that_goes_is_not_bound()
    {
        await using var bound = await BoundPod.StartAsync(Pod.Ip);
        var first = bound.Listen(Pod.Ip);
        await using var child = await LookingAsync(bound);
        first.Dispose();

        var ended = await child.EndAsync();

        Assert.Equal((1, "not bound: 10.244.1.7:3888 stopped listening within 20s"), (ended.ExitCode, ended.Stdout.Split('\n')[0]));
    }

    [Fact]
    public async Task Nothing_there_is_a_no_at_once_and_is_not_waited_for()
    {
        await using var bound = await BoundPod.StartAsync(Pod.Ip);

        var ended = await bound.RunAsync("--held", "20s");

        Assert.Equal(1, ended.ExitCode);
        Assert.InRange(ended.Duration, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    /// <summary>
    /// Java binds an IPv4 address through an IPv6 socket. A member binds before it has a quorum, and must not be restarted for lack of one.
    /// </summary>
    [Fact]
    public async Task A_real_ZooKeeper_member_is_bound_before_there_is_a_quorum()
    {
        await using var bound = await BoundPod.StartAsync(Pod.Ip);
        await using var member = ZooKeeper.Start(bound.Network, Pod.Ip, Pod.Ip, "10.244.1.8", "10.244.1.9");

        ProcessResult? last = null;
        var isBound = await Eventually.HappensAsync(
            async () => (last = await bound.RunAsync("--held", "1s")).ExitCode == 0, Eventually.Limit);

        Assert.True(isBound, $"{last}");
        Assert.Equal("bound: 10.244.1.7:3888 has been listening for 1s\n", last!.Stdout);
    }

    /// <summary>A pod without subdomain has no name in /etc/hosts, and nobody needs it.</summary>
    [Theory]
    [InlineData("POD_IPS=10.244.1.7")]
    [InlineData("POD_IP=10.244.1.7")]
    [InlineData("DNSGATE_IPS=10.244.1.7")]
    [InlineData("NOTHING=but the interface")]
    public async Task The_own_address_is_found_as_ever_and_the_name_is_not_needed(string variable)
    {
        await using var bound = await BoundPod.StartAsync(Pod.Ip);
        bound.Listen(Pod.Ip);

        var ended = await bound.RunWithAsync([variable], "--held", "0");

        Assert.Equal((0, "bound: 10.244.1.7:3888 is listening\n"), (ended.ExitCode, ended.Stdout));
    }

    [Fact]
    public async Task The_variables_are_its_own_and_service_links_do_no_harm()
    {
        await using var bound = await BoundPod.StartAsync(Pod.Ip);
        bound.Listen(Pod.Ip, 4888);

        var ended = await bound.RunWithAsync(
            ["DNSGATE_PORT=tcp://10.96.0.7:9553", "DNSGATE_SERVICE_HOST=10.96.0.7", "DNSGATE_BOUND_PORT=4888", "DNSGATE_BOUND_HELD=0"]);

        Assert.Equal((0, "bound: 10.244.1.7:4888 is listening\n"), (ended.ExitCode, ended.Stdout));
    }

    /// <summary>The kill switch opens gates. This is none: it asks no name server, and waits for none.</summary>
    [Fact]
    public async Task The_kill_switch_does_not_concern_it()
    {
        await using var bound = await BoundPod.StartAsync(Pod.Ip);

        var ended = await bound.RunWithAsync(["DNSGATE_DISABLED=incident 42", "POD_IP=10.244.1.7"]);

        Assert.Equal((1, "not bound: nothing listens on port 3888"), (ended.ExitCode, ended.Stdout.Split('\n')[0]));
    }

    [Fact]
    public async Task Without_proc_it_is_undecidable()
    {
        Machine.NeedsRoot();

        var ended = await Child.RunAsync(
            "/usr/bin/unshare",
            ["-m", "/bin/sh", "-c", "mount -t tmpfs none /proc && exec \"$0\" \"$@\"", Executable.Path, "bound", "--ip", Pod.Ip]);

        Assert.Equal((3, "undecidable: '/proc/net/tcp' does not exist"), (ended.ExitCode, ended.Stdout.Split('\n')[0]));
    }

    [Theory]
    [InlineData(Child.SigTerm, 143, false)]
    [InlineData(Child.SigInt, 130, false)]
    [InlineData(Child.SigTerm, 143, true)]
    [InlineData(Child.SigInt, 130, true)]
    public async Task A_signal_ends_the_holding_at_once(int signal, int exitCode, bool asProcess1)
    {
        await using var bound = await BoundPod.StartAsync(Pod.Ip);
        bound.Listen(Pod.Ip);
        string[] arguments = ["bound", "--ip", Pod.Ip, "--held", "1h"];
        await using var child = asProcess1
            ? bound.Network.Start("/usr/bin/unshare", ["--pid", "--fork", "--kill-child", "--mount-proc", Executable.Path, .. arguments])
            : bound.Network.Start(Executable.Path, arguments);
        var process = child.Id;
        if (asProcess1)
        {
            await Eventually.HoldsAsync(
                () => int.TryParse(File.ReadAllText($"/proc/{child.Id}/task/{child.Id}/children"), out process), () => child.Stderr);
        }

        await Eventually.HoldsAsync(() => HandlesSignals(File.ReadAllText($"/proc/{process}/status")), () => child.Stderr);

        var sent = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, Child.Kill(process, signal));
        var ended = await child.EndAsync();

        Assert.Equal((exitCode, ""), (ended.ExitCode, ended.Stdout));
        Assert.InRange(TimeProvider.System.GetElapsedTime(sent), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData("--port election", "--port: 'election'")]
    [InlineData("--held 6", "--held: '6'")]
    [InlineData("--held 1s --held 2s", "2 times")]
    [InlineData("--zookeeper 127.0.0.1:2181", "--zookeeper")]
    [InlineData("--ip 10.244", "10.244")]
    [InlineData("--servers 10.0.0.10", "--servers")]
    [InlineData("extra", "extra")]
    [InlineData("-- true", "--")]
    public async Task A_mistake_is_exit_code_2_and_named(string options, string named)
    {
        var ended = await Gate.RunAsync(
            ["bound", .. options.Contains("--ip", StringComparison.Ordinal) ? [] : (string[])["--ip", Pod.Ip], .. options.Split(' ')]);

        Assert.Equal((2, ""), (ended.ExitCode, ended.Stdout));
        Assert.Contains(named, ended.Stderr, StringComparison.Ordinal);
        Assert.EndsWith("Try 'dnsgate bound --help'.\n", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_shows_its_own_options_with_their_variables_and_no_others()
    {
        var ended = await Gate.RunAsync("bound", "--help");

        string[] flags = [.. ended.Stdout
            .Split('\n')
            .Select(line => line.Trim().Split(' ')[0])
            .Where(word => word.StartsWith("--", StringComparison.Ordinal))];
        Assert.Equal(["--port", "--held", "--ip"], flags);
        Assert.All(["[DNSGATE_BOUND_PORT]", "[DNSGATE_BOUND_HELD]", "[DNSGATE_IPS]"], text =>
            Assert.Contains(text, ended.Stdout, StringComparison.Ordinal));
    }

    /// <summary>Starts it, and returns once it has read both socket tables at least once.</summary>
    private static async Task<Child> LookingAsync(BoundPod bound)
    {
        // A table takes two reads, its text and its end. Twice that many in all: other reads of the process cannot pass for a table's.
        const int Reads = 8;
        var child = bound.Start("--held", "20s");
        await Eventually.HoldsAsync(() => HandlesSignals(File.ReadAllText($"/proc/{child.Id}/status")), () => child.Stderr);
        var before = ReadsOf(child);
        await Eventually.HoldsAsync(() => ReadsOf(child) >= before + Reads, () => child.Stderr);
        return child;
    }

    /// <summary>The read system calls of a process so far (proc_pid_io(5)).</summary>
    private static long ReadsOf(Child child) =>
        long.Parse(
            File.ReadLines($"/proc/{child.Id}/io").Single(line => line.StartsWith("syscr: ", StringComparison.Ordinal))["syscr: ".Length..],
            System.Globalization.CultureInfo.InvariantCulture);

    private static bool HandlesSignals(string status) =>
        status.StartsWith("Name:\tdnsgate\n", StringComparison.Ordinal)
        && (SignalMask.Read(status, "SigCgt") & (1u << (Child.SigTerm - 1))) != 0;
}
