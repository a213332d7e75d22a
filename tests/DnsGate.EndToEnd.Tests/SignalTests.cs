using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>SIGTERM and SIGINT end the waiting at once: Kubernetes kills what does not end within its grace period.</summary>
public sealed class SignalTests
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);

    public static TheoryData<string, int, int, bool> Cases => new()
    {
        { "wait", Child.SigTerm, 143, false }, { "wait", Child.SigInt, 130, false },
        { "wait", Child.SigTerm, 143, true }, { "wait", Child.SigInt, 130, true },
        { "run", Child.SigTerm, 143, false }, { "run", Child.SigInt, 130, false },
        { "run", Child.SigTerm, 143, true }, { "run", Child.SigInt, 130, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_signal_ends_the_wait_at_once(string verb, int signal, int exitCode, bool silent)
    {
        await using NameServers servers = new(silent ? Misbehaving.Silent() : Pod.Stale);
        await using var waiting = Gate.Start([.. Arguments(verb, servers.List)]);
        await servers[0].WaitForQueriesAsync(2).WaitAsync(Eventually.Limit);

        var sent = TimeProvider.System.GetTimestamp();
        waiting.Signal(signal);
        var ended = await waiting.EndAsync();

        Assert.Equal(exitCode, ended.ExitCode);
        Assert.InRange(TimeProvider.System.GetElapsedTime(sent), TimeSpan.Zero, AtOnce);
        Assert.DoesNotContain("started", ended.Stdout, StringComparison.Ordinal);
        Assert.Contains("stopped", ended.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_signal_ends_the_wait_at_once_as_process_1_too(string verb, int signal, int exitCode, bool silent)
    {
        Machine.NeedsRoot();
        Machine.NeedsProgram("unshare", "util-linux");
        await using NameServers servers = new(silent ? Misbehaving.Silent() : Pod.Stale);
        await using var unshare = Child.Start(
            "/usr/bin/unshare", ["--pid", "--fork", "--kill-child", "--mount-proc", Executable.Path, .. Arguments(verb, servers.List)]);
        await servers[0].WaitForQueriesAsync(2).WaitAsync(Eventually.Limit);
        var inner = int.Parse(await File.ReadAllTextAsync($"/proc/{unshare.Id}/task/{unshare.Id}/children"));

        var sent = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, Child.Kill(inner, signal));
        var ended = await unshare.EndAsync();

        Assert.Equal(exitCode, ended.ExitCode);
        Assert.InRange(TimeProvider.System.GetElapsedTime(sent), TimeSpan.Zero, AtOnce);
    }

    [Fact]
    public async Task A_second_signal_while_ending_changes_nothing()
    {
        await using NameServers servers = new(Misbehaving.Silent());
        await using var waiting = Gate.Start(Gate.Arguments("wait", servers.List));
        await servers[0].WaitForQueriesAsync(2).WaitAsync(Eventually.Limit);
        for (var i = 0; i < 5 && !waiting.HasExited; i++)
        {
            _ = Child.Kill(waiting.Id, Child.SigTerm);
        }

        Assert.Equal(143, (await waiting.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_signal_that_was_ignored_from_the_start_is_ignored_in_the_command_too()
    {
        await using NameServers servers = new(Pod.Right);

        var ended = await Gate.ShellAsync(
            "trap '' INT TERM; exec \"$0\" \"$@\"", Gate.RunArguments(servers.List, "cat", "/proc/self/status"));

        Assert.Equal(0x4002u, SignalMask.Read(ended.Stdout, "SigIgn"));
    }

    [Fact]
    public async Task The_command_gets_the_signals_that_come_after_opening()
    {
        await using NameServers servers = new(Pod.Right);
        await using var run = Gate.Start(
            Gate.RunArguments(servers.List, "sh", "-c", "trap 'echo got it; exit 5' TERM; echo started; while :; do sleep 0.05; done"));
        await Eventually.HoldsAsync(() => run.Stdout.Contains("started", StringComparison.Ordinal), () => run.Stderr);

        run.Signal(Child.SigTerm);
        var ended = await run.EndAsync();

        Assert.Equal((5, "started\ngot it\n"), (ended.ExitCode, ended.Stdout));
    }

    private static string[] Arguments(string verb, string servers) =>
    [
        .. Gate.Arguments(verb, servers, "--query-timeout", "10s", "--timeout", "none"),
        .. verb == "run" ? ["--", "echo", "started"] : Array.Empty<string>(),
    ];
}
