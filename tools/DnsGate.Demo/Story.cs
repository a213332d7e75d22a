using DnsGate.TestKit;

namespace DnsGate.Demo;

/// <summary>Tells the story, runs it, and says whether it went as told.</summary>
internal sealed class Story(Scene scene, Gate gate)
{
    private const string Settle = "3s";

    // From the last server's turn to the opening: the settle time, and one round and the start of processes on a slow machine.
    private static readonly TimeSpan OpensWithin = TimeSpan.FromSeconds(8);

    private LoopbackNameServer Stale => scene.Servers[^1];

    /// <summary>True when the gate was closed while one server was stale, and opened soon after it turned right.</summary>
    public async Task<bool> TellAsync(CancellationToken cancellation)
    {
        await IntroduceAsync();
        await AskOneServerAsync();

        Console.WriteLine("\nDnsGate asks every one of them:\n");
        var checkCode = await gate.CheckAsync(cancellation);
        Console.WriteLine($"  (exit code {checkCode}: {(checkCode == 1 ? "closed" : "closed would be 1")})");

        Console.WriteLine("\nAs the entrypoint of the container it holds ZooKeeper back, and becomes it:\n");
        var started = scene.Now;
        var turning = WatchStaleServerAsync(cancellation);
        var runCode = await gate.RunAsync(
            Settle,
            "echo \"ZooKeeper would start now, pid $$\"",
            pid => Console.WriteLine($"  (dnsgate is pid {pid})"),
            cancellation);
        var opened = scene.Now;
        var heldLongEnough = turning.IsCompletedSuccessfully;
        var turned = await turning;
        return Conclude(checkCode, runCode, heldLongEnough, opened - started, turned, opened);
    }

    private async Task IntroduceAsync()
    {
        Console.WriteLine(
            $"""

            Pod {Scene.PodName} was just recreated:
            its address was {Scene.OldAddress}, now it is {Scene.PodAddress}. Its peers may ask any of three DNS servers (CoreDNS with caches,
            simulated on loopback; everything else here is real):

            """);
        foreach (var server in scene.Servers)
        {
            (var address, var ttl) = await Scene.AskAsync(server);
            var note = address == Scene.OldAddress ? $"old, from its cache for another {ttl} s" : "right";
            Console.WriteLine($"  {server.Address,-18} A {address,-12} {note}");
        }
    }

    private async Task AskOneServerAsync()
    {
        (var address, _) = await Scene.AskAsync(scene.Servers[0]);
        Console.WriteLine(
            $"""

            A check that asks one DNS server once (dig +short, getent, nslookup in a loop) asks {scene.Servers[0].Endpoint.Address}, gets
            {address} and reports "open" at t={scene.Now.TotalSeconds:f1}s, while one lookup in three still returns the old address.
            """);
    }

    /// <summary>Shows the old address expire as an application would see it; gives the time when the server turned right.</summary>
    private async Task<TimeSpan> WatchStaleServerAsync(CancellationToken cancellation)
    {
        using PeriodicTimer ticks = new(TimeSpan.FromMilliseconds(100));
        var shown = uint.MaxValue;
        while (await ticks.WaitForNextTickAsync(cancellation))
        {
            (var address, var ttl) = await Scene.AskAsync(Stale);
            if (address == Scene.PodAddress)
            {
                Console.WriteLine($"  t={scene.Now.TotalSeconds:f1}s  {Stale.Address} now returns the new address: A {address}");
                break;
            }
            if (ttl % 2 == 0 && ttl < shown)
            {
                shown = ttl;
                Console.WriteLine($"  t={scene.Now.TotalSeconds:f1}s  {Stale.Address} still answers A {address}, TTL {ttl}");
            }
        }
        return scene.Now;
    }

    private bool Conclude(int checkCode, int runCode, bool heldLongEnough, TimeSpan held, TimeSpan turned, TimeSpan opened)
    {
        List<string> wrong = [];
        if (checkCode != 1)
        {
            wrong.Add($"`check` ended with {checkCode} while a server was stale; expected 1");
        }

        if (runCode != 0)
        {
            wrong.Add($"`run` ended with {runCode}; expected 0");
        }

        if (!heldLongEnough)
        {
            wrong.Add("the gate opened while a server was stale");
        }
        else if (opened - turned > OpensWithin)
        {
            wrong.Add($"the gate opened only {(opened - turned).TotalSeconds:f1} s after the last server was right");
        }

        if (wrong.Count > 0)
        {
            Console.WriteLine($"\nThis did not go as told: {string.Join("; ", wrong)}.");
            return false;
        }
        Console.WriteLine(
            $"\n{Stale.Endpoint.Address} was stale for {turned.TotalSeconds:f1} s; the gate held the start for "
            + $"{held.TotalSeconds:f1} s and opened "
            + $"{(opened - turned).TotalSeconds:f1} s after the last server was right (--settle {Settle}).\n");
        return true;
    }
}
