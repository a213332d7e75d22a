namespace DnsGate.Lab.Cluster;

/// <summary>
/// The sandbox of a pod: network, host name, processes and mounts of its own, with an empty /dev/shm, and /etc/hosts and
/// /etc/resolv.conf as the kubelet writes them. Nothing of it has a name that could be left behind: when its first process ends, which it
/// does when the process that started it ends, the kernel ends all others in it.
/// </summary>
internal sealed class Sandbox : IAsyncDisposable
{
    private const string Pause = """
        hostname "$0" && mount --bind "$1/hosts" /etc/hosts && mount --bind "$1/resolv.conf" /etc/resolv.conf && mount -t tmpfs none /dev/shm && echo ready && read -r _
        """;

    private readonly TemporaryDirectory directory;
    private readonly Child pause;

    private Sandbox(TemporaryDirectory directory, Child pause, string address) =>
        (this.directory, this.pause, Address) = (directory, pause, address);

    /// <summary>The pod's address.</summary>
    public string Address { get; }

    /// <summary>The sandbox's first process, as it is known outside.</summary>
    public int ProcessId { get; private set; }

    public static async Task<Sandbox> StartAsync(NodeNetwork network, PodName name, string address)
    {
        TemporaryDirectory directory = new();
        directory.Write("hosts", KubeletFiles.Hosts($"{address}\t{name.FullName}\t{name.HostName}\n"));
        directory.Write("resolv.conf", KubeletFiles.ResolvConf(NodeNetwork.VirtualAddress));
        string[] isolation = ["--net", "--uts", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
        Sandbox sandbox = new(
            directory, Child.Start("unshare", [.. isolation, "/bin/sh", "-c", Pause, name.HostName, directory.Path]), address);
        var pause = sandbox.pause;
        try
        {
            await Eventually.HoldsAsync(
                () => pause.HasExited || pause.Stdout.Contains("ready", StringComparison.Ordinal), () => pause.Stderr);
            Assert.False(pause.HasExited, pause.Stderr);
            sandbox.ProcessId = pause.ChildId ?? throw new InvalidOperationException("the sandbox has no process");
            await network.PlugAsync(sandbox.ProcessId, address);
            return sandbox;
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a container's process in it.</summary>
    public Child Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null) =>
        Child.Start("nsenter", ["--target", $"{ProcessId}", "--net", "--uts", "--mount", "--pid", "--", .. command], environment);

    /// <summary>Whether a TCP socket listens on a port at the pod's address or at the wildcard, by the kernel's own table.</summary>
    public bool Listens(int port) =>
        ListeningSocket.All(ProcessId).Any(socket => socket.Port == port && (socket.IsWildcard || socket.Address == Address));

    public async ValueTask DisposeAsync()
    {
        await pause.DisposeAsync();
        directory.Dispose();
    }
}
