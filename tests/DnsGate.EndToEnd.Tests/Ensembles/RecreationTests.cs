namespace DnsGate.EndToEnd.Tests.Ensembles;

/// <summary>
/// Row 24 of docs/scenarios.md, with a real ensemble: a member is deleted and comes back under another address, while each DNS
/// server returns the old one for a time of its own. It joins every time, at its first start.
/// </summary>
/// <remarks><c>make prove</c> does the same with longer times, and the first many times more, beside the work-arounds.</remarks>
public sealed class RecreationTests
{
    // The same each time; another seed is another test.
    private const int Seed = 5;

    [Theory]
    [InlineData("wrapper")]
    [InlineData("init container")]
    [InlineData("sidecar")]
    public async Task The_leader_comes_back_under_a_new_address_while_each_server_is_stale_for_its_own_time(string form)
    {
        var start = form switch
        {
            "wrapper" => StartForms.Wrapper(RecreationRunner.Brisk),
            "init container" => StartForms.InitContainer(RecreationRunner.Brisk),
            _ => StartForms.Sidecar(RecreationRunner.Brisk),
        };
        await using var ensemble = await Ensemble.StartAsync(new EnsembleSettings());
        Random random = new(Seed + form.Length);

        await RecreationRunner.BehindGateAsync(ensemble, await ensemble.LeaderAsync(), start,
            restarts: 0, RecreationRunner.Stale(ensemble, random, RecreationRunner.LongestStale));

        await Ensemble.UnitesAsync([.. ensemble.Members]);
    }

    [Fact]
    public async Task A_rolling_restart_gives_every_member_another_address_and_the_ensemble_lives_on()
    {
        await using var ensemble = await Ensemble.StartAsync(RecreationRunner.Settings);
        Random random = new(Seed);

        foreach (var member in ensemble.Members)
        {
            var stale = RecreationRunner.Stale(ensemble, random, RecreationRunner.LongestStale / 2);
            await RecreationRunner.BehindGateAsync(ensemble, member, StartForms.Wrapper(RecreationRunner.Brisk), restarts: 0, stale);
            await Ensemble.UnitesAsync([.. ensemble.Members]);
        }
    }

    /// <summary>The gate asks name servers and nobody else: a member must start without a quorum, for there is none without it.</summary>
    [Fact]
    public async Task Without_a_quorum_the_gate_opens_all_the_same_and_the_member_brings_it_back()
    {
        await using var ensemble = await Ensemble.StartAsync(RecreationRunner.Settings with { Members = 5 });
        Member[] followers = [.. ensemble.Members.Except([await ensemble.LeaderAsync()])];
        await Task.WhenAll(followers[0].DeleteAsync(), followers[1].DeleteAsync());
        Member[] left = [.. ensemble.Members.Except(followers[..2])];
        await Ensemble.UnitesAsync(left);

        // Two of five are left from here on.
        var stale = RecreationRunner.Stale(ensemble, new Random(Seed), RecreationRunner.LongestStale / 2);
        await RecreationRunner.BehindGateAsync(ensemble, followers[2], StartForms.Wrapper(RecreationRunner.Brisk), restarts: 0, stale);

        await Ensemble.UnitesAsync(left);
    }
}
