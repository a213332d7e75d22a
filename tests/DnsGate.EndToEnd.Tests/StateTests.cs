using System.Diagnostics;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>A sidecar whose container restarts: it is open at once if its gate was, and only then.</summary>
public sealed class StateTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly NameServers servers = new(Pod.Right.WithTtl(1), Pod.Right.WithTtl(1));

    private string State => directory.File("dnsgate.open");

    public void Dispose()
    {
        servers.DisposeAsync().AsTask().Wait();
        directory.Dispose();
    }

    [Fact]
    public async Task A_sidecar_that_is_killed_is_open_with_its_first_answer_and_then_reports_the_drift()
    {
        await OpenAndKillAsync();
        servers[0].Behaviour = Misbehaving.Silent();

        var first = Task.FromResult((0, "", TimeSpan.Zero));
        await using var again = await SidecarProcess.StartAsync(listen =>
        {
            var child = Gate.Start(Arguments(listen));
            first = FirstAnswerAsync(listen);
            return child;
        });
        var (status, body, after) = await first;
        var metrics = (await again.GetAsync("metrics")).Body;
        var ready = (await again.GetAsync("readyz")).Status;
        var drifting = await again.StatusAsync(now => now.GetProperty("drifting").GetBoolean());

        TestContext.Current.SendDiagnosticMessage($"first answer {after.TotalMilliseconds:f1} ms after the start");
        Assert.True(status == 200, $"{status} {body}\n{again.Process.Stderr}");
        Assert.StartsWith("open: resumed after a restart; no DNS server has been asked since\n", body, StringComparison.Ordinal);
        Assert.Equal(200, ready);
        Assert.Contains("\ndnsgate_open 1\n", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("\ndnsgate_time_to_open_seconds ", metrics, StringComparison.Ordinal);
        Assert.Equal(
            ("open", true, "timed-out"),
            (drifting.GetProperty("state").GetString(), drifting.GetProperty("resumed").GetBoolean(),
                drifting.GetProperty("reason").GetString()));
        Assert.Equal(200, (await again.GetAsync("startupz")).Status);
        Assert.Equal(
            (1, 0, 1, 0), (again.Logged("resumed"), again.Logged("opened"), again.Logged("drifted"), again.Logged("state-ignored")));
        Assert.Contains($"[started] resuming: the gate of {Pod.Name} (from --name), {Pod.Ip} (from --ip), opened at 20",
            again.Process.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_resumes_again_and_again_from_the_first_opening()
    {
        await OpenAndKillAsync();
        var written = await File.ReadAllTextAsync(State);

        for (var restart = 0; restart < 3; restart++)
        {
            await using var again = await SidecarProcess.StartAsync(listen => Gate.Start(Arguments(listen)));
            Assert.Equal(200, (await again.GetAsync("startupz")).Status);
            // The first round has ended.
            await again.StatusAsync(now => now.GetProperty("servers").GetArrayLength() == 2);
            again.Process.Signal(Child.SigKill);
        }

        Assert.Equal(written, await File.ReadAllTextAsync(State));
    }

    [Theory]
    [InlineData("another address", "it is about", "--ip", Pod.OldIp)]
    [InlineData("another name", "it is about", "--name", "zk-1.zk-headless.prod.svc.cluster.local")]
    [InlineData("another option", "it was written with other options", "--reverse", "only")]
    public async Task Another_pod_or_another_option_starts_closed(string sentence, string problem, string option, string value)
    {
        await OpenAndKillAsync();
        var written = await File.ReadAllTextAsync(State);
        // Nothing agrees from now on, whatever is expected.
        servers[0].Behaviour = Misbehaving.Silent();

        await using var again = await SidecarProcess.StartAsync(listen => Gate.Start(Arguments(listen, option, value)));

        Assert.Equal((sentence, 503), (sentence, (await again.GetAsync("startupz")).Status));
        Assert.False((await again.StatusAsync()).GetProperty("resumed").GetBoolean());
        Assert.Equal((1, 0), (again.Logged("state-ignored"), again.Logged("resumed")));
        Assert.Contains($"--state {State} is ignored: {problem}", again.Process.Stderr, StringComparison.Ordinal);
        Assert.Equal(written, await File.ReadAllTextAsync(State));
    }

    [Fact]
    public async Task An_option_that_decides_nothing_may_change()
    {
        await OpenAndKillAsync();
        await using var again = await SidecarProcess.StartAsync(listen =>
            Gate.Start(Arguments(listen, "--interval", "70ms", "--log-format", "json")));
        Assert.Equal(200, (await again.GetAsync("startupz")).Status);
    }

    [Fact]
    public async Task A_gate_that_never_opened_starts_closed()
    {
        servers[0].Behaviour = Pod.Stale;
        await using (var sidecar = await SidecarProcess.StartAsync(listen => Gate.Start(Arguments(listen))))
        {
            await sidecar.StatusAsync(now => now.GetProperty("reason").GetString() == "stale-address");
            sidecar.Process.Signal(Child.SigKill);
        }

        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
        await using var again = await SidecarProcess.StartAsync(listen => Gate.Start(Arguments(listen)));
        Assert.Equal(503, (await again.GetAsync("startupz")).Status);
        Assert.Equal(0, again.Logged("state-ignored"));
    }

    [Fact]
    public async Task A_pipe_in_its_place_blocks_nothing()
    {
        Assert.Equal(0, (await Child.RunAsync("/usr/bin/mkfifo", ["-m", "600", State])).ExitCode);

        await using var sidecar = await SidecarProcess.StartAsync(listen => Gate.Start(Arguments(listen)));
        await sidecar.OpensAsync();

        await Eventually.HoldsAsync(() => sidecar.Logged("state-not-written") == 1, () => sidecar.Process.Stderr);
        Assert.Equal(1, sidecar.Logged("state-ignored"));
        Assert.Contains("is ignored: it is not a regular file; the gate starts closed", sidecar.Process.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read-only", "-o ro", "Read-only file system")]
    [InlineData("no inode left", "-o nr_inodes=1", "No space left on device")]
    [InlineData("no page left", "-o size=4k", "No space left on device")]
    public async Task A_place_that_cannot_be_written_is_logged_once_and_the_gate_opens(string sentence, string mount, string problem)
    {
        Machine.NeedsRoot();
        var enter = $"mount -t tmpfs {mount} none \"$0\" && {{ echo >\"$0\"/full; exec \"$@\"; }}";
        await using var sidecar = await SidecarProcess.StartAsync(listen =>
            Child.Start("/usr/bin/unshare", ["-m", "/bin/sh", "-c", enter, directory.Path, Executable.Path, .. Arguments(listen)]));

        await sidecar.OpensAsync();
        await Eventually.HoldsAsync(() => sidecar.Logged("state-not-written") == 1, () => sidecar.Process.Stderr);

        Assert.Contains($"--state {State} was not written: {problem}; the gate starts closed after a restart of this container",
            sidecar.Process.Stderr, StringComparison.Ordinal);
        Assert.Equal((sentence, 200), (sentence, (await sidecar.GetAsync("startupz")).Status));
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries($"/proc/{sidecar.Process.Id}/root{directory.Path}"), entry => Path.GetFileName(entry) != "full");
    }

    [Fact]
    public async Task Without_a_flag_it_is_in_the_shared_memory_of_the_pod_and_a_variable_moves_it()
    {
        Machine.NeedsRoot();
        string[] flags = ["--name", Pod.Name, "--ip", Pod.Ip, "--app", "off", "--servers", servers.List, "--settle", "0", "--rounds", "1"];
        Child Start(string listen, params (string Name, string Value)[] variables) => Child.Start(
            "/usr/bin/unshare",
            [
                "-m", "/bin/sh", "-c", "mount -t tmpfs none /dev/shm && exec \"$0\" \"$@\"",
                Executable.Path, "serve", "--listen", listen, .. flags,
            ],
            variables.ToDictionary(variable => variable.Name, variable => variable.Value));

        await using var usual = await SidecarProcess.StartAsync(listen => Start(listen));
        var at = $"/proc/{usual.Process.Id}/root/dev/shm/dnsgate.open";
        await Eventually.HoldsAsync(() => File.Exists(at), () => usual.Process.Stderr);
        await using var moved = await SidecarProcess.StartAsync(listen => Start(listen, ("DNSGATE_STATE", State)));
        await Eventually.HoldsAsync(() => File.Exists(State), () => moved.Process.Stderr);
        await using var none = await SidecarProcess.StartAsync(listen => Start(listen, ("DNSGATE_STATE", "off")));
        await none.OpensAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(at));
        Assert.Contains($"\nname={Pod.Name}\naddresses={Pod.Ip}\n", await File.ReadAllTextAsync(at), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries($"/proc/{moved.Process.Id}/root/dev/shm"));
        Assert.Empty(Directory.GetFileSystemEntries($"/proc/{none.Process.Id}/root/dev/shm"));
        Assert.All([usual, moved, none], sidecar => Assert.Equal(0, sidecar.Logged("state-not-written")));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("wait")]
    [InlineData("run")]
    public async Task Other_verbs_neither_read_nor_write_it(string verb)
    {
        string[] command = verb == "run" ? ["--", "true"] : [];
        var opens = await Gate.RunAsync([.. Gate.Arguments(verb, servers.List, "--state", State), .. command]);
        var wrote = File.Exists(State);

        await OpenAndKillAsync();
        var written = await File.ReadAllTextAsync(State);
        servers[0].Behaviour = Pod.Stale;
        var closed = await Gate.RunAsync([.. Gate.Arguments(verb, servers.List, "--state", State, "--timeout", "1s"), .. command]);
        await File.WriteAllTextAsync(State, "rubbish");
        var rubbish = await Gate.RunAsync([.. Gate.Arguments(verb, servers.List, "--state", State, "--timeout", "1s"), .. command]);

        Assert.True((opens.ExitCode, wrote) == (0, false), opens.ToString());
        Assert.All([closed, rubbish], ended => Assert.True(ended.ExitCode == (verb == "check" ? 1 : 124), ended.ToString()));
        Assert.DoesNotContain("state", rubbish.Stderr, StringComparison.Ordinal);
        Assert.Contains("options=", written, StringComparison.Ordinal);
        Assert.Equal("rubbish", await File.ReadAllTextAsync(State));
    }

    [Fact]
    public async Task On_the_other_architecture_a_link_is_not_followed_and_a_file_is_resumed_from()
    {
        await using (var sidecar = await SidecarProcess.StartAsync(listen => Emulated.Start(Arguments(listen))))
        {
            await sidecar.OpensAsync();
            await Eventually.HoldsAsync(() => File.Exists(State), () => sidecar.Process.Stderr);
        }

        var link = directory.File("link");
        File.CreateSymbolicLink(link, State);
        servers[0].Behaviour = Pod.Stale;
        await using var linked = await SidecarProcess.StartAsync(listen => Emulated.Start(Arguments(listen, "--state", link)));
        await using var again = await SidecarProcess.StartAsync(listen => Emulated.Start(Arguments(listen)));

        Assert.Equal((503, 200), ((await linked.GetAsync("startupz")).Status, (await again.GetAsync("startupz")).Status));
        Assert.Contains("is ignored: it is a symbolic link", linked.Process.Stderr, StringComparison.Ordinal);
    }

    private string[] Arguments(string listen, params string[] options) =>
        SidecarProcess.Arguments(
            listen, servers, [.. options.Contains("--state") ? Array.Empty<string>() : ["--state", State], .. options]);

    private async Task OpenAndKillAsync()
    {
        await using var sidecar = await SidecarProcess.StartAsync(listen => Gate.Start(Arguments(listen)));
        await sidecar.OpensAsync();
        await Eventually.HoldsAsync(() => File.Exists(State), () => sidecar.Process.Stderr);
        sidecar.Process.Signal(Child.SigKill);
        Assert.Equal(128 + Child.SigKill, (await sidecar.Process.EndAsync()).ExitCode);
    }

    /// <summary>The first answer of /startupz, asked for from the start of the process on.</summary>
    private static async Task<(int Status, string Body, TimeSpan After)> FirstAnswerAsync(string listen)
    {
        var begun = Stopwatch.GetTimestamp();
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        (int Status, string Body, TimeSpan After)? answer = null;
        await Eventually.HappensAsync(
            async () =>
            {
                try
                {
                    using var response = await client.GetAsync(new Uri($"http://{listen}/startupz"));
                    answer = ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), Stopwatch.GetElapsedTime(begun));
                }
                catch (HttpRequestException)
                {
                    // It does not listen yet.
                }

                return answer is not null;
            },
            Eventually.Limit);
        return answer ?? throw new InvalidOperationException("/startupz never answered");
    }
}
