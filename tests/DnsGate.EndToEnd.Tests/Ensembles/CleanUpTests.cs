namespace DnsGate.EndToEnd.Tests.Ensembles;

/// <summary>
/// Nothing of an ensemble outlives the process that started it. Two such processes do not meet either: all the tests of
/// ensembles use the same addresses and names at the same time, each in namespaces of its own.
/// </summary>
public sealed class CleanUpTests
{
    [Fact]
    public async Task Killed_at_once_in_the_middle_of_a_trial_it_leaves_no_process_behind()
    {
        await Ensemble.IsNeededAsync();
        using TemporaryDirectory directory = new();
        var program = Path.Combine(
            AppContext.BaseDirectory.Replace("tests/DnsGate.EndToEnd.Tests", "tools/DnsGate.Prove", StringComparison.Ordinal),
            "DnsGate.Prove.dll");
        string[] trial = ["exec", program, directory.Path, "trials=1", "parallel=1", "only=run"];
        // All that is started names a file of this directory in its command line, or is a child of such a process.
        Dictionary<string, string> environment = new() { ["TMPDIR"] = directory.Path, ["DNSGATE_EXECUTABLE"] = Executable.Path };
        await using var prove = Child.Start(Environment.ProcessPath!, trial, environment);
        // The gate waits where the third member was.
        await Eventually.HoldsAsync(
            () => prove.HasExited || Runs("java", directory) == 2 && Runs("dnsgate", directory) == 1,
            () => $"{prove.Stdout} {prove.Stderr} {string.Join('\n', Commands(directory))}");
        Assert.False(prove.HasExited, prove.Stderr);

        prove.Signal(Child.SigKill);

        await Eventually.HoldsAsync(() => Runs("", directory) == 0, () => string.Join('\n', Commands(directory)));
    }

    private static int Runs(string program, TemporaryDirectory directory) =>
        Commands(directory).Count(command => Path.GetFileName(command.Split('\0')[0]).StartsWith(program, StringComparison.Ordinal));

    private static IEnumerable<string> Commands(TemporaryDirectory directory) =>
        Directory.EnumerateDirectories("/proc")
            .Select(ReadCommand)
            .Where(command => command.Contains(directory.Path, StringComparison.Ordinal));

    private static string ReadCommand(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            // No process, or one that has just ended.
            return "";
        }
    }
}
