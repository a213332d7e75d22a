using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsGate.TestKit;

namespace DnsGate.Lab.Dns;

/// <summary>
/// A DNS server from Debian, started on a loopback address of its own, with a directory of its own. A shell stands between:
/// it kills the server when its standard input ends, so that nothing is left behind even if this process is killed.
/// </summary>
internal class RealServer : IAsyncDisposable
{
    private const string Guard = "\"$@\" </dev/null & echo $!; read -r _; kill -KILL $!";

    private static int started;

    private Child? guard;

    /// <summary>Chooses an address that nobody else uses unless one is given, and a port that is free there.</summary>
    protected RealServer(IPAddress? address = null, int port = 0)
    {
        Address = address ?? NextAddress();
        Port = port;
        if (port != 0)
        {
            return;
        }

        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(Address, 0));
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>The port of resolv.conf and of NS records, which needs root.</summary>
    public const int DomainPort = 53;

    public IPAddress Address { get; }

    public int Port { get; }

    public TemporaryDirectory Directory { get; } = new();

    /// <summary>The server's own process.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The network namespace that it runs in; null for that of the tests.</summary>
    public Namespace? Within { get; protected init; }

    /// <summary>An address, 127.x.y.z, that nobody else uses.</summary>
    public static IPAddress NextAddress() =>
        new([127, (byte)(100 + Environment.ProcessId / 250 % 100), (byte)(1 + Environment.ProcessId % 250),
            (byte)(1 + Interlocked.Increment(ref started) % 250)]);

    public static implicit operator string(RealServer server) => $"{server.Address}:{server.Port}";

    /// <summary>Starts the program and waits until it answers a question about a name, whatever it says.</summary>
    protected async Task StartAsync(string program, params string[] arguments)
    {
        guard = Child.Start("/bin/sh", ["-c", Guard, "sh", .. Within?.Enter ?? [], program, .. arguments], directory: Directory.Path);
        try
        {
            // The program may have written something before the shell writes the number of its process.
            await Eventually.HoldsAsync(() => guard.HasExited || ReadProcessId() is not null, () => $"{guard.Stdout} {guard.Stderr}");
            ProcessId = ReadProcessId() ?? 0;
            // Ctrl-C in a terminal ends the shell as well, and with it the server.
            var isAnswering = await Eventually.HappensAsync(async () => guard.HasExited || await AnswersAsync(), Eventually.Limit)
                && !guard.HasExited;
            Assert.True(isAnswering, $"{program} does not answer: {guard.Stdout} {guard.Stderr}");
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes the zone files into the server's directory.</summary>
    protected void Write(IReadOnlyList<ZoneFile> zones)
    {
        foreach (var zone in zones)
        {
            if (zone.Text is not null)
            {
                Directory.Write($"{zone.Domain}.zone", zone.Text);
            }
        }
    }

    public void Signal(int signal) => Assert.Equal(0, Child.Kill(ProcessId, signal));

    public async ValueTask DisposeAsync()
    {
        if (guard is not null)
        {
            // dnsmasq has a child for each TCP connection, which ends only when the client closes the connection.
            int[] processes = ProcessId > 0 ? [.. Child.ChildrenOf(ProcessId), ProcessId] : [];
            foreach (var process in processes)
            {
                _ = Child.Kill(process, Child.SigKill);
            }

            await guard.Stdin.DisposeAsync();
            await guard.EndAsync();
            await guard.DisposeAsync();
        }

        Directory.Dispose();
        GC.SuppressFinalize(this);
    }

    private int? ReadProcessId()
    {
        foreach (var line in guard!.Stdout.Split('\n')[..^1])
        {
            if (int.TryParse(line, out var id))
            {
                return id;
            }
        }

        return null;
    }

    private async Task<bool> AnswersAsync()
    {
        if (Within is not null)
        {
            return (await Within.RunAsync("dig", "+short", "+tries=1", "+time=1", $"@{Address}", "-p", $"{Port}", Zones.Domain, "SOA"))
                is { ExitCode: 0, Stdout.Length: > 0 };
        }

        try
        {
            // A server that does not listen yet takes all of this time (see DnsClientTests): it is short, and asked again.
            await StubResolver.For(new IPEndPoint(Address, Port), TimeSpan.FromMilliseconds(50)).QueryAsync(Zones.Domain, QueryType.SOA);
            return true;
        }
        catch (DnsResponseException)
        {
            return false;
        }
    }
}
