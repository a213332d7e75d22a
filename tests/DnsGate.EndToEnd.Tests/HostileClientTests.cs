using System.Net;
using System.Net.Sockets;
using System.Text;
using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>
/// Whoever connects to the sidecar can neither stop its loop, nor keep others from being answered, nor fill its memory:
/// the port is open to every pod of the cluster.
/// </summary>
public sealed class HostileClientTests
{
    private const int Flood = 1000;

    private static readonly byte[] Garbage = [.. Enumerable.Range(0, 4096).Select(index => (byte)(index * 167 % 251))];

    public static TheoryData<string, string> Says => new()
    {
        { "nothing", "" },
        { "half a request line", "GET /rea" },
        { "half a header", "GET /readyz HTTP/1.1\r\nHost: a\r\nX-Very-" },
        { "a request that never ends", "GET /readyz HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\nbody" },
        { "HTTP/2 at once", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
        { "an upgrade", "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Says))]
    public async Task A_thousand_connections_that_say_so_and_wait_keep_nobody_out(string sentence, string request)
    {
        await using NameServers servers = new(Pod.Stale.WithTtl(0));
        // A container's usual soft limit of open files.
        await using var sidecar = await SidecarProcess.StartAsync(listen =>
            Child.Start(
                "/bin/sh", ["-c", "ulimit -S -n 1024; exec \"$0\" \"$@\"", Executable.Path, .. SidecarProcess.Arguments(listen, servers)]));
        List<Socket> flood = [];
        try
        {
            for (var i = 0; i < Flood; i++)
            {
                flood.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
                await flood[^1].ConnectAsync(sidecar.At);
                await SendAsync(flood[^1], Encoding.ASCII.GetBytes(request));
            }

            await AssertWorksAsync(sidecar, servers[0], sentence);
            Assert.True(OpenFiles(sidecar) < 200, $"{sentence}: {OpenFiles(sidecar)} files are open");
        }
        finally
        {
            flood.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task A_flood_from_one_address_keeps_nobody_out_at_another()
    {
        await using NameServers servers = new(Pod.Stale.WithTtl(0));
        await using var sidecar = await SidecarProcess.StartAsync(servers);
        using var kubelet = await sidecar.ConnectAsync();
        List<Socket> flood = [];
        try
        {
            for (var i = 0; i < Flood; i++)
            {
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                flood.Add(socket);
                socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
                await socket.ConnectAsync(sidecar.At);
            }

            // A new probe is answered, and the oldest connection of all is still there.
            Assert.Equal(200, (await sidecar.GetAsync("livez")).Status);
            await kubelet.SendAsync("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            var buffer = new byte[4096];
            var length = await kubelet.ReceiveAsync(buffer).WaitAsync(Eventually.Limit);
            Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
        }
        finally
        {
            flood.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Garbage_huge_headers_and_requests_in_heaps_are_refused_or_answered_and_bounded()
    {
        await using NameServers servers = new(Pod.Stale.WithTtl(0));
        await using var sidecar = await SidecarProcess.StartAsync(servers, "--interval", "50ms");
        var heap = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /status HTTP/1.1\r\nHost: a\r\n\r\n", 1000)));
        var huge = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('x', 1_000_000) + "\r\n\r\n");
        var many = Encoding.ASCII.GetBytes(
            "GET / HTTP/1.1\r\nHost: a\r\n" + string.Concat(Enumerable.Range(0, 5000).Select(index => $"X-{index}: y\r\n")) + "\r\n");
        var path = Encoding.ASCII.GetBytes("GET /" + new string('a', 100_000) + " HTTP/1.1\r\nHost: a\r\n\r\n");

        for (var round = 0; round < 20; round++)
        {
            foreach (var request in new[] { Garbage, heap, huge, many, path, [.. heap, .. Garbage] })
            {
                using var socket = await sidecar.ConnectAsync();
                await SendAsync(socket, request);
                // Never read: what was answered waits in a socket that is closed now.
            }
        }

        await AssertWorksAsync(sidecar, servers[0], "garbage");
    }

    [Fact]
    public async Task Who_reads_nothing_of_what_it_asks_for_is_left()
    {
        await using NameServers servers = new(Pod.Stale.WithTtl(0));
        await using var sidecar = await SidecarProcess.StartAsync(servers);
        List<Socket> readers = [];
        try
        {
            var heap = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 5000)));
            for (var i = 0; i < 50; i++)
            {
                var socket = await sidecar.ConnectAsync();
                socket.ReceiveBufferSize = 4096;
                readers.Add(socket);
                _ = SendAsync(socket, heap);
            }

            await AssertWorksAsync(sidecar, servers[0], "slow readers");
        }
        finally
        {
            readers.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task AssertWorksAsync(SidecarProcess sidecar, LoopbackNameServer server, string sentence)
    {
        var asked = server.QueryCount;
        await server.WaitForQueriesAsync(asked + 6).WaitAsync(Eventually.Limit);
        Assert.Equal((sentence, 200), (sentence, (await sidecar.GetAsync("livez")).Status));
        Assert.Equal((sentence, 503), (sentence, (await sidecar.GetAsync("readyz")).Status));
        var resident = File.ReadLines($"/proc/{sidecar.Process.Id}/status")
            .Where(line => line.StartsWith("VmHWM", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]))
            .Single();
        Assert.True(resident < 64 * 1024, $"{sentence}: {resident} KiB were resident");
        Assert.Equal(0, sidecar.Logged("verdict-changed") - 1);
    }

    private static int OpenFiles(SidecarProcess sidecar) => Directory.GetFiles($"/proc/{sidecar.Process.Id}/fd").Length;

    // A connection that the sidecar has closed by now is as it should be.
    private static async Task SendAsync(Socket socket, byte[] bytes)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await socket.SendAsync(bytes.AsMemory(sent));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
        }
    }
}
