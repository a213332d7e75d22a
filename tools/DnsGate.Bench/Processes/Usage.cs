namespace DnsGate.Bench.Processes;

/// <summary>What one run of a command took, the children that it waited for included.</summary>
/// <param name="Wall">Seconds from start to exit.</param>
/// <param name="Cpu">Seconds of processor time, user and system.</param>
/// <param name="Peak">Peak memory (resident set) in MiB, of the largest process.</param>
internal sealed record Usage(double Wall, double Cpu, double Peak);

/// <summary>Several runs of a command.</summary>
internal sealed class Usages(IReadOnlyList<Usage> runs)
{
    private readonly double[] wall = [.. runs.Select(run => run.Wall).Order()];
    private readonly double[] cpu = [.. runs.Select(run => run.Cpu).Order()];

    public double Wall => At(wall, 0.5);

    public double Cpu => At(cpu, 0.5);

    /// <summary>The most of any run: a limit is not kept on average.</summary>
    public double Peak { get; } = runs.Max(run => run.Peak);

    /// <summary>A line of a table: median, 10th and 90th percentile of wall clock time and of CPU time, and peak memory.</summary>
    public Figure ToFigure(string what) => new(what, Time(Wall), Spread(wall), Time(Cpu), Spread(cpu), $"{Peak:f1} MiB");

    private static string Spread(double[] sorted) => $"{Time(At(sorted, 0.1))} to {Time(At(sorted, 0.9))}";

    private static string Time(double seconds) => seconds < 1 ? $"{seconds * 1000:f1} ms" : $"{seconds:f2} s";

    private static double At(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var (low, high) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
        return low + ((high - low) * (place - Math.Floor(place)));
    }
}
