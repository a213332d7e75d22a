using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>What the application finds after <c>run</c> is what it would have found without it.</summary>
public sealed class RunTests
{
    /// <summary>A program, and the same behind the gate: started by the same shell, under the same circumstances.</summary>
    private static async Task<(ProcessResult Direct, ProcessResult Gated)> BothAsync(string before, params string[] command)
    {
        await using NameServers servers = new(Pod.Right);
        var script = $"{before}\nexec \"$@\"";
        var direct = await Gate.ShellAsync(script, command);
        var gated = await Gate.ShellAsync(script, [Executable.Path, .. Gate.RunArguments(servers.List, command)]);
        Assert.True(direct.ExitCode == gated.ExitCode, gated.ToString());
        return (direct, gated);
    }

    [Theory]
    [InlineData("", "grep", "-E",
        "^(Umask|State|TracerPid|[UG]id|Groups|NSsid|Threads|ShdPnd|Sig(Blk|Ign|Cgt)|Cap|NoNewPrivs|Seccomp|Cpus_allowed_list|THP_enabled)",
        "/proc/self/status")]
    [InlineData("trap '' INT QUIT HUP", "grep", "-E", "^Sig(Blk|Ign|Cgt):", "/proc/self/status")]
    [InlineData("umask 027; ulimit -c 0", "grep", "Umask", "/proc/self/status")]
    [InlineData("", "cat", "/proc/self/limits")]
    [InlineData("ulimit -S -n 128", "cat", "/proc/self/limits")]
    [InlineData("", "cat", "/proc/self/oom_score_adj", "/proc/self/timerslack_ns", "/proc/self/personality", "/proc/self/cgroup")]
    [InlineData("cd /usr/share", "pwd")]
    [InlineData("exec 7</dev/null 8</etc/passwd", "ls", "/proc/self/fd")]
    [InlineData("exec <&-", "ls", "/proc/self/fd")]
    [InlineData("export EMPTY= ODD='a\nb' DNSGATE_LOG_LEVEL=error", "env", "-0")]
    [InlineData("", "nice")]
    public async Task The_command_finds_what_it_would_have_found_without_the_gate(string before, params string[] command)
    {
        (var direct, var gated) = await BothAsync(before, command);

        Assert.NotEmpty(direct.Stdout);
        Assert.Equal(direct.Stdout, gated.Stdout);
    }

    [Fact]
    public async Task A_command_that_is_started_with_nothing_ignored_has_no_signal_ignored_blocked_or_caught()
    {
        await using NameServers servers = new(Pod.Right);

        var ended = await Gate.RunAsync(Gate.RunArguments(servers.List, "cat", "/proc/self/status"));

        Assert.All(["SigBlk", "SigIgn", "SigCgt"], mask => Assert.Equal((mask, 0u), (mask, SignalMask.Read(ended.Stdout, mask))));
    }

    [Fact]
    public async Task The_command_has_the_same_process_id()
    {
        await using NameServers servers = new(Pod.Right);

        var ended = await Gate.ShellAsync("echo $$; exec \"$0\" \"$@\"", Gate.RunArguments(servers.List, "sh", "-c", "echo $$"));

        var ids = ended.Stdout.TrimEnd('\n').Split('\n');
        Assert.Equal(2, ids.Length);
        Assert.Equal(ids[0], ids[1]);
    }

    [Fact]
    public async Task The_command_gets_its_arguments_as_they_are()
    {
        string[] arguments = ["", "a b", "--", "--help", "-o", "@file", "*", "$HOME", "é✓", "'\"\\", "line\nbreak", ""];

        (var direct, var gated) = await BothAsync("", ["sh", "-c", "printf '[%s]' \"$@\"", "sh", .. arguments]);

        Assert.Equal($"[{string.Join("][", arguments)}]", gated.Stdout);
        Assert.Equal(direct.Stdout, gated.Stdout);
    }

    [Theory]
    [InlineData("set -- \"$@\" \"$(printf 'a\\377\\376b')\"", "sh", "-c", "printf %s \"$1\" | od -An -tx1", "sh")]
    [InlineData("export ODD=\"$(printf 'a\\377\\376b')\"", "sh", "-c", "printf %s \"$ODD\" | od -An -tx1")]
    public async Task Octets_that_are_no_text_reach_the_command_as_they_are(string before, params string[] command)
    {
        (var direct, var gated) = await BothAsync(before, command);

        Assert.Equal(" 61 ff fe 62\n", direct.Stdout);
        Assert.Equal(direct.Stdout, gated.Stdout);
    }

    [Fact]
    public async Task Stdout_and_stdin_are_the_commands_alone()
    {
        await using NameServers servers = new(Pod.Right);

        var ended = await Gate.ShellAsync("printf 'for the command' | \"$0\" \"$@\"", Gate.RunArguments(servers.List, "cat"));

        Assert.Equal((0, "for the command"), (ended.ExitCode, ended.Stdout));
    }

    [Theory]
    [InlineData(127, "missing-command")]
    [InlineData(127, "/nonexistent/command")]
    [InlineData(127, "/etc/passwd/command")]
    [InlineData(126, "/etc/passwd")]
    [InlineData(126, "/")]
    public async Task A_command_that_cannot_be_run_is_126_and_one_that_is_not_there_127(int exitCode, string command)
    {
        await using NameServers servers = new(Pod.Right);

        var ended = await Gate.RunAsync(Gate.RunArguments(servers.List, command));

        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Contains($"cannot run '{command}'", ended.Stderr, StringComparison.Ordinal);
        Assert.Empty(ended.Stdout);
    }

    [Fact]
    public async Task The_exit_code_is_the_commands()
    {
        await using NameServers servers = new(Pod.Right);

        var ended = await Gate.RunAsync(Gate.RunArguments(servers.List, "sh", "-c", "exit 42"));

        Assert.Equal(42, ended.ExitCode);
    }

    [Fact]
    public async Task A_command_that_writes_into_a_closed_pipe_is_ended_by_sigpipe()
    {
        await using NameServers servers = new(Pod.Right);

        var ended = await Gate.ShellAsync(
            "exec 3>&1; { \"$0\" \"$@\"; echo $? >&3; } | true", Gate.RunArguments(servers.List, "sh", "-c", "exec yes"));

        Assert.Equal("141\n", ended.Stdout);
    }

    [Theory]
    [InlineData("fail", 124, "")]
    [InlineData("open", 0, "started\n")]
    public async Task When_the_time_is_up_the_command_runs_only_if_told_so(string action, int exitCode, string stdout)
    {
        await using NameServers servers = new(Pod.Stale);

        var ended = await Gate.RunAsync(
            [.. Gate.Arguments("run", servers.List, "--timeout", "500ms", "--on-timeout", action, "-o", "none"), "--", "echo", "started"]);

        Assert.Equal((exitCode, stdout), (ended.ExitCode, ended.Stdout));
    }

    [Fact]
    public async Task The_command_does_not_start_before_the_last_server_turns_right()
    {
        await using NameServers servers = new(Pod.Right, Misbehaving.Error(Rcode.ServFail));
        await using var run = Gate.Start(Gate.RunArguments(servers.List, "echo", "started"));
        await servers[1].WaitForQueriesAsync(8).WaitAsync(Eventually.Limit);
        Assert.Empty(run.Stdout);
        servers[1].Behaviour = Pod.Right;

        var ended = await run.EndAsync();

        Assert.Equal((0, "started\n"), (ended.ExitCode, ended.Stdout));
    }
}
