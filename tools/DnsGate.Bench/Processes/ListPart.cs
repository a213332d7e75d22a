using System.Diagnostics;
using System.Net;
using DnsGate.Core.Options;
using DnsGate.Discovery.Kube;
using DnsGate.TestKit;

namespace DnsGate.Bench.Processes;

/// <summary>
/// What 1,000 waiting pods ask of the API server, and how long after a change of the list their gates know of it. The
/// pods are sources of the product in this process, each asked for its list once a second, as the loop does while it
/// waits; the API server is the one of the tests.
/// </summary>
internal static class ListPart
{
    private const int Pods = 1000;
    private const int Changes = 5;
    private static readonly TimeSpan Starting = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("LIST") is { Length: > 0 } seconds ? seconds : "60"));
    private static readonly TimeSpan BetweenChanges = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Spreading = TimeSpan.FromMinutes(1);
    private static readonly string[] Servers = ["10.244.0.5", "10.244.0.6"];

    public static async Task<Section> RunAsync(Launcher launcher)
    {
        var account = Directory.CreateTempSubdirectory("dnsgate-bench-").FullName;
        await using KubeApiServer api = new();
        using CountingRelay relay = new(api.Endpoint);
        KubeCredentials.For(api, account);
        Publish(api, Servers);
        KubeAccess access = new(relay.Endpoint.Address.ToString(), $"{relay.Endpoint.Port}", account);
        using CancellationTokenSource stop = new();
        List<WaitingPod> pods = [];

        var zero = Counted.Now(api, relay);
        for (var number = 0; number < Pods; number++)
        {
            pods.Add(new WaitingPod(access, stop.Token));
            await Task.Delay(Starting / Pods);
        }
        await Task.WhenAll(pods.Select(pod => pod.KnowsAsync(Servers.Length)));
        var started = Counted.Now(api, relay);
        await Task.Delay(TimeSpan.FromSeconds(5));

        var young = await Counted.DuringAsync(Measured, api, relay);
        var early = await ChangeAsync(api, pods);

        // As if all had waited for ten minutes, one after the other, and a minute more until all lists are held for a minute.
        foreach (var pod in pods)
        {
            pod.Age(Long);
            await Task.Delay(Spreading / Pods);
        }
        await Task.Delay(Spreading);
        var old = await Counted.DuringAsync(Measured, api, relay);
        var late = await ChangeAsync(api, pods);

        await stop.CancelAsync();
        foreach (var pod in pods)
        {
            await pod.DisposeAsync();
        }

        Directory.Delete(account, recursive: true);
        return new Section(
            "1,000 waiting pods at one API server",
            ["", "requests a second", "KiB a second", "connections", "half of the gates know of a change", "99 %", "all"],
            [
                (started - zero).ToFigure($"they start, within {(started.At - zero.At).TotalSeconds:f0} s", []),
                young.ToFigure($"they wait, for {Measured.TotalSeconds:f0} s", early),
                old.ToFigure($"they have waited for {Long.TotalMinutes:f0} minutes, for {Measured.TotalSeconds:f0} s", late),
            ],
            "The pods are 1,000 sources of the product in one process, each asked for its list once a second as the loop does; the API "
            + "server is that of the tests, in the same process. "
            + "KiB are those of TCP in both directions, TLS included; the list has two servers.");
    }

    /// <summary>Changes the list some times; how many seconds later each of the gates knew it, sorted.</summary>
    private static async Task<double[]> ChangeAsync(KubeApiServer api, List<WaitingPod> pods)
    {
        List<double> delays = [];
        for (var change = 1; change <= Changes; change++)
        {
            var count = Servers.Length + (change % 2);
            var at = Stopwatch.GetTimestamp();
            Publish(api, count == Servers.Length ? Servers : [.. Servers, "10.244.0.7"]);
            var known = await Task.WhenAll(pods.Select(pod => pod.KnowsAsync(count)));
            delays.AddRange(known.Select(when => (when - Stopwatch.GetElapsedTime(0, at)).TotalSeconds));
            await Task.Delay(BetweenChanges * Random.Shared.NextDouble());
        }

        return [.. delays.Order()];
    }

    private static void Publish(KubeApiServer api, string[] servers) => api.Slices.Set(EndpointSliceSpec.ForDns("kube-dns-1", 53, servers));

    /// <summary>What the API server has been asked until some moment.</summary>
    private sealed record Counted(TimeSpan At, long Requests, long Bytes, long Connections)
    {
        public static Counted Now(KubeApiServer api, CountingRelay relay) =>
            new(Stopwatch.GetElapsedTime(0), api.Requests.Count, relay.Bytes, relay.Connections);

        public static Counted operator -(Counted end, Counted begin) =>
            new(end.At - begin.At, end.Requests - begin.Requests, end.Bytes - begin.Bytes, end.Connections - begin.Connections);

        public static async Task<Counted> DuringAsync(TimeSpan time, KubeApiServer api, CountingRelay relay)
        {
            var begun = Now(api, relay);
            await Task.Delay(time);
            return Now(api, relay) - begun;
        }

        public Figure ToFigure(string what, double[] delays)
        {
            string After(double part) => delays.Length == 0 ? "" : $"{delays[(int)((delays.Length - 1) * part)]:f1} s";
            return new(what, $"{Requests / At.TotalSeconds:f1}", $"{Bytes / 1024.0 / At.TotalSeconds:f1}",
                $"{Connections} new", After(0.5), After(0.99), After(1));
        }
    }

    /// <summary>The system's clock, ahead of it.</summary>
    private sealed class AheadTime : TimeProvider
    {
        private long ticks;

        public TimeSpan Ahead
        {
            set => Interlocked.Exchange(ref ticks, (long)(value.TotalSeconds * TimestampFrequency));
        }

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref ticks);
    }

    /// <summary>A gate that waits, as far as the API server is concerned.</summary>
    private sealed class WaitingPod : IAsyncDisposable
    {
        private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

        private readonly AheadTime time = new();
        private readonly KubeSource source;
        private readonly Task waiting;
        private volatile int known;
        private TimeSpan knownAt;

        public WaitingPod(KubeAccess access, CancellationToken stop)
        {
            source = new KubeSource(() => [new ServerSource.Kube("kube-system", "kube-dns")], access,
                [IPAddress.Parse("10.244.1.7")], TimeSpan.FromSeconds(5), hasNext: false, time);
            waiting = WaitAsync(stop);
        }

        /// <summary>From now on it has waited for so much longer.</summary>
        public void Age(TimeSpan by) => time.Ahead = by;

        /// <summary>When it knew so many servers.</summary>
        public async Task<TimeSpan> KnowsAsync(int servers)
        {
            while (known != servers)
            {
                if (waiting.IsFaulted)
                {
                    await waiting;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
            return knownAt;
        }

        public async ValueTask DisposeAsync()
        {
            await waiting;
            source.Dispose();
        }

        private async Task WaitAsync(CancellationToken stop)
        {
            await Task.Yield();
            using PeriodicTimer timer = new(Tick);
            try
            {
                do
                {
                    var list = await source.ListAsync(forceRefresh: false, stop);
                    if (list.Problem is { } problem)
                    {
                        throw new BenchmarkFailedException(problem.Message);
                    }

                    if (list.LastGood.Length != known)
                    {
                        (knownAt, known) = (Stopwatch.GetElapsedTime(0), list.LastGood.Length);
                    }
                }
                while (await timer.WaitForNextTickAsync(stop));
            }
            catch (OperationCanceledException)
            {
                // Its time is over.
            }
        }
    }
}
