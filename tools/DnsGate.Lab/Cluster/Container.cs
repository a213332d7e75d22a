namespace DnsGate.Lab.Cluster;

/// <summary>One container of a pod, started again when it ends, as the kubelet does with <c>restartPolicy: Always</c>.</summary>
internal sealed class Container(Sandbox sandbox, IReadOnlyList<string> command) : IAsyncDisposable
{
    // kubelet: the first restart at once, then 10 s, 20 s, 40 s … after the last end; nothing here lives for the 5 min of its limit.
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(10);

    private readonly List<Child> runs = [];
    private readonly Lock guard = new();

    /// <summary>How often it was started again.</summary>
    public int Restarts => Math.Max(0, Runs.Length - 1);

    /// <summary>What its runs wrote to stderr.</summary>
    public string Log => string.Join("\n--- restarted ---\n", Runs.Select(run => run.Stderr));

    /// <summary>The first and the last lines of what each wrote.</summary>
    public string Excerpt => string.Join("\n--- restarted ---\n", Runs.Select(run => ExcerptOf(run.Stderr.Split('\n'))));

    /// <summary>The exit codes of the runs that have ended.</summary>
    public int[] ExitCodes => [.. Runs.Where(run => run.HasExited).Select(run => run.ExitCode)];

    /// <summary>The process of the command, as it is known outside; null while there is none.</summary>
    public int? ProcessId => Runs is [.., { HasExited: false } last] ? last.ChildId : null;

    /// <summary>The name of the program that this process is now; a wrapper becomes its application.</summary>
    public string? Program => ProcessId is int id ? NameOf(id) : null;

    private Child[] Runs
    {
        get
        {
            lock (guard)
            {
                return [.. runs];
            }
        }
    }

    /// <summary>Runs it for ever.</summary>
    public Task RunAsync(CancellationToken stop) => RunUntilAsync(_ => false, stop);

    /// <summary>Runs it until it ends with 0.</summary>
    public Task CompleteAsync(CancellationToken stop) => RunUntilAsync(exitCode => exitCode == 0, stop);

    /// <summary>Sends a signal to the command's process.</summary>
    public void Signal(int signal)
    {
        if (ProcessId is int id)
        {
            _ = Child.Kill(id, signal);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var run in Runs)
        {
            await run.DisposeAsync();
        }
    }

    private async Task RunUntilAsync(Func<int, bool> isDone, CancellationToken stop)
    {
        for (var backOff = TimeSpan.Zero; !isDone(await RunOnceAsync(stop));
            backOff = backOff == TimeSpan.Zero ? FirstBackOff : 2 * backOff)
        {
            await Task.Delay(backOff, stop);
        }
    }

    private async Task<int> RunOnceAsync(CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var run = sandbox.Start(command);
        lock (guard)
        {
            runs.Add(run);
        }

        await run.WaitAsync(stop);
        return run.ExitCode;
    }

    private static string ExcerptOf(string[] lines) =>
        string.Join('\n', lines.Length <= 60 ? lines : [.. lines[..20], "…", .. lines[^40..]]);

    private static string? NameOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").TrimEnd('\n');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
