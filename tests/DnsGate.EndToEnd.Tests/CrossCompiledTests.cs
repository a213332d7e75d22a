using System.Globalization;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>The executable for the other architecture does what this machine's does: arm64 on an x64 machine, under QEMU.</summary>
public sealed class CrossCompiledTests
{
    private const UnixFileMode Mode0555 =
        UnixFileMode.UserRead
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    [Fact]
    public async Task It_is_of_the_same_version_and_commit_and_names_its_own_runtime()
    {
        var here = await Gate.RunAsync("version");
        var there = await Emulated.RunAsync("version");

        var runtime = here.Stdout[(here.Stdout.LastIndexOf(' ') + 1)..^2];
        Assert.NotEqual(runtime, Emulated.Runtime);
        Assert.Equal((0, here.Stdout.Replace(runtime, Emulated.Runtime, StringComparison.Ordinal)), (there.ExitCode, there.Stdout));
    }

    [Fact]
    public async Task It_checks_knot_named_and_unbound()
    {
        await using var knot = await Knot.StartAsync(Zones.Right);
        await using var unbound = await Unbound.StartAsync(knot);
        await using var stale = await Named.StartAsync(Zones.Stale);

        var open = await Emulated.CheckAsync($"{(string)knot},{(string)unbound}");
        var closed = await Emulated.CheckAsync($"{(string)knot},{(string)unbound},{(string)stale}");

        open.AssertIs(0, "open", "agrees");
        closed.AssertIs(1, "closed", "stale-address");
        Assert.Equal(("agrees", "agrees", "stale-address"), (closed.ReasonAt(knot), closed.ReasonAt(unbound), closed.ReasonAt(stale)));
    }

    [Fact]
    public async Task It_finds_the_name_servers_through_the_Kubernetes_API_over_TLS()
    {
        await using ClusterPod pod = new() { Command = Emulated.Command };
        pod.Run("127.84.11.1", Pod.Right);
        pod.Run("127.84.11.2", Pod.Stale);
        pod.Publish("127.84.11.1", "127.84.11.2");

        var stale = await pod.CheckAsync();
        pod["127.84.11.2"].Behaviour = Pod.Right;
        var right = await pod.CheckAsync();

        Assert.Equal("stale-address", stale.ReasonAt("127.84.11.2:5353"));
        right.AssertIs(0, "open", "agrees");
        Assert.Equal("complete", right.Json.GetProperty("coverage").GetString());
    }

    [Fact]
    public async Task It_does_not_trust_an_API_server_of_another_authority()
    {
        await using ClusterPod pod = new() { Command = Emulated.Command };
        pod.Run("127.84.12.1", Pod.Right);
        pod.Publish("127.84.12.1");
        pod.Api.Certificate = KubeCertificate.OfAnotherAuthority;

        var ended = await pod.RunAsync("check");

        Assert.True(ended.ExitCode == 3 && ended.Stdout.Contains("not signed by ca.crt", StringComparison.Ordinal), ended.ToString());
    }

    [Fact]
    public async Task The_sidecar_answers_probes_and_ends_on_SIGTERM()
    {
        await using NameServers servers = new(Pod.Stale.WithTtl(1));
        await using var sidecar = await SidecarProcess.StartAsync(listen => Emulated.Start(SidecarProcess.Arguments(listen, servers)));

        await sidecar.StatusAsync(now => now.GetProperty("reason").GetString() == "stale-address");
        Assert.Equal(503, (await sidecar.GetAsync("startupz")).Status);
        var closed = await Emulated.RunAsync("probe", "startup", "--listen", sidecar.At.ToString());
        servers[0].Behaviour = Pod.Right;
        await sidecar.OpensAsync();
        Assert.Equal(200, (await sidecar.GetAsync("startupz")).Status);
        var open = await Emulated.RunAsync("probe", "startup", "--listen", sidecar.At.ToString());
        Assert.Contains("dnsgate_build_info{", (await sidecar.GetAsync("metrics")).Body, StringComparison.Ordinal);
        sidecar.Process.Signal(Child.SigTerm);

        Assert.Equal(0, (await sidecar.Process.EndAsync()).ExitCode);
        Assert.True((closed.ExitCode, open.ExitCode) == (1, 0), $"{closed}\n{open}");
    }

    [Fact]
    public async Task Run_becomes_the_command_with_its_process_id_arguments_and_exit_code()
    {
        await using NameServers servers = new(Pod.Right);
        string[] command = ["sh", "-c", "echo $$; printf '[%s]' \"$@\"; exit 42", "sh", "", "a b", "*", "é✓"];
        await using var run = Emulated.Start(Gate.RunArguments(servers.List, command));

        var ended = await run.EndAsync();

        Assert.True(
            (42, string.Create(CultureInfo.InvariantCulture, $"{run.Id}\n[][a b][*][é✓]")) == (ended.ExitCode, ended.Stdout),
            ended.ToString());
    }

    [Fact]
    public async Task It_installs_itself_and_the_copy_runs()
    {
        using TemporaryDirectory directory = new();

        var installed = await Emulated.RunAsync("install", directory.Path);

        var copy = directory.File("dnsgate");
        Assert.True((0, $"installed {copy}\n") == (installed.ExitCode, installed.Stdout), installed.ToString());
        Assert.Equal([copy], Directory.GetFileSystemEntries(directory.Path));
        Assert.Equal(await File.ReadAllBytesAsync(Emulated.Path), await File.ReadAllBytesAsync(copy));
        Assert.Equal(Mode0555, File.GetUnixFileMode(copy));
        Assert.Equal((await Emulated.RunAsync("version")).Stdout, (await Child.RunAsync(Emulated.Emulator, [copy, "version"])).Stdout);
    }

    [Fact]
    public async Task It_runs_in_an_empty_directory_as_root()
    {
        Machine.NeedsRoot();
        var command = Emulated.Command;
        using TemporaryDirectory root = new();
        File.Copy(command[0], root.File("qemu"));
        File.Copy(command[1], root.File("dnsgate"));
        await using NameServers right = new(Pod.Right);
        await using NameServers stale = new(Pod.Stale);

        var version = await InRootAsync("version");
        var open = await InRootAsync(Gate.Arguments("check", right.List));
        var closed = await InRootAsync(Gate.Arguments("check", stale.List));
        var run = await InRootAsync(Gate.RunArguments(right.List, "/qemu", "/dnsgate", "version"));

        Assert.All([version, open, run], ended => Assert.True(ended.ExitCode == 0, ended.ToString()));
        Assert.True(closed.ExitCode == 1 && closed.Stdout.Contains("stale-address", StringComparison.Ordinal), closed.ToString());
        Assert.Equal(version.Stdout, run.Stdout);
        Assert.Equal([root.File("dnsgate"), root.File("qemu")], Directory.GetFileSystemEntries(root.Path).Order());

        Task<ProcessResult> InRootAsync(params string[] arguments) =>
            Child.RunAsync("/usr/sbin/chroot", [root.Path, "/qemu", "/dnsgate", .. arguments]);
    }
}
