using System.ComponentModel;
using System.Diagnostics;

namespace DnsGate.Bench.Processes;

/// <summary>Starts programs, and has them measured from outside.</summary>
/// <param name="Executable">The dnsgate executable.</param>
/// <param name="Measure">The program that starts another one and says what it took: see measure.c.</param>
/// <param name="DnsClientCheck">
/// The check written with DnsClient: see DnsGate.Bench.DnsClient. Only <see cref="CheckPart"/> runs it.
/// </param>
internal sealed record Launcher(string Executable, string Measure, string DnsClientCheck)
{
    /// <summary>Runs a command once.</summary>
    /// <exception cref="BenchmarkFailedException">It ended otherwise than it has to.</exception>
    public async Task<Usage> MeasureAsync(Contender contender)
    {
        var fields = (await ReadAsync(Measure, contender.Command)).Split();
        if (fields is not [var code, var wall, var cpu, var peak, ..])
        {
            throw new BenchmarkFailedException($"{contender.Name} could not be started");
        }

        if (int.Parse(code) != contender.ExitCode)
        {
            throw new BenchmarkFailedException($"{contender.Name} ended with {code}, not with {contender.ExitCode}");
        }

        return new Usage(long.Parse(wall) / 1e6, long.Parse(cpu) / 1e6, long.Parse(peak) / 1024.0);
    }

    /// <summary>
    /// Runs the contenders in turn, again and again, so that what changes on the machine meanwhile changes for all of them.
    /// </summary>
    /// <param name="warmUps">Runs that do not count: files are cached, and the DNS servers' code is compiled.</param>
    /// <param name="runs">Runs that count.</param>
    /// <param name="contenders">What to run.</param>
    /// <returns>What each took.</returns>
    public async Task<Usages[]> CompareAsync(int warmUps, int runs, params Contender[] contenders)
    {
        List<Usage>[] taken = [.. contenders.Select(_ => new List<Usage>())];
        for (var run = -warmUps; run < runs; run++)
        {
            for (var i = 0; i < contenders.Length; i++)
            {
                var usage = await MeasureAsync(contenders[i]);
                if (run >= 0)
                {
                    taken[i].Add(usage);
                }
            }
        }
        return [.. taken.Select(each => new Usages(each))];
    }

    /// <summary>Runs a command and gives what it wrote to stdout.</summary>
    public static async Task<string> ReadAsync(string command, params string[] arguments)
    {
        var start = Prepare(command, arguments);
        start.RedirectStandardOutput = true;
        try
        {
            using var process = Process.Start(start) ?? throw new BenchmarkFailedException($"{command} did not start");
            var text = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return text;
        }
        catch (Win32Exception e)
        {
            throw new BenchmarkFailedException($"{command} cannot be run: {e.Message}");
        }
    }

    /// <summary>How to start a command: without what the caller's shell has set for a gate, which is not to be measured.</summary>
    public static ProcessStartInfo Prepare(string command, params string[] arguments)
    {
        ProcessStartInfo start = new(command, arguments);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("DNSGATE_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        // No packet leaves the machine of a benchmark.
        start.Environment["DNSGATE_INTERCEPTION_CHECK"] = "off";

        return start;
    }

    /// <summary>The version of dig.</summary>
    public static async Task<string> FindDigAsync() => (await ReadAsync("sh", "-c", "dig -v 2>&1")).Trim();
}

/// <summary>A command to measure.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="ExitCode">How it has to end.</param>
/// <param name="Command">The program and its arguments.</param>
internal sealed record Contender(string Name, int ExitCode, params string[] Command);
