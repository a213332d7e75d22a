using System.Net;
using System.Net.Sockets;

namespace DnsGate.EndToEnd.Tests.Fixtures;

/// <summary>A network with the addresses of a pod, with sockets that listen in it, and <c>dnsgate bound</c> run in it.</summary>
internal sealed class BoundPod : IAsyncDisposable
{
    public const int Port = 3888;

    private readonly Namespace network;
    private readonly List<Socket> sockets = [];

    private BoundPod(Namespace network) => this.network = network;

    public Namespace Network => network;

    public static async Task<BoundPod> StartAsync(params string[] addresses) => new(await Namespace.StartAsync(addresses));

    /// <summary>
    /// Listens. IPv4 addresses in IPv6 clothes and :: are for both families, as Java makes them; <c>only</c> in front is for IPv6 alone.
    /// </summary>
    public Socket Listen(string address, int port = Port)
    {
        var isForBoth = !address.StartsWith("only", StringComparison.Ordinal);
        var socket = network.Listen(IPAddress.Parse(isForBoth ? address : address["only".Length..]), port, isForBoth);
        sockets.Add(socket);
        return socket;
    }

    public Child Start(params string[] options) =>
        network.Start(Executable.Path, ["bound", .. options.Contains("--ip") ? [] : (string[])["--ip", Pod.Ip], .. options]);

    public async Task<ProcessResult> RunAsync(params string[] options)
    {
        await using var child = Start(options);
        return await child.EndAsync();
    }

    /// <summary>Runs it with variables, and no option but those.</summary>
    public Task<ProcessResult> RunWithAsync(string[] variables, params string[] options) =>
        network.RunAsync("/usr/bin/env", [.. variables, Executable.Path, "bound", .. options]);

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }

        await network.DisposeAsync();
    }
}
