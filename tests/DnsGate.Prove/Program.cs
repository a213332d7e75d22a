System.Diagnostics.Stopwatch w = System.Diagnostics.Stopwatch.StartNew();
await using (Ensemble e = await Ensemble.StartAsync(new EnsembleSettings()))
{
    Console.WriteLine($"up {w.Elapsed}");
    Member leader = await e.LeaderAsync();
    Console.WriteLine($"leader {leader.Name.HostName} {w.Elapsed}");
    StartForm form = args[0] switch { "bare" => StartForms.Bare, "sleep" => StartForms.Sleep15, "one" => StartForms.OneResolver, "init" => StartForms.InitContainer(), "sidecar" => StartForms.Sidecar(), _ => StartForms.Wrapper() };
    Recreation r = new(e, leader, Recreation.Turns(leader, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(5)));
    Rejoin j = await r.RunAsync(form, TimeSpan.FromSeconds(66));
    Console.WriteLine(j);
    Console.WriteLine($"{w.Elapsed} {leader.Pod!.Log}");
}
Console.WriteLine($"down {w.Elapsed}");
