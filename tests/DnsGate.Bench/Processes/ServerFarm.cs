using System.Diagnostics;

namespace DnsGate.Bench.Processes;

/// <summary>Name servers on loopback in a process of their own: what they cost is not the client's.</summary>
internal sealed class ServerFarm : IAsyncDisposable
{
    public const string PodName = "zk-0.zk-headless.prod.svc.cluster.local";
    public const string PodAddress = "10.244.1.7";

    private readonly Process _process;

    private ServerFarm(Process process, string[] addresses, string port) => (_process, Addresses, Port) = (process, addresses, port);

    /// <summary>The servers' addresses, all different.</summary>
    public string[] Addresses { get; }

    /// <summary>The one port that all of them listen at: dig takes one for all its questions.</summary>
    public string Port { get; }

    /// <summary>The arguments of a verb of dnsgate that make it ask these servers and no others.</summary>
    public string[] GateArguments =>
        ["--name", PodName, "--ip", PodAddress, "--app", "off", "--servers", string.Join(',', Addresses.Select(address => $"{address}:{Port}"))];

    /// <summary>Starts the servers.</summary>
    /// <param name="count">How many.</param>
    /// <param name="delay">Between a query and its reply.</param>
    /// <param name="stale">How many of them give an old address.</param>
    public static async Task<ServerFarm> StartAsync(int count, TimeSpan delay = default, int stale = 0)
    {
        ProcessStartInfo start = new(
            Environment.ProcessPath!,
            ["exec", typeof(ServerFarm).Assembly.Location, "serve", $"{count}", $"{(int)delay.TotalMilliseconds}", $"{stale}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync();
        if (line?.Split(' ') is [var port, .. var addresses])
            return new ServerFarm(process, addresses, port);
        process.Dispose();
        throw new BenchmarkFailedException("the name servers did not start");
    }

    public async ValueTask DisposeAsync()
    {
        // Its sign to end.
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
