namespace DnsGate.Bench.Processes;

/// <summary>What finding the DNS servers adds to a <c>check</c> of five of them.</summary>
internal static class DiscoveryPart
{
    private const int Servers = 5;
    private const int WarmUps = 5;
    private const int Runs = 31;
    private const double MostAdded = 0.015;
    private const int MostMebibytes = 20;

    public static async Task<Section> RunAsync(Launcher launcher)
    {
        await using var farm = await ServerFarm.StartAsync(Servers);
        await using var pod = await InPod.OfAsync(farm);
        Contender Check(string name, string[] arguments) => pod.Run(name, 0, [launcher.Executable, "check", .. arguments]);
        var seed = $"{farm.Addresses[0]}:{farm.Port}";
        var taken = await launcher.CompareAsync(
            WarmUps,
            Runs,
            Check("static", farm.GateArguments),
            Check("headless", ServerFarm.ArgumentsFor($"headless:{ServerFarm.Service},{seed}")),
            Check("kube", ServerFarm.ArgumentsFor("kube:kube-dns")),
            Check("auto", ServerFarm.ArgumentsFor("auto")));
        var size = new FileInfo(launcher.Executable).Length / 1048576.0;
        return new Section(
            "Finding five DNS servers on loopback",
            CheckPart.Columns,
            [
                taken[0].ToFigure("`dnsgate check`, servers named"),
                Against(taken[1], taken[0], "the same with `headless:`, asked at one and then at all of them"),
                Against(taken[2], taken[0], "the same with `kube:`, over TLS"),
                Against(taken[3], taken[0], "the same with `auto`, which finds `kube:`"),
                new Figure("the executable", "", "", "", $"{size:f1} MiB on disk")
                    .Against($"at most {MostMebibytes} MiB", size <= MostMebibytes),
            ],
            $"Median of {Runs} runs, the commands in turn; entering the namespace that stands for the pod is part of each.");
    }

    private static Figure Against(Usages usages, Usages without, string what) =>
        usages.ToFigure(what).Against(
            $"at most {MostAdded * 1000:f0} ms more: {(usages.Wall - without.Wall) * 1000:f1} ms", usages.Wall - without.Wall <= MostAdded);
}
