using System.Diagnostics;

namespace DnsGate.Bench.Processes;

/// <summary><c>dnsgate serve</c> for ten minutes: what it takes, and whether that grows.</summary>
internal static class SoakPart
{
    private const int Servers = 20;
    private const double MostOfACore = 0.01;
    private const int MostMebibytes = 24;
    private const int MostGrowth = 1;
    private static readonly TimeSpan WholeLength = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Warming = TimeSpan.FromMinutes(1);

    public static async Task<Section> RunAsync(Launcher launcher)
    {
        var length = Environment.GetEnvironmentVariable("SOAK") is { Length: > 0 } seconds
            ? TimeSpan.FromSeconds(int.Parse(seconds))
            : WholeLength;
        var warming = Warming < length / 2 ? Warming : length / 2;
        await using var right = await ServerFarm.StartAsync(Servers);
        await using var stale = await ServerFarm.StartAsync(Servers, stale: 1);
        await using var ofRight = await InPod.OfAsync(right);
        await using var ofStale = await InPod.OfAsync(stale);
        await using var open = Sidecar.Start(launcher, ofRight, right.GateArguments);
        await using var fast = Sidecar.Start(launcher, ofRight, [.. right.GateArguments, "--watch-interval", "1s"]);
        await using var closed = Sidecar.Start(launcher, ofStale, stale.GateArguments);
        await using var kube = Sidecar.Start(launcher, ofStale, ServerFarm.ArgumentsFor("kube:kube-dns"));
        foreach (var sidecar in (Sidecar[])[open, fast, closed, kube])
        {
            await sidecar.AnswersAsync();
        }

        using Peer blackbox = new("prometheus-blackbox-exporter", "--config.file=/etc/prometheus/blackbox.yml");
        using Peer node = new("prometheus-node-exporter");
        using CancellationTokenSource stop = new();
        Task[] asking =
        [
            AskEveryAsync(15, open, stop.Token, "/metrics"),
            AskEveryAsync(10, open, stop.Token, "/readyz"),
            AskEveryAsync(1, fast, stop.Token, "/metrics", "/", "/status"),
            AskEveryAsync(1, closed, stop.Token, "/startupz"),
            AskEveryAsync(1, kube, stop.Token, "/startupz"),
        ];
        Task<Soaked> Soak(Sidecar sidecar) => SoakAsync(sidecar, warming, length);
        Task<Soaked> ofOpen = Soak(open), ofFast = Soak(fast), ofClosed = Soak(closed), ofKube = Soak(kube);
        Task soaked = Task.WhenAll(ofOpen, ofFast, ofClosed, ofKube);
        // Whoever asks ends before only when it gets no answer.
        if (await Task.WhenAny([soaked, .. asking]) is var ended && ended != soaked)
        {
            await ended;
        }

        await stop.CancelAsync();
        await Task.WhenAll(asking);
        await open.VerifyAsync(isOpen: true);
        await fast.VerifyAsync(isOpen: true);
        await closed.VerifyAsync(isOpen: false);
        await kube.VerifyAsync(isOpen: false);

        return new Section(
            $"`dnsgate serve` for {Text(length)}, 20 DNS servers{(length < WholeLength ? ": **a trial**, not the ten minutes" : "")}",
            ["", "of a core", $"memory after {Text(warming)}", "at the end", "of it anonymous", "peak"],
            [
                (await ofOpen).ToFigure("open; /metrics every 15 s, /readyz every 10 s", isPaced: true),
                (await ofFast).ToFigure(
                    "open, sixty times as fast: `--watch-interval 1s`; /metrics, / and /status every second", isPaced: false),
                (await ofClosed).ToFigure("closed, one server stale; /startupz every second", isPaced: true),
                (await ofKube).ToFigure("the same with `kube:`", isPaced: true),
                blackbox.ToFigure(length, "prometheus-blackbox-exporter, idle"),
                node.ToFigure(length, "prometheus-node-exporter, idle"),
            ],
            "All at the same time, one run, its start included; memory is resident memory, anonymous what no file holds (RssAnon).");
    }

    private static async Task<Soaked> SoakAsync(Sidecar sidecar, TimeSpan warming, TimeSpan length)
    {
        await Task.Delay(warming);
        var early = sidecar.Resident;
        await Task.Delay(length - warming);
        return new Soaked(sidecar.Cpu / sidecar.Age, early, sidecar.Resident, sidecar.Anonymous, sidecar.Peak);
    }

    private static async Task AskEveryAsync(int seconds, Sidecar sidecar, CancellationToken stop, params string[] paths)
    {
        byte[][] requests = [.. paths.Select(HttpConnection.RequestOf)];
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(seconds));
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                foreach (var request in requests)
                {
                    _ = await sidecar.AskAsync(request);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Its time is over.
        }
    }

    private static string Text(TimeSpan time) =>
        time.TotalSeconds % 60 != 0 ? $"{time.TotalSeconds:f0} s" : time.TotalMinutes == 1 ? "1 minute" : $"{time.TotalMinutes:f0} minutes";

    /// <summary>What one sidecar took: part of a core, MiB after the first minute, at the end, anonymous ones, and the most.</summary>
    private sealed record Soaked(double OfACore, double Early, double Late, double Anonymous, double Peak)
    {
        public Figure ToFigure(string what, bool isPaced) =>
            new Figure(what, $"{OfACore:p2}", $"{Early:f1} MiB", $"{Late:f1} MiB", $"{Anonymous:f1} MiB", $"{Peak:f1} MiB").Against(
                $"{(isPaced ? "under 1 % of a core, " : "")}peak ≤ {MostMebibytes} MiB, at the end ≤ {MostGrowth} MiB more",
                (!isPaced || OfACore < MostOfACore) && Peak <= MostMebibytes && Late <= Early + MostGrowth);
    }

    /// <summary>A program that people run beside their applications, with nothing to do.</summary>
    private sealed class Peer : IDisposable
    {
        private readonly Process process;

        public Peer(string program, params string[] arguments)
        {
            var start = Launcher.Prepare(program, [.. arguments, "--web.listen-address=127.0.0.1:0"]);
            start.RedirectStandardError = true;
            process = Process.Start(start) ?? throw new BenchmarkFailedException($"{program} did not start");
            process.BeginErrorReadLine();
        }

        public Figure ToFigure(TimeSpan length, string what)
        {
            process.Refresh();
            if (process.HasExited)
            {
                throw new BenchmarkFailedException($"{what}: it has ended with {process.ExitCode}");
            }

            return new Figure(
                what,
                $"{process.TotalProcessorTime / length:p2}",
                "",
                $"{process.WorkingSet64 / 1048576.0:f1} MiB",
                $"{Sidecar.AnonymousOf(process.Id):f1} MiB",
                $"{process.PeakWorkingSet64 / 1048576.0:f1} MiB");
        }

        public void Dispose()
        {
            process.Kill();
            process.Dispose();
        }
    }
}
