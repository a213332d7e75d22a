namespace DnsGate.Bench.Processes;

/// <summary><c>dnsgate wait</c> that goes on waiting: twenty servers, one of them stale.</summary>
internal static class WaitPart
{
    private const int Servers = 20;
    private const int TimedOut = 124;
    private const double MostOfACore = 0.01;
    private const int MostMebibytes = 24;

    public static async Task<Section> RunAsync(Launcher launcher)
    {
        await using var farm = await ServerFarm.StartAsync(Servers, stale: 1);
        await using var pod = await InPod.OfAsync(farm);
        Contender Wait(string name, string[] arguments) =>
            pod.Run(name, TimedOut, [launcher.Executable, "wait", .. arguments, "--timeout", "60s"]);
        return new Section(
            "`dnsgate wait` at a closed gate, 20 DNS servers, one of them stale",
            ["", "wall clock", "CPU", "of a core", "peak memory"],
            [
                ToFigure("`dnsgate wait --timeout 60s`, servers named", await launcher.MeasureAsync(Wait("static", farm.GateArguments))),
                ToFigure("the same with `kube:`", await launcher.MeasureAsync(Wait("kube", ServerFarm.ArgumentsFor("kube:kube-dns")))),
            ],
            "One run each, its start included.");
    }

    private static Figure ToFigure(string what, Usage usage) =>
        new Figure(what, $"{usage.Wall:f2} s", $"{usage.Cpu * 1000:f1} ms", $"{usage.Cpu / usage.Wall:p2}", $"{usage.Peak:f1} MiB")
            .Against("under 1 % of a core, under 24 MiB", usage.Cpu / usage.Wall < MostOfACore && usage.Peak < MostMebibytes);
}
