using System.Runtime.InteropServices;
using DnsGate.Prove;
using Xunit.Sdk;

if (Plan.Read(args) is not { } plan)
{
    Console.Error.WriteLine(Plan.Usage);
    Console.Error.WriteLine($"KEY is one of {string.Join(", ", Variant.All.Select(variant => variant.Key))}");
    return 2;
}

try
{
    await Ensemble.IsNeededAsync();
}
catch (SkipException e)
{
    // Before the words stands a mark for xunit, $…$: there what this machine lacks is a skipped test. Here nothing goes on without it.
    Console.Error.WriteLine(e.Message[(e.Message.LastIndexOf('$') + 1)..]);
    return 2;
}

using CancellationTokenSource stop = new();
// Not the default action: the trials that run are to clean up.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

try
{
    Directory.CreateDirectory(plan.Directory);
    var surroundings = await TrialContext.ReadAsync();
    Campaign campaign = new(plan);
    var rows = await campaign.RunAsync(stop.Token);
    if (campaign.Failed > 0)
    {
        Console.WriteLine($"\nmissed: {campaign.Failed} of {rows.Count + campaign.Failed} trials could not be carried out");
    }

    if (rows.Count == 0)
    {
        return 1;
    }

    var table = $"{Table.Render(rows)}\n{surroundings.Sentence(plan)}\n";
    File.WriteAllText(plan.TableFile, table);
    File.WriteAllText(plan.PictureFile, Picture.Draw(rows));
    Console.WriteLine($"\n{table}\n{plan.RowsFile}, {plan.TableFile}, {plan.PictureFile}");
    string[] missed = [.. Table.Missed(rows)];
    foreach (var what in missed)
    {
        Console.WriteLine($"missed: {what}");
    }

    return missed.Length == 0 && campaign.Failed == 0 ? 0 : 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine($"stopped; the rows so far are in {plan.RowsFile}");
    return 1;
}

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
