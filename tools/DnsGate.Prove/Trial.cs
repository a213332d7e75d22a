namespace DnsGate.Prove;

/// <summary>One trial: a new ensemble, whose leader is deleted and comes back under another address.</summary>
internal sealed record Trial(Variant Variant, int Number, int Seed)
{
    /// <summary>A member that has not joined by then is lost, for the person on call.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>DNS servers are stale for up to this long: kubeadm's cache, and its TTL.</summary>
    private const double LongestStale = 30;

    private const int Members = 3;

    /// <summary>How long each DNS server is stale, in seconds: the same in every variant.</summary>
    public double[] Stale(int nameServers)
    {
        // One sequence for all trials. Generators of neighbouring seeds are no strangers to each other: their first numbers lie
        // at equal distances, and trial 1 of seed 1 would be trial 0 of seed 2.
        Random random = new(Seed);
        double[] all = [.. Enumerable.Range(0, (Number + 1) * nameServers).Select(_ => random.NextDouble() * LongestStale)];
        return all[^nameServers..];
    }

    public async Task<Row> RunAsync(CancellationToken stop)
    {
        EnsembleSettings settings = new()
        {
            Members = Members,
            Spelling = Variant.Spelling,
            Configuration = Variant.Configuration,
            // Two of three start, and the higher one leads. Of every two leaders one is the highest member, which calls the others,
            // and one is not: it has to be called.
            Latecomer = Number % 2 == 0 ? 0 : Members - 1,
        };
        await using var ensemble = await Ensemble.StartAsync(settings);
        var leader = await ensemble.LeaderAsync();
        // A cache is stale for the life of a record longer than the server behind it.
        double[] cached = [.. ensemble.NameServers.Select(server => server.IsCached ? ClusterZone.Ttl : 0.0)];
        double[] stale = [.. Stale(ensemble.NameServers.Count).Zip(cached, Math.Max)];
        TimeSpan[] turns = [.. stale.Zip(cached, (all, after) => TimeSpan.FromSeconds(all - after))];
        var rejoin = await new Recreation(ensemble, leader, Recreation.Turns(leader, turns))
            .RunAsync(Variant.Form, Limit + Rejoin.Wait, stop);
        if (rejoin.RightAt is null)
        {
            throw new InvalidOperationException($"a DNS server never turned right: {rejoin}");
        }

        return new Row(this, leader.Id, stale, rejoin);
    }
}
