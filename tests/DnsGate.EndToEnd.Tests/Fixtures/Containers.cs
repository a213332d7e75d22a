using System.Formats.Tar;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>
/// Runs containers of an image in one network, as a kubelet has them run in a pod whose Pod Security is "restricted": user, command and
/// environment from the image, read-only root, no capabilities, no new privileges, the default seccomp profile. One volume, at /volume.
/// </summary>
internal sealed class Containers : IDisposable
{
    // crun refuses to start where cgroups v1 and v2 are both mounted, even when it is told to leave them alone.
    // What it does not see does not bother it.
    private const string WithoutCgroups = "mount -t tmpfs none /sys/fs/cgroup && exec \"$@\"";

    private readonly TemporaryDirectory directory = new();
    private readonly JsonElement image;
    private readonly Namespace network;

    public Containers(Image image, Namespace network)
    {
        Machine.NeedsRoot();
        Machine.NeedsProgram("crun", "crun");
        var platform = image.Platforms.Single(item => item.Architecture == Emulated.HostArchitecture);
        this.image = platform.Configuration.GetProperty("config");
        this.network = network;
        Directory.CreateDirectory(directory.File("root"));
        TarFile.ExtractToDirectory(platform.Layer, directory.File("root"), overwriteFiles: false);
        // As an emptyDir: everybody may write to it.
        Directory.CreateDirectory(Volume);
        File.SetUnixFileMode(Volume, (UnixFileMode)0x1FF);
    }

    /// <summary>The directory that containers have at /volume.</summary>
    public string Volume => directory.File("volume");

    /// <summary>Runs a container to its end.</summary>
    public async Task<ProcessResult> RunAsync(params string[] arguments)
    {
        await using var container = Start(Guid.NewGuid().ToString("N"), arguments);
        return await container.EndAsync();
    }

    /// <summary>Starts one, in the foreground of crun.</summary>
    /// <param name="name">Its name among these.</param>
    /// <param name="arguments">What Kubernetes calls <c>args</c>.</param>
    public Child Start(string name, params string[] arguments)
    {
        var bundle = directory.File($"bundle-{name}");
        Directory.CreateDirectory(bundle);
        File.WriteAllText(Path.Combine(bundle, "config.json"), Specification(arguments).ToJsonString());
        return Child.Start(Crun[0], [.. Crun[1..], "run", "--bundle", bundle, name]);
    }

    /// <summary>What an exec probe does.</summary>
    public Task<ProcessResult> ExecAsync(string name, params string[] command) => CrunAsync(["exec", name, .. command]);

    /// <summary>Sends a signal to a container's first process, as a kubelet does.</summary>
    public async Task SignalAsync(string name, string signal)
    {
        var ended = await CrunAsync("kill", name, signal);
        Assert.True(ended.ExitCode == 0, ended.ToString());
    }

    /// <summary>The number that a container's first process has out here.</summary>
    public async Task<int> ProcessAsync(string name)
    {
        var ended = await CrunAsync("state", name);
        Assert.True(ended.ExitCode == 0, ended.ToString());
        using var state = JsonDocument.Parse(ended.Stdout);
        return state.RootElement.GetProperty("pid").GetInt32();
    }

    public void Dispose() => directory.Dispose();

    private string[] Crun =>
    [
        .. network.Enter, "unshare", "--mount", "/bin/sh", "-c", WithoutCgroups,
        "sh", "crun", "--cgroup-manager=disabled", "--root", directory.File("state"),
    ];

    private Task<ProcessResult> CrunAsync(params string[] arguments) => Child.RunAsync(Crun[0], [.. Crun[1..], .. arguments]);

    /// <summary>
    /// https://github.com/opencontainers/runtime-spec/blob/main/config.md. No network namespace is made: it has that of crun, a pod's.
    /// </summary>
    private JsonObject Specification(string[] arguments)
    {
        int[] user = [.. image.GetProperty("User").GetString()!.Split(':').Select(int.Parse)];
        return new JsonObject
        {
            ["ociVersion"] = "1.0.2",
            ["hostname"] = "zk-0",
            ["root"] = new JsonObject { ["path"] = directory.File("root"), ["readonly"] = true },
            ["process"] = new JsonObject
            {
                ["user"] = new JsonObject { ["uid"] = user[0], ["gid"] = user[1] },
                ["args"] = Array([.. Strings("Entrypoint"), .. arguments]),
                ["env"] = Array(Strings("Env")),
                ["cwd"] = "/",
                ["noNewPrivileges"] = true,
                ["capabilities"] = new JsonObject(Sets("bounding", "effective", "inheritable", "permitted", "ambient")),
            },
            ["mounts"] = new JsonArray(
                Mount("/proc", "proc"),
                Mount("/dev", "tmpfs", "nosuid", "mode=755", "size=64k"),
                Mount("/volume", Volume, "rbind", "rw")),
            ["linux"] = new JsonObject
            {
                ["namespaces"] = new JsonArray(
                    [.. new[] { "pid", "ipc", "uts", "mount" }.Select(kind => new JsonObject { ["type"] = kind })]),
                ["seccomp"] = SeccompProfile.Read(),
            },
        };
    }

    private IEnumerable<string> Strings(string property) => image.GetProperty(property).EnumerateArray().Select(item => item.GetString()!);

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Sets(params string[] names) =>
        names.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonArray()));

    private static JsonObject Mount(string at, string what, params string[] options) =>
        new() { ["destination"] = at, ["type"] = what.StartsWith('/') ? "bind" : what, ["source"] = what, ["options"] = Array(options) };

    private static JsonArray Array(IEnumerable<string> items) => new([.. items.Select(item => JsonValue.Create(item))]);
}
