using System.Net.Sockets;

namespace DnsGate.Bench.Processes;

/// <summary>Whether those who ask the sidecar, as fast as they can, keep it from asking DNS servers.</summary>
internal static class BusyPart
{
    private const int Servers = 20;
    private const int Probers = 4;
    private const int Closed = 503;
    private const double MostSlower = 0.05;
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(20);
    private static readonly byte[] Ready = HttpConnection.RequestOf("/readyz");
    private static readonly byte[] Status = HttpConnection.RequestOf("/status");

    public static async Task<Section> RunAsync(Launcher launcher)
    {
        await using var farm = await ServerFarm.StartAsync(Servers, stale: 1);
        await using var pod = await InPod.OfAsync(farm);
        await using var sidecar = Sidecar.Start(launcher, pod, farm.GateArguments);
        await sidecar.AnswersAsync();
        await Task.Delay(Warming);
        var quiet = await MeasureAsync(farm, sidecar, _ => Task.FromResult(0L));
        var busy = await MeasureAsync(farm, sidecar, stop => ProbeAsync(sidecar, stop));
        await sidecar.VerifyAsync(isOpen: false);

        var change = busy.RoundsPerSecond / quiet.RoundsPerSecond - 1;
        var perRequest = (busy.Cpu - quiet.Cpu) / busy.Requests;
        return new Section(
            "`dnsgate serve` at a closed gate, 20 DNS servers, one of them stale: rounds while others ask",
            ["", "rounds a second", "longest from one to the next", "requests a second", "CPU a request", "of a core"],
            [
                quiet.ToFigure("no requests", ""),
                busy.ToFigure(
                    $"{Probers} connections ask /readyz as fast as they can, one does not read what it asked for",
                    $"{perRequest * 1e6:f0} µs")
                    .Against($"as many rounds a second, ± 5 %: {change:+0.0 %;−0.0 %}", Math.Abs(change) <= MostSlower),
            ],
            $"{Window.TotalSeconds:f0} s each, the rounds as a DNS server sees them. Those who ask, the sidecar and the DNS "
            + "servers share the processor.");
    }

    private static async Task<Load> MeasureAsync(ServerFarm farm, Sidecar sidecar, Func<CancellationToken, Task<long>> ask)
    {
        _ = await farm.TakeRoundsAsync();
        (var cpu, var begun) = (sidecar.Cpu, sidecar.Age);
        using CancellationTokenSource stop = new();
        var asking = Task.Run(() => ask(stop.Token));
        await Task.Delay(Window);
        Load load = new(await farm.TakeRoundsAsync(), 0, sidecar.Cpu - cpu, sidecar.Age - begun);
        await stop.CancelAsync();
        return load with { Requests = await asking };
    }

    // How many requests were answered.
    private static async Task<long> ProbeAsync(Sidecar sidecar, CancellationToken stop)
    {
        var dawdler = Task.Run(() => DawdleAsync(sidecar, stop), CancellationToken.None);
        var counts = await Task.WhenAll(Enumerable.Range(0, Probers).Select(_ => Task.Run(async () =>
        {
            using var connection = await HttpConnection.OpenAsync(sidecar.At);
            long count = 0;
            for (; !stop.IsCancellationRequested; count++)
            {
                if (await connection.AskAsync(Ready) is var status and not Closed)
                {
                    throw new BenchmarkFailedException($"/readyz says {status}");
                }
            }
            return count;
        })));
        await dawdler;
        return counts.Sum();
    }

    // Asks for more than the kernel keeps for it, and reads an octet at a time; once thrown out, it comes again.
    private static async Task DawdleAsync(Sidecar sidecar, CancellationToken stop)
    {
        const int requests = 100;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var connection = await HttpConnection.OpenAsync(sidecar.At, receiveBuffer: 4096);
                await connection.AskAndDawdleAsync(Status, requests, TimeSpan.FromMilliseconds(100), stop);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Thrown out, or done.
            }
        }
    }

    /// <summary>What one window brought.</summary>
    /// <param name="Rounds">When each round came, in seconds.</param>
    /// <param name="Requests">How many were answered.</param>
    /// <param name="Cpu">Seconds of processor time of the sidecar.</param>
    /// <param name="Seconds">The length of the window.</param>
    private sealed record Load(double[] Rounds, long Requests, double Cpu, double Seconds)
    {
        // Not those in the window divided by its length: where they are few, one more or less would be a tenth.
        public double RoundsPerSecond { get; } =
            Rounds.Length > 1 ? (Rounds.Length - 1) / (Rounds[^1] - Rounds[0]) : throw new BenchmarkFailedException("no rounds came in");

        public Figure ToFigure(string what, string perRequest) => new(
            what,
            $"{RoundsPerSecond:f3}",
            $"{Rounds.Zip(Rounds.Skip(1), (from, to) => to - from).Max():f2} s",
            $"{Requests / Seconds:f0}",
            perRequest,
            $"{Cpu / Seconds:p1}");
    }
}
