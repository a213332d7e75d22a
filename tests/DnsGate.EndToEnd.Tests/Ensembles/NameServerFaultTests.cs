namespace DnsGate.EndToEnd.Tests.Ensembles;

/// <summary>Other things that name servers do while a member comes back, and what becomes of the gate itself.</summary>
public sealed class NameServerFaultTests
{
    /// <summary>One server, for a time, has: no record, both addresses, no PTR record.</summary>
    [Theory]
    [InlineData("missing", "name-missing")]
    [InlineData("old and new", "extra-address")]
    [InlineData("no PTR", "reverse-missing")]
    public async Task One_server_is_wrong_in_its_own_way(string what, string reason)
    {
        await using var ensemble = await Ensemble.StartAsync(new EnsembleSettings());
        var member = await ensemble.LeaderAsync();
        (var name, var old, var address) = (member.Name.FullName, member.Pod!.Address, member.NextAddress);
        var wrong = what switch
        {
            "missing" => new PodRecords(name, [], []),
            "old and new" => new PodRecords(name, [old, address], [old, address]),
            _ => new PodRecords(name, [address], []),
        };
        var turns = Recreation.Turns(member, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        turns[0] =
        [
            new Turn(TimeSpan.Zero, wrong), new Turn(TimeSpan.FromSeconds(RecreationRunner.LongestStale / 2), PodRecords.At(name, address)),
        ];

        await RecreationRunner.BehindGateAsync(ensemble, member, StartForms.Wrapper(RecreationRunner.Brisk), restarts: 0, turns);

        Assert.Contains(reason, member.Pod!.Application.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_server_hangs_for_a_time()
    {
        await using var ensemble = await Ensemble.StartAsync(new EnsembleSettings());
        var member = await ensemble.LeaderAsync();
        var hung = ensemble.NameServers[0];
        hung.Signal(Child.SigStop);
        var recreation = RecreationRunner.BehindGateAsync(
            ensemble, member, StartForms.Wrapper(RecreationRunner.Silent), restarts: 0, 0, 0, 0);
        Assert.True(
            await Eventually.HappensAsync(() => Task.FromResult(Says(member, "timed-out")), Eventually.Limit), $"{member.Pod?.Excerpt}");

        hung.Signal(Child.SigCont);

        await recreation;
    }

    /// <summary>A server that was frozen is no endpoint of the Service any more, but the headless list still has it.</summary>
    [Fact]
    public async Task One_server_is_silent_for_ever_and_require_majority_does_without_it()
    {
        await using var ensemble = await Ensemble.StartAsync(new EnsembleSettings());
        var member = await ensemble.LeaderAsync();
        var frozen = ensemble.NameServers[0];
        frozen.Signal(Child.SigStop);
        await ensemble.Network.BalanceAsync([.. ensemble.NameServers.Except([frozen]).Select(server => server.Address)]);
        var turns = Recreation.Turns(
            member, TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(RecreationRunner.LongestStale / 2));
        turns[0] = null;

        await RecreationRunner.BehindGateAsync(
            ensemble, member, StartForms.Wrapper([.. RecreationRunner.Silent, "--require", "majority"]), restarts: 0, turns);

        await using var strict = member.Pod!.Sandbox.Start([Executable.Path, "check", "--app", "off", "--timeout", "3s"]);
        var ended = await strict.EndAsync();
        Assert.True(ended.ExitCode == 1 && ended.Stdout.Contains("timed-out", StringComparison.Ordinal), ended.ToString());
    }

    [Fact]
    public async Task The_wrapper_is_killed_while_it_waits_and_its_next_start_waits_as_well()
    {
        await using var ensemble = await Ensemble.StartAsync(new EnsembleSettings());
        var member = await ensemble.LeaderAsync();

        await KillAsync(ensemble, member, StartForms.Wrapper(RecreationRunner.Brisk), pod => pod.Application, restarts: 1);

        Assert.Equal([137], member.Pod!.Application.ExitCodes);
    }

    [Fact]
    public async Task The_sidecar_is_killed_before_and_after_it_opened_and_the_application_is_started_once_and_stays()
    {
        await using var ensemble = await Ensemble.StartAsync(new EnsembleSettings());
        var member = await ensemble.LeaderAsync();
        await KillAsync(ensemble, member, StartForms.Sidecar(RecreationRunner.Brisk), pod => pod.Sidecar, restarts: 0);
        var application = member.Pod!.Application.ProcessId;

        member.Pod.Sidecar!.Signal(Child.SigKill);
        await Eventually.HoldsAsync(() => member.Pod.Sidecar.ExitCodes.Length == 2, () => member.Pod.Excerpt);

        Assert.Equal([137, 137], member.Pod.Sidecar.ExitCodes);
        Assert.Equal((application, "java"), (member.Pod.Application.ProcessId, member.Pod.Application.Program));
        await Ensemble.UnitesAsync([.. ensemble.Members]);
    }

    /// <summary>Recreates a member, and kills the container of its gate while that waits.</summary>
    private static async Task KillAsync(Ensemble ensemble, Member member, StartForm form, Func<RunningPod, Container?> gate, int restarts)
    {
        var address = member.NextAddress;
        var recreation = RecreationRunner.BehindGateAsync(ensemble, member, form, restarts, 1, RecreationRunner.LongestStale / 2, 2);
        Assert.True(await RecreationRunner.HasGateAsync(member, address, gate));

        gate(member.Pod!)!.Signal(Child.SigKill);

        await recreation;
    }

    private static bool Says(Member member, string text) => member.Pod?.Application.Log.Contains(text, StringComparison.Ordinal) == true;
}
