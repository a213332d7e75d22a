namespace DnsGate.EndToEnd.Tests.Ensembles;

/// <summary>What all the tests do with an ensemble: recreate a member behind the gate, and look whether all is as promised.</summary>
internal static class RecreationRunner
{
    /// <summary>Far more than a recreation takes.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>
    /// For how long a name server may be wrong, in seconds: 30 in <c>make prove</c>, as in real clusters; less where a test is one of many.
    /// </summary>
    public static readonly double LongestStale = Environment.GetEnvironmentVariable("DNSGATE_ENSEMBLES") == "long" ? 30 : 8;

    /// <summary>
    /// A short window, so that a test is short; time enough for servers that do answer on a machine that is busy with other tests.
    /// </summary>
    public static readonly string[] Brisk = ["--settle", "1s", "--interval", "200ms", "--query-timeout", "2s"];

    /// <summary>The same, where a server does not answer.</summary>
    public static readonly string[] Silent = [.. Brisk[..^1], "500ms"];

    /// <summary>Survivors keep the old address of a pod for 30 s in the JVM; with this, one recreation can follow another.</summary>
    public static EnsembleSettings Settings { get; } = new() { JvmOptions = ["-Dsun.net.inetaddr.ttl=1"] };

    /// <summary>For how long each server is stale, by chance, but the same each time.</summary>
    public static double[] Stale(Ensemble ensemble, Random random, double longest) =>
        [.. ensemble.NameServers.Select(_ => random.NextDouble() * longest)];

    /// <summary>Recreates a member behind the gate while servers are stale for these times, and asserts what the gate promises.</summary>
    public static async Task<Rejoin> BehindGateAsync(Ensemble ensemble, Member member, StartForm form, int restarts, params double[] stale)
    {
        var turns = Recreation.Turns(member, [.. stale.Select(TimeSpan.FromSeconds)]);
        return await BehindGateAsync(ensemble, member, form, restarts, turns);
    }

    /// <inheritdoc cref="BehindGateAsync(Ensemble, Member, StartForm, int, double[])"/>
    public static async Task<Rejoin> BehindGateAsync(Ensemble ensemble, Member member, StartForm form, int restarts, Turn[]?[] turns)
    {
        var rejoin = await new Recreation(ensemble, member, turns).RunAsync(form, Limit);

        var said = $"{member.Name.HostName}: {rejoin}\n{member.Pod?.Excerpt}";
        Assert.True(rejoin.RightAt is not null, said);
        Assert.True(rejoin.JoinedAt is not null, said);
        Assert.True(rejoin.StartedAt >= rejoin.RightAt, $"the application ran before the last DNS server was right: {said}");
        Assert.True(rejoin.Restarts == restarts, said);
        return rejoin;
    }

    /// <summary>Waits until the application's container, or the sidecar, has been started.</summary>
    public static Task<bool> HasGateAsync(Member member, string address, Func<RunningPod, Container?> container) =>
        Eventually.HappensAsync(
            () => Task.FromResult(member.Pod is { } pod && pod.Address == address && container(pod)?.Program == "dnsgate"),
            Eventually.Limit);
}
