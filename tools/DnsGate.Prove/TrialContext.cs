using System.Globalization;

namespace DnsGate.Prove;

/// <summary>What the figures were measured with.</summary>
internal sealed record TrialContext(string Gate, string ZooKeeper, string Java, string Processor)
{
    public static async Task<TrialContext> ReadAsync()
    {
        var gate = await Child.RunAsync(Executable.Path, ["version"]);
        var java = await Child.RunAsync("java", ["-version"]);
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return new TrialContext(gate.Stdout.Split('\n')[0], await ZooKeeperProgram.VersionAsync(),
            java.Stderr.Split('\n')[0], processor?.Split(':', 2)[1].Trim() ?? "an unknown processor");
    }

    /// <summary>All of it, with the day, as a sentence below the table.</summary>
    public string Sentence(Plan plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTime.UtcNow:yyyy-MM-dd}, {Gate}; ZooKeeper {ZooKeeper}, {Java}; {Environment.ProcessorCount} cores ({Processor}), "
        + $"{plan.Parallel} trials at a time, seed {plan.Seed}.");
}
