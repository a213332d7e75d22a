namespace DnsGate.Bench.Processes;

/// <summary>How soon <c>dnsgate serve</c> answers, and what it costs to ask it.</summary>
internal static class ServePart
{
    private const int Servers = 20;
    private const int Starts = 31;
    private const int WarmUps = 5;
    private const int Runs = 31;
    private const int Closed = 1;
    private const double SoonEnough = 0.050;

    public static async Task<Section> RunAsync(Launcher launcher)
    {
        await using var farm = await ServerFarm.StartAsync(Servers, stale: 1);
        await using var pod = await InPod.OfAsync(farm);
        string[] named = farm.GateArguments, kube = ServerFarm.ArgumentsFor("kube:kube-dns");
        List<Usage> ofNamed = [], ofKube = [];
        for (var start = -WarmUps; start < Starts; start++)
        {
            (var first, var second) = (await StartAsync(launcher, pod, named), await StartAsync(launcher, pod, kube));
            if (start >= 0)
            {
                ofNamed.Add(first);
                ofKube.Add(second);
            }
        }

        await using var sidecar = Sidecar.Start(launcher, pod, named);
        await sidecar.AnswersAsync();
        var taken = await launcher.CompareAsync(
            WarmUps,
            Runs,
            pod.Run("version", 0, launcher.Executable, "version"),
            pod.Run("probe", Closed, launcher.Executable, "probe", "ready", "--listen", $"{sidecar.At}"),
            pod.Run("check", Closed, [launcher.Executable, "check", .. named]));
        return new Section(
            "`dnsgate serve`, 20 DNS servers on loopback, one of them stale: from its start to its first answer",
            CheckPart.Columns,
            [
                ToFigure("`dnsgate serve`, servers named: the first 503 of /startupz", ofNamed),
                ToFigure("the same with `kube:`", ofKube),
                taken[0].ToFigure("`dnsgate version`"),
                taken[1].ToFigure("`dnsgate probe ready`"),
                taken[2].ToFigure("`dnsgate check` of the same 20"),
            ],
            $"Median of {Starts} starts and {Runs} runs; entering the namespace that stands for the pod is part of each. CPU and "
            + "memory of `serve` are those until "
            + "the 503 is read.");
    }

    private static async Task<Usage> StartAsync(Launcher launcher, InPod pod, string[] arguments)
    {
        await using var sidecar = Sidecar.Start(launcher, pod, arguments);
        await sidecar.AnswersAsync();
        return new Usage(sidecar.Age, sidecar.Cpu, sidecar.Peak);
    }

    private static Figure ToFigure(string what, List<Usage> starts)
    {
        Usages usages = new(starts);
        return usages.ToFigure(what).Against("median < 50 ms", usages.Wall < SoonEnough);
    }
}
