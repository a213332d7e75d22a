using DnsGate.Core.Model;

namespace DnsGate.Core.Discovery;

/// <summary>How long the result of a fetch is used before the source is fetched again.</summary>
/// <param name="Regular">While the gate waits.</param>
/// <param name="Forced">When a fresh list is wanted, as before opening.</param>
internal readonly record struct HoldTime(TimeSpan Regular, TimeSpan Forced)
{
    private static readonly TimeSpan MinForced = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OfApiList = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxOfApiList = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ApiGrowsAfter = TimeSpan.FromMinutes(5);

    // A list of CoreDNS pods changes within seconds when they are replaced; each fetch costs every server three questions.
    private static readonly TimeSpan OfHeadlessService = TimeSpan.FromSeconds(5);

    // The name servers of a zone change within days, and their TTL is hours.
    private static readonly TimeSpan OfZone = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan MinOfFailedWalk = TimeSpan.FromSeconds(5);

    // Half of the questions that a server may be asked in a second.
    private const double LookupsPerSecond = 4;

    /// <summary>
    /// Of a response of the Kubernetes API. A list is held for 10 s. After 5 minutes that grows, up to 60 s: half of the
    /// time since then. A definite failure is held for 10 s. Any other failure is held for as long as the source has been
    /// failing, from 1 to 10 s: the interval doubles.
    /// </summary>
    /// <param name="result">The result.</param>
    /// <param name="sinceFirst">Time since the first fetch.</param>
    /// <param name="failingFor">Time since the first of the fetches that have failed in a row began.</param>
    /// <param name="chance">From 0 to 1: the time is jittered by up to 10 %, since many pods may have started at the same moment.</param>
    public static HoldTime OfApi(SourceResult result, TimeSpan sinceFirst, TimeSpan failingFor, double chance)
    {
        var hold = result.Problem switch
        {
            null => Clamp((sinceFirst - ApiGrowsAfter) / 2, OfApiList, MaxOfApiList),
            { IsDefinite: true } => OfApiList,
            _ => Clamp(failingFor, MinForced, OfApiList),
        };
        return new HoldTime(hold * (0.9 + (0.2 * chance)), MinForced);
    }

    /// <summary>Of the list of a headless Service, which its name servers return.</summary>
    public static HoldTime OfHeadless(SourceResult result) =>
        new(result.Problem is null ? OfHeadlessService : OfFailedWalk(result), MinForced);

    /// <summary>Of the name servers of a zone.</summary>
    public static HoldTime OfAuthoritative(SourceResult result)
    {
        var hold = result.Problem is null ? OfZone : OfFailedWalk(result);
        return new HoldTime(hold, hold);
    }

    private static TimeSpan Clamp(TimeSpan time, TimeSpan min, TimeSpan max) => time < min ? min : time > max ? max : time;

    // A zone of many name servers, one of them unknown, costs dozens of questions each time.
    private static TimeSpan OfFailedWalk(SourceResult result)
    {
        var affordable = TimeSpan.FromSeconds(result.DatagramsToOne / LookupsPerSecond);
        return affordable > MinOfFailedWalk ? affordable : MinOfFailedWalk;
    }
}
