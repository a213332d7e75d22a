namespace DnsGate.Bench.Processes;

/// <summary>One round over 1,000 DNS servers.</summary>
internal static class ManyServersPart
{
    private const int Servers = 1000;
    private const int Runs = 7;

    public static async Task<Section> RunAsync(Launcher launcher)
    {
        await using var farm = await ServerFarm.StartAsync(Servers);
        // Time enough for a machine that serves the thousand as well: this is about the pace, not about patience.
        string[] check = [launcher.Executable, "check", .. farm.GateArguments, "--timeout", "0", "--query-timeout", "2s", "-o", "none"];
        var taken = await launcher.CompareAsync(
            2,
            Runs,
            new Contender("check", 0, check),
            new Contender("check with few files", 0, ["sh", "-c", "ulimit -n 1024 && exec \"$@\"", "sh", .. check]));

        return new Section(
            "One round over 1,000 DNS servers on loopback",
            CheckPart.Columns,
            [
                ToFigure(taken[0], "`dnsgate check --timeout 0`"),
                ToFigure(taken[1], "the same with at most 1,024 open files"),
            ],
            $"Median of {Runs} runs. The thousand servers are one process on the same machine, so that part of "
            + "the wall clock time is theirs.");
    }

    private static Figure ToFigure(Usages usages, string what) =>
        usages.ToFigure(what).Against("wall clock < 2 s, peak ≤ 64 MiB", usages.Wall < 2 && usages.Peak <= 64);
}
