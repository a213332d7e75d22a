using DnsGate.EndToEnd.Tests.Fixtures;

namespace DnsGate.EndToEnd.Tests;

/// <summary><c>install DIR</c>: the whole new file or none, and nothing else.</summary>
public sealed class InstallTests
{
    private const UnixFileMode Mode0555 =
        UnixFileMode.UserRead
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    [Theory]
    [InlineData("umask 022")]
    [InlineData("umask 077")]
    public async Task It_copies_itself_executable_for_everybody_whatever_the_umask(string umask)
    {
        using TemporaryDirectory directory = new();

        var ended = await Gate.ShellAsync($"{umask}; \"$0\" install \"$1\"", directory.Path);

        Assert.Equal((0, $"installed {directory.Path}/dnsgate\n", ""), (ended.ExitCode, ended.Stdout, ended.Stderr));
        Assert.Equal([directory.File("dnsgate")], Directory.GetFileSystemEntries(directory.Path));
        Assert.Equal(await File.ReadAllBytesAsync(Executable.Path), await File.ReadAllBytesAsync(directory.File("dnsgate")));
        Assert.Equal(Mode0555, File.GetUnixFileMode(directory.File("dnsgate")));
        Assert.Equal(0, (await Child.RunAsync(directory.File("dnsgate"), ["version"])).ExitCode);
    }

    [Fact]
    public async Task A_copy_that_is_running_goes_on_running_when_it_is_replaced()
    {
        using TemporaryDirectory directory = new();
        await using NameServers servers = new(Pod.Stale);
        await Gate.RunAsync("install", directory.Path);
        await using var running = Child.Start(directory.File("dnsgate"), Gate.Arguments("wait", servers.List));
        await servers[0].WaitForQueriesAsync(2).WaitAsync(Eventually.Limit);

        var second = await Child.RunAsync(directory.File("dnsgate"), ["install", directory.Path]);
        servers[0].Behaviour = Pod.Right;

        Assert.Equal(0, second.ExitCode);
        Assert.Equal([directory.File("dnsgate")], Directory.GetFileSystemEntries(directory.Path));
        Assert.Equal(0, (await running.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Many_at_once_leave_one_whole_file()
    {
        using TemporaryDirectory directory = new();

        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Gate.RunAsync("install", directory.Path)));

        Assert.All(all, ended => Assert.Equal(0, ended.ExitCode));
        Assert.Equal([directory.File("dnsgate")], Directory.GetFileSystemEntries(directory.Path));
        Assert.Equal(new FileInfo(Executable.Path).Length, new FileInfo(directory.File("dnsgate")).Length);
    }

    [Theory]
    [InlineData("missing", "does not exist")]
    [InlineData("file", "is not a directory")]
    [InlineData("", "cannot")]
    public async Task A_directory_that_is_none_is_exit_code_2_and_named(string name, string problem)
    {
        using TemporaryDirectory directory = new();
        directory.Write("file", "mine");
        if (name.Length == 0)
        {
            Directory.CreateDirectory(directory.File("dnsgate"));
        }

        var target = name.Length == 0 ? directory.Path : directory.File(name);

        var ended = await Gate.RunAsync("install", target);

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(target, ended.Stderr, StringComparison.Ordinal);
        Assert.Contains(problem, ended.Stderr, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(directory.File("file")));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(directory.Path), path => path.EndsWith("tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_exit_code_2_and_nothing_is_left_behind()
    {
        // /proc is read-only for everybody, root too.
        var ended = await Gate.RunAsync("install", "/proc/self/task");

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("/proc/self/task", ended.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_volume_is_exit_code_2_and_nothing_is_left_behind()
    {
        Machine.NeedsRoot();
        Machine.NeedsProgram("unshare", "util-linux");
        using TemporaryDirectory directory = new();

        var ended = await Child.RunAsync("/usr/bin/unshare",
            [
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=1m none \"$1\" && echo old >\"$1\"/dnsgate && { \"$0\" install \"$1\"; echo $?; ls -A "
                + "\"$1\"; cat \"$1\"/dnsgate; }",
                Executable.Path,
                directory.Path,
            ]);

        Assert.True(ended.Stdout == "2\ndnsgate\nold\n", ended.ToString());
        Assert.Contains(directory.Path, ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_of_the_size_of_files_is_exit_code_2_and_nothing_is_left_behind()
    {
        using TemporaryDirectory directory = new();
        directory.Write("dnsgate", "the old one");

        // 1 MiB, less than the executable; with SIGXFSZ ignored it is an error of write(2).
        var ended = await Gate.ShellAsync("trap '' XFSZ; ulimit -f 2048; \"$0\" install \"$1\"", directory.Path);

        Assert.True(ended.ExitCode == 2, ended.ToString());
        Assert.Equal([directory.File("dnsgate")], Directory.GetFileSystemEntries(directory.Path));
        Assert.Equal("the old one", await File.ReadAllTextAsync(directory.File("dnsgate")));
    }

    [Fact]
    public async Task A_link_in_place_of_the_file_is_replaced_and_not_followed()
    {
        using TemporaryDirectory directory = new();
        var elsewhere = directory.Write("elsewhere", "mine");
        Directory.CreateDirectory(directory.File("bin"));
        File.CreateSymbolicLink(Path.Combine(directory.File("bin"), "dnsgate"), elsewhere);

        var ended = await Gate.RunAsync("install", directory.File("bin"));

        Assert.Equal(0, ended.ExitCode);
        Assert.Equal("mine", await File.ReadAllTextAsync(elsewhere));
        Assert.Null(new FileInfo(Path.Combine(directory.File("bin"), "dnsgate")).LinkTarget);
    }
}
