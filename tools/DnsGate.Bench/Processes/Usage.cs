namespace DnsGate.Bench.Processes;

/// <summary>What one run of a command took, the children that it waited for included.</summary>
/// <param name="Wall">Seconds from start to exit.</param>
/// <param name="Cpu">Seconds of processor time, user and system.</param>
/// <param name="Peak">Peak memory (resident set) in MiB, of the largest process.</param>
internal sealed record Usage(double Wall, double Cpu, double Peak);

/// <summary>Several runs of a command.</summary>
internal sealed class Usages(IReadOnlyList<Usage> runs)
{
    public double Wall { get; } = Median(runs.Select(run => run.Wall));

    public double Cpu { get; } = Median(runs.Select(run => run.Cpu));

    /// <summary>The most of any run: a limit is not kept on average.</summary>
    public double Peak { get; } = runs.Max(run => run.Peak);

    private double Slowest { get; } = runs.Max(run => run.Wall);

    /// <summary>A line of a table: median and slowest wall clock time, CPU time, peak memory.</summary>
    public Figure ToFigure(string what) => new(what, Time(Wall), Time(Slowest), Time(Cpu), $"{Peak:f1} MiB");

    private static string Time(double seconds) => seconds < 1 ? $"{seconds * 1000:f1} ms" : $"{seconds:f2} s";

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
