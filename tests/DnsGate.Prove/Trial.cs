namespace DnsGate.Prove;

/// <summary>One trial: a new ensemble, whose leader is deleted and comes back under another address.</summary>
internal sealed record Trial(Variant Variant, int Number, int Seed)
{
    /// <summary>A member that has not joined by then is lost, for the person on call.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Name servers are stale for up to this long: kubeadm's cache, and its TTL.</summary>
    private const double LongestStale = 30;

    private const int Members = 3;

    public async Task<Row> RunAsync()
    {
        // The trials of a number are the same in every variant.
        Random random = new(Seed + Number);
        EnsembleSettings settings = new()
        {
            Members = Members,
            Spelling = Variant.Spelling,
            Configuration = Variant.Configuration,
            // Of every two leaders one is the highest member, which calls the others, and one is not: it has to be called.
            Latecomer = Number % 2 == 0 ? null : Members - 1,
        };
        await using Ensemble ensemble = await Ensemble.StartAsync(settings);
        Member leader = await ensemble.LeaderAsync();
        double[] stale = [.. ensemble.NameServers.Select(_ => random.NextDouble() * LongestStale)];
        // A cache is stale for the life of a record longer than the server behind it.
        TimeSpan[] turns = [.. ensemble.NameServers.Select((server, index) => TimeSpan.FromSeconds(Math.Max(0, stale[index] - (server.IsCached ? ClusterZone.Ttl : 0))))];
        Rejoin rejoin = await new Recreation(ensemble, leader, Recreation.Turns(leader, turns)).RunAsync(Variant.Form, Limit + Rejoin.Held);
        return new Row(this, leader.Id, stale, rejoin);
    }
}
