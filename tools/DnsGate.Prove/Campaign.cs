namespace DnsGate.Prove;

/// <summary>All trials, several at a time, each in namespaces of its own.</summary>
internal sealed class Campaign(Plan plan)
{
    private readonly Lock guard = new();
    private readonly List<Row> rows = [];
    private int failed;

    /// <summary>The trials that could not be carried out: nothing is known of them.</summary>
    public int Failed => failed;

    /// <summary>Runs them all; writes each row to the file as soon as it is there.</summary>
    public async Task<IReadOnlyList<Row>> RunAsync(CancellationToken stop)
    {
        // Number by number, not variant by variant: whatever else the machine does meets all of them alike.
        Trial[] trials =
        [
            .. Enumerable.Range(0, plan.Trials).SelectMany(number => plan.Variants
                .Where(variant => number % variant.OneOf == 0)
                .Select(variant => new Trial(variant, number / variant.OneOf, plan.Seed))),
        ];
        Console.WriteLine($"{trials.Length} trials, {plan.Parallel} at a time");
        await File.WriteAllTextAsync(plan.RowsFile, Row.Header + "\n", stop);
        await Parallel.ForEachAsync(trials, new ParallelOptions { MaxDegreeOfParallelism = plan.Parallel, CancellationToken = stop },
            async (trial, token) => await RunAsync(trial, trials.Length, token));
        stop.ThrowIfCancellationRequested();
        return [.. rows.OrderBy(row => row.Trial.Number)];
    }

    private async Task RunAsync(Trial trial, int of, CancellationToken stop)
    {
        try
        {
            var row = await trial.RunAsync(stop);
            lock (guard)
            {
                rows.Add(row);
                File.AppendAllText(plan.RowsFile, $"{row}\n");
                Console.WriteLine($"{rows.Count,4} of {of}  {trial.Variant.Key,-14} {row.Rejoin}");
            }
        }
#pragma warning disable CA1031 // Whatever ends one trial is told, and the others go on: it is in no row, and the run has failed.
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // A terminal tells its pods and DNS servers to stop at the same time.
        }
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interlocked.Increment(ref failed);
            Console.Error.WriteLine($"{trial.Variant.Key} {trial.Number} could not be carried out: {e}");
        }
    }
}
