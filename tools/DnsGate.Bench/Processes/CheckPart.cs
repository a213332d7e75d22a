using static DnsGate.Bench.Processes.ServerFarm;

namespace DnsGate.Bench.Processes;

/// <summary><c>dnsgate check</c> of five servers, beside what people use instead.</summary>
internal static class CheckPart
{
    private const int Servers = 5;
    private const int WarmUps = 10;
    private const int Runs = 31;
    private const int SlowRuns = 11;

    public static readonly string[] Columns =
        ["", "wall clock", "10th to 90th percentile", "CPU", "10th to 90th percentile", "peak memory"];

    // What is found in entrypoint scripts: each server, each question, and a comparison of strings.
    private const string Loop =
        """
        port=$1 name=$2 ip=$3
        shift 3
        for server; do
          [ "$(dig +short -p "$port" "@$server" "$name" A)" = "$ip" ] || exit 1
          [ "$(dig +short -p "$port" -x "$ip" "@$server")" = "$name." ] || exit 1
        done
        """;

    // What DnsClientTests shows.
    private const string DnsClientFaults =
        """
        (c) asks each server three questions as an application does, and retries once. What it gets wrong, with DnsClient 1.8.0
        ([decisions/dns-messages.md](decisions/dns-messages.md) names the tests):

        - It cannot set the CD bit. An early NXDOMAIN stays in the cache that applications read.
        - It believes datagrams that are not replies to its question: QR=0, another opcode, another name or type in the
          question, no question, or another source port.
        - It ends an attempt when a datagram with another id arrives before the reply.
        - It accepts an address of another name, and reads a CNAME loop as a name without addresses.
        - It reports a refused port or a broken TCP connection as a timeout, and waits its whole timeout at a refused port.
        - It does not ask again without EDNS when a server answers FORMERR.
        """;

    public static async Task<Section> RunAsync(Launcher launcher)
    {
        Usages nothing, version, check, loop, dig, dnsClient;
        await using (var farm = await StartAsync(Servers))
        {
            await VerifyDigAsync(farm);
            var taken = await launcher.CompareAsync(
                WarmUps, Runs, new Contender("true", 0, "true"), new Contender("version", 0, launcher.Executable, "version"),
                Check(launcher, farm), ShellLoop(farm), OneDig(farm), WithDnsClient(launcher, farm));
            (nothing, version, check, loop, dig, dnsClient) = (taken[0], taken[1], taken[2], taken[3], taken[4], taken[5]);
        }

        Usages slowCheck, slowLoop, slowDig, slowDnsClient;
        await using (var farm = await StartAsync(Servers, TimeSpan.FromMilliseconds(20)))
        {
            var taken = await launcher.CompareAsync(
                3, SlowRuns, Check(launcher, farm), ShellLoop(farm), OneDig(farm), WithDnsClient(launcher, farm));
            (slowCheck, slowLoop, slowDig, slowDnsClient) = (taken[0], taken[1], taken[2], taken[3]);
        }

        return new Section(
            "`dnsgate check`, five DNS servers on loopback",
            Columns,
            [
                nothing.ToFigure("a process that does nothing (`true`)"),
                version.ToFigure("`dnsgate version`").Against("CPU ≤ 3 times that of `true`", version.Cpu <= 3 * nothing.Cpu),
                check.ToFigure("`dnsgate check`")
                    .Against("wall clock < 12 ms, peak ≤ 16 MiB", check.Wall < 0.012 && check.Peak <= 16),
                loop.ToFigure("(a) shell loop of ten `dig +short`"),
                dig.ToFigure("(b) one `dig` with the 15 questions"),
                dnsClient.ToFigure("(c) a native check written with DnsClient, the 15 questions at once"),
                new Figure("check : (a)", Share(check.Wall / loop.Wall), "", Share(check.Cpu / loop.Cpu), "", "")
                    .Against("wall clock ≤ 1/30", loop.Wall >= 30 * check.Wall),
                new Figure("check : (b)", Share(check.Wall / dig.Wall), "", Share(check.Cpu / dig.Cpu), "", "")
                    .Against("CPU ≤ 0.33", check.Cpu <= 0.33 * dig.Cpu),
                new Figure("check : (c)", Share(check.Wall / dnsClient.Wall), "", Share(check.Cpu / dnsClient.Cpu), "", "")
                    .Against("CPU ≤ 1.05", check.Cpu <= 1.05 * dnsClient.Cpu),
                slowCheck.ToFigure("`dnsgate check`, each reply 20 ms late").Against("wall clock < 120 ms", slowCheck.Wall < 0.120),
                slowLoop.ToFigure("(a), each reply 20 ms late"),
                slowDig.ToFigure("(b), each reply 20 ms late"),
                slowDnsClient.ToFigure("(c), each reply 20 ms late"),
            ],
            $"Median of {Runs} runs ({SlowRuns} with late replies), the commands in turn; peak memory is the highest of them. "
            + "`check` asks six questions of each "
            + "server in three round trips (its forward and reverse answers, each from a private cache partition and as an "
            + "application), dig three.\n\n"
            + DnsClientFaults);
    }

    private static Contender Check(Launcher launcher, ServerFarm farm) =>
        new("check", 0, [launcher.Executable, "check", .. farm.GateArguments]);

    private static Contender ShellLoop(ServerFarm farm) =>
        new("loop", 0, ["sh", "-c", Loop, "sh", farm.Port, PodName, PodAddress, .. farm.Addresses]);

    private static Contender OneDig(ServerFarm farm) => new("dig", 0, ["dig", .. Questions(farm)]);

    private static Contender WithDnsClient(Launcher launcher, ServerFarm farm) =>
        new("DnsClient", 0, [launcher.DnsClientCheck, farm.Port, PodName, PodAddress, .. farm.Addresses]);

    private static string[] Questions(ServerFarm farm) =>
        ["-p", farm.Port, .. farm.Addresses.SelectMany(IEnumerable<string> (address) =>
            [$"@{address}", PodName, "A", "+short", $"@{address}", PodName, "AAAA", "+short", $"@{address}", "-x", PodAddress, "+short"])];

    // dig exits with 0 whatever the answers are: what it says is looked at once.
    private static async Task VerifyDigAsync(ServerFarm farm)
    {
        var answers = await Launcher.ReadAsync("dig", Questions(farm));
        var expected = string.Concat(Enumerable.Repeat($"{PodAddress}\n{PodName}.\n", farm.Addresses.Length));
        if (answers != expected)
        {
            throw new BenchmarkFailedException($"dig says \"{answers.ReplaceLineEndings(" ")}\"");
        }
    }

    private static string Share(double ratio) => $"{ratio:f3}";
}
