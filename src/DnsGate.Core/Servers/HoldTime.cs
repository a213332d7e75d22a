namespace DnsGate.Core.Servers;

/// <summary>How long the result of a fetch is used before the source is fetched again.</summary>
/// <param name="Regular">While the gate waits.</param>
/// <param name="Forced">When a fresh list is wanted, as before opening.</param>
public readonly record struct HoldTime(TimeSpan Regular, TimeSpan Forced)
{
    private static readonly TimeSpan MinOfApi = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxOfApi = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ForcedOfApi = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GrowsAfter = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Of a list from the Kubernetes API: 10 s. After 5 minutes it grows, up to 60 s: half of the time since then. A failure is held for 10 s.
    /// </summary>
    /// <param name="failed">Whether the fetch failed.</param>
    /// <param name="sinceFirst">Time since the first fetch.</param>
    /// <param name="chance">From 0 to 1: the time is jittered by up to 10 %, since many pods may have started at the same moment.</param>
    public static HoldTime OfApi(bool failed, TimeSpan sinceFirst, double chance)
    {
        var hold = (sinceFirst - GrowsAfter) / 2;
        hold = failed || hold < MinOfApi ? MinOfApi : hold > MaxOfApi ? MaxOfApi : hold;
        return new HoldTime(hold * (0.9 + (0.2 * chance)), ForcedOfApi);
    }
}
