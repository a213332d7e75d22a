using System.Net;

namespace DnsGate.Lab.Cluster;

/// <summary>
/// A ZooKeeper ensemble in pods, with the DNS servers of its cluster. Nothing of it is left when
/// it is disposed, or when this process ends.
/// </summary>
internal sealed class Ensemble : IAsyncDisposable
{
    private Ensemble(NodeNetwork network, EnsembleSettings settings)
    {
        Network = network;
        Members = [.. Enumerable.Range(0, settings.Members).Select(ordinal => new Member(network, ordinal, settings))];
    }

    public NodeNetwork Network { get; }

    public IReadOnlyList<Member> Members { get; }

    public IReadOnlyList<CoreDns> NameServers { get; private set; } = [];

    /// <summary>Looks whether this machine has all that an ensemble is made of, and allows it; starts none.</summary>
    public static async Task IsNeededAsync()
    {
        NeedPrograms();
        await using var network = await NodeNetwork.StartAsync([IPAddress.Loopback]);
    }

    /// <summary>Starts it, and waits until every member has a mode, unless it is a cold start.</summary>
    public static async Task<Ensemble> StartAsync(EnsembleSettings settings)
    {
        NeedPrograms();
        IPAddress[] addresses = [.. Enumerable.Range(11, settings.NameServers.All).Select(last => new IPAddress([10, 244, 0, (byte)last]))];
        var network = await NodeNetwork.StartAsync(addresses);
        Ensemble ensemble = new(network, settings);
        try
        {
            var known = settings.IsColdStart ? [] : ensemble.Members;
            ClusterZone zone = new(addresses, [.. known.Select(member => PodRecords.At(member.Name.FullName, member.NextAddress))]);
            var plain = settings.NameServers.All - settings.NameServers.Cached;
            Task<CoreDns>[] starting = [.. addresses.Select((address, index) =>
                CoreDns.StartAsync(network, address, zone, isCached: index >= plain))];
            await ((Task)Task.WhenAll(starting)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // Those that did start are to end, too, when one did not.
            ensemble.NameServers = [.. starting.Where(start => start.IsCompletedSuccessfully).Select(start => start.Result)];
            await Task.WhenAll(starting);
            if (!settings.IsColdStart)
            {
                await ensemble.StartMembersAsync(settings.Latecomer);
            }

            return ensemble;
        }
        catch
        {
            await ensemble.DisposeAsync();
            throw;
        }
    }

    /// <summary>The member that leads now.</summary>
    public async Task<Member> LeaderAsync()
    {
        foreach (var member in Members)
        {
            if (await member.ModeAsync() == "leader")
            {
                return member;
            }
        }

        throw new InvalidOperationException("nobody leads");
    }

    /// <summary>Waits until all of these members have a mode, one of them leads, and all follow the same leadership.</summary>
    public static async Task UnitesAsync(IReadOnlyCollection<Member> members)
    {
        if (await Eventually.HappensAsync(async () => await AreUnitedAsync(members), 2 * Eventually.Limit))
        {
            return;
        }

        Assert.Fail(
            $"the members did not unite:\n{string.Join('\n', members.Select(member => $"{member.Name.HostName}\n{member.Pod?.Excerpt}"))}");
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Members.Select(member => member.DisposeAsync().AsTask()));
        await Task.WhenAll(NameServers.Select(server => server.DisposeAsync().AsTask()));
        await Network.DisposeAsync();
    }

    private static void NeedPrograms()
    {
        Machine.NeedsRoot();
        ZooKeeperProgram.IsNeeded();
        Machine.NeedsProgram("ip", "iproute2");
        Machine.NeedsProgram("nft", "nftables");
        Machine.NeedsProgram("knotd", "knot");
        Machine.NeedsProgram("unbound", "unbound");
    }

    private static async Task<bool> AreUnitedAsync(IReadOnlyCollection<Member> members)
    {
        var modes = await Task.WhenAll(members.Select(member => member.ModeAsync()));
        return modes.Count(mode => mode == "leader") == 1
            && modes.Count(mode => mode == "follower") == members.Count - 1
            && members.Select(member => member.Epoch).Distinct().Count() == 1;
    }

    private async Task StartMembersAsync(int? latecomer)
    {
        Member[] first = [.. Members.Where(member => member.Name.Ordinal != latecomer)];
        await Task.WhenAll(first.Select(member => member.StartAsync(StartForms.Bare)));
        if (first.Length < Members.Count)
        {
            await UnitesAsync(first);
            await Members[latecomer!.Value].StartAsync(StartForms.Bare);
        }

        await UnitesAsync([.. Members]);
    }
}
