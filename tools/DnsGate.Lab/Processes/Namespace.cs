using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DnsGate.Lab.Processes;

/// <summary>A network of its own. It has no name that could be left behind: it ends with the last process in it.</summary>
internal sealed partial class Namespace : IAsyncDisposable
{
    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET

    private readonly Child guard;

    private Namespace(Child guard) => this.guard = guard;

    /// <summary>The command that enters it, before another command.</summary>
    public string[] Enter => ["nsenter", $"--net={Path}"];

    private string Path => $"/proc/{guard.Id}/ns/net";

    /// <summary>Makes it, with these addresses on its loopback interface, and rules of nftables where there are any.</summary>
    public static async Task<Namespace> StartAsync(IEnumerable<string> addresses, string rules = "")
    {
        Machine.NeedsRoot();
        Machine.NeedsProgram("ip", "iproute2");
        if (rules.Length > 0)
        {
            Machine.NeedsProgram("nft", "nftables");
        }

        var load = rules.Length > 0 ? "printf %s \"$0\" | nft -f - && " : "";
        var script = $"ip link set lo up; {string.Concat(addresses.Select(address => $"ip address add {address} dev lo; "))}{load}echo "
            + "ready && read -r _";
        var guard = Child.Start("unshare", ["--net", "/bin/sh", "-c", script, rules]);
        await Eventually.HoldsAsync(() => guard.HasExited || guard.Stdout.Contains("ready", StringComparison.Ordinal), () => guard.Stderr);
        if (!guard.HasExited)
        {
            return new Namespace(guard);
        }

        // To its end: what it wrote may not have been read yet.
        var why = (await guard.EndAsync()).Stderr.Trim();
        await guard.DisposeAsync();
        Assert.Skip($"needs a kernel that allows network namespaces with nftables: {why}");
        throw new InvalidOperationException(why);
    }

    public Task<ProcessResult> RunAsync(string program, params string[] arguments) =>
        Child.RunAsync(Enter[0], [Enter[1], program, .. arguments]);

    public Child Start(string program, params string[] arguments) => Child.Start(Enter[0], [Enter[1], program, .. arguments]);

    /// <summary>Makes something inside, a socket: it stays there, and can be used from here.</summary>
    public T Make<T>(Func<T> make)
    {
        // A thread is in one network, and a socket in that of the thread that made it. This one ends, and with it its stay.
        using var network = File.OpenHandle(Path);
        T made = default!;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Assert.Equal(0, SetNamespace(network, NetworkNamespace));
                made = make();
            }
#pragma warning disable CA1031 // Told to the caller below.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? made : throw new InvalidOperationException(failure.Message, failure);
    }

    /// <summary>A TCP socket that listens inside.</summary>
    /// <param name="address">Where.</param>
    /// <param name="port">Where.</param>
    /// <param name="isForBoth">Whether one at an IPv6 address takes IPv4 as well, as Java has it.</param>
    public Socket Listen(IPAddress address, int port, bool isForBoth = true) => Make(() =>
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = isForBoth;
        }

        socket.Bind(new IPEndPoint(address, port));
        socket.Listen();
        return socket;
    });

    public ValueTask DisposeAsync() => guard.DisposeAsync();

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle network, int kind);
}
