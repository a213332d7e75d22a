using System.Diagnostics;

namespace DnsGate.Bench.Processes;

/// <summary>DNS servers on loopback in a process of their own: what they cost is not the client's.</summary>
internal sealed class ServerFarm : IAsyncDisposable
{
    public const string PodName = "zk-0.zk-headless.prod.svc.cluster.local";
    public const string PodAddress = "10.244.1.7";

    /// <summary>The headless Service that the servers know, over themselves.</summary>
    public const string Service = "name-servers.kube-system.svc.cluster.local";

    private readonly Process process;

    private ServerFarm(Process process, string[] addresses, string port, string apiPort, string account) =>
        (this.process, Addresses, Port, ApiPort, Account) = (process, addresses, port, apiPort, account);

    /// <summary>The servers' addresses, all different.</summary>
    public string[] Addresses { get; }

    /// <summary>The one port that all of them listen at: dig takes one for all its questions.</summary>
    public string Port { get; }

    /// <summary>The port of the API server that lists them.</summary>
    public string ApiPort { get; }

    /// <summary>The directory with the service account that may ask it.</summary>
    public string Account { get; }

    /// <summary>The arguments of a verb of dnsgate that make it ask these servers and no others.</summary>
    public string[] GateArguments => ArgumentsFor(string.Join(',', Addresses.Select(address => $"{address}:{Port}")));

    /// <summary>The arguments of a verb that finds them so.</summary>
    public static string[] ArgumentsFor(string servers) => ["--name", PodName, "--ip", PodAddress, "--app", "off", "--servers", servers];

    /// <summary>Starts the servers.</summary>
    /// <param name="count">How many.</param>
    /// <param name="delay">Between a query and its reply.</param>
    /// <param name="stale">How many of them give an old address.</param>
    public static async Task<ServerFarm> StartAsync(int count, TimeSpan delay = default, int stale = 0)
    {
        var account = Directory.CreateTempSubdirectory("dnsgate-bench-").FullName;
        ProcessStartInfo start = new(
            Environment.ProcessPath!,
            ["exec", typeof(ServerFarm).Assembly.Location, "farm", $"{count}", $"{(int)delay.TotalMilliseconds}", $"{stale}", account])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync();
        if (line?.Split(' ') is [var port, var apiPort, .. var addresses])
        {
            return new ServerFarm(process, addresses, port, apiPort, account);
        }

        process.Dispose();
        throw new BenchmarkFailedException("the DNS servers did not start");
    }

    /// <summary>When the rounds since the last call came in at the first server, in seconds of some clock.</summary>
    public async Task<double[]> TakeRoundsAsync()
    {
        await process.StandardInput.WriteLineAsync();
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new BenchmarkFailedException("the DNS servers are gone");
        return [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(at => double.Parse(at) / 1000)];
    }

    public async ValueTask DisposeAsync()
    {
        // Its sign to end.
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(Account, recursive: true);
    }
}
