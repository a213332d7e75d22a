namespace DnsGate.EndToEnd.Tests.Ensembles;

/// <summary>
/// Five members start from nothing behind <c>dnsgate run --peers zoo.cfg:FILE</c>. A name server learns of a pod some time after the pod
/// has its address, as with <c>publishNotReadyAddresses</c>.
/// </summary>
public sealed class ColdStartTests
{
    private const string Warning = "opened-without-peers";

    private static readonly EnsembleSettings Five = RecreationRunner.Settings with { Members = 5, IsColdStart = true };

    /// <summary>All at once: each waits until DNS knows a majority, and opens without a timeout.</summary>
    [Fact]
    public async Task Parallel_every_member_waits_for_a_majority_and_starts_once()
    {
        await using var ensemble = await Ensemble.StartAsync(Five);

        await Task.WhenAll(ensemble.Members.Select(member => StartAsync(ensemble, member, "10m")));
        await Ensemble.UnitesAsync([.. ensemble.Members]);

        Assert.All(ensemble.Members, member =>
        {
            Assert.Equal(0, member.Pod!.Application.Restarts);
            Assert.DoesNotContain(Warning, member.Pod.Application.Log, StringComparison.Ordinal);
        });
    }

    /// <summary>
    /// One after the other: a pod is created when the application of the one before runs. The first two can have no majority: they open
    /// after <c>--peers-timeout</c>, with a warning, and no member waits without end.
    /// </summary>
    [Fact]
    public async Task OrderedReady_the_first_members_open_after_the_timeout_and_the_others_find_their_peers()
    {
        await using var ensemble = await Ensemble.StartAsync(Five);

        foreach (var member in ensemble.Members)
        {
            await StartAsync(ensemble, member, "4s");
            await Eventually.HoldsAsync(() => member.Pod!.Application.Program == "java", () => member.Pod!.Excerpt);
        }

        await Ensemble.UnitesAsync([.. ensemble.Members]);

        Assert.Equal(
            [true, true, false, false, false],
            ensemble.Members.Select(member => member.Pod!.Application.Log.Contains(Warning, StringComparison.Ordinal)));
    }

    private static async Task StartAsync(Ensemble ensemble, Member member, string peersTimeout)
    {
        var records = PodRecords.At(member.Name.FullName, member.NextAddress);
        await member.StartAsync(start => new(
            [Executable.Path, "run", .. RecreationRunner.Brisk, "--peers", $"zoo.cfg:{start.Application[^1]}",
                "--peers-timeout", peersTimeout, "--", .. start.Application]));
        await Task.WhenAll(ensemble.NameServers.Select(server => server.LearnAsync(records)));
    }
}
