using DnsGate.Bench.Processes;

namespace DnsGate.Bench;

/// <summary>What the figures were measured on: without it they say nothing.</summary>
internal static class Machine
{
    public static async Task<string> DescribeAsync(Launcher launcher)
    {
        var model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            ?? "unknown processor";
        var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        var program = (await Launcher.ReadAsync(launcher.Executable, "version")).Trim();
        var size = new FileInfo(launcher.Executable).Length / 1048576.0;
        return $"Measured {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC on {Environment.ProcessorCount} × {model}, Linux {kernel}, load {load} (1 "
            + "min, the benchmark's own included).\n"
            + $"{program}, {size:f1} MiB; {await Launcher.FindDigAsync()}.";
    }
}
