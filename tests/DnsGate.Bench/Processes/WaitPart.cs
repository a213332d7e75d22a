namespace DnsGate.Bench.Processes;

/// <summary><c>dnsgate wait</c> that goes on waiting: twenty servers, one of them stale.</summary>
internal static class WaitPart
{
    private const int Servers = 20;
    private const int TimedOut = 124;

    public static async Task<Section> RunAsync(Launcher launcher)
    {
        await using ServerFarm farm = await ServerFarm.StartAsync(Servers, stale: 1);
        Usage usage = await launcher.MeasureAsync(new Contender("wait", TimedOut, [launcher.Executable, "wait", .. farm.GateArguments, "--timeout", "20s"]));
        return new Section(
            "`dnsgate wait` at a closed gate, 20 name servers, one of them stale",
            ["", "wall clock", "CPU", "of a core", "peak memory"],
            [new Figure("`dnsgate wait --timeout 20s`", $"{usage.Wall:f2} s", $"{usage.Cpu * 1000:f1} ms", $"{usage.Cpu / usage.Wall:p2}", $"{usage.Peak:f1} MiB")],
            "One run, its start included.");
    }
}
