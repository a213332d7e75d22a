using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace DnsGate.Bench.Wire;

/// <summary>The figures of <see cref="WireBenchmarks"/>.</summary>
internal static class WirePart
{
    private const string Artifacts = "artifacts/benchmarkdotnet";

    public static Section Run()
    {
        // BenchmarkDotNet refuses to run from below the directory for temporary files, where a clone may well be.
        Environment.SetEnvironmentVariable("TMPDIR", Path.GetFullPath(Artifacts));
        // In this process and briefly: the size of each figure is of interest, not its fourth digit.
        var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance).WithIterationTime(TimeInterval.FromMilliseconds(200));
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddLogger(NullLogger.Instance)
            .WithArtifactsPath(Artifacts);
        var summary = BenchmarkRunner.Run<WireBenchmarks>(config);
        if (summary.Reports.IsEmpty || summary.Reports.Any(report => !report.Success))
        {
            throw new BenchmarkFailedException(
                $"BenchmarkDotNet: {string.Join("; ", summary.ValidationErrors.Select(error => error.Message))}");
        }

        return new Section(
            "DNS messages",
            ["", "time", "allocated"],
            [.. summary.Reports.Select(ToFigure)],
            $"BenchmarkDotNet, compiled just in time ({Environment.Version}); the names are those of a pod in Kubernetes. Allocated are "
            + "the values returned, nothing else.");
    }

    private static Figure ToFigure(BenchmarkReport report)
    {
        var nanoseconds = report.ResultStatistics!.Mean;
        var bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
        return new Figure(report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\''),
            nanoseconds < 1e5 ? $"{nanoseconds:f0} ns" : $"{nanoseconds / 1e6:f1} ms", $"{bytes} B");
    }
}
