using DnsGate.Ask;
using DnsGate.Core.Discovery;
using DnsGate.Core.Model;

namespace DnsGate.Discovery;

/// <summary>A source that is fetched by questions to DNS servers.</summary>
/// <param name="name">The source, as it is written on the command line, at the time of a fetch.</param>
/// <param name="coverage">How much of the cluster's DNS servers it lists.</param>
/// <param name="begin">Begins a walk; its argument is whether no cache may answer.</param>
/// <param name="client">Asks.</param>
/// <param name="timeout">Time for one walk.</param>
/// <param name="hold">How long a result is used.</param>
/// <param name="time">The clock.</param>
internal sealed class WalkSource(
    Func<string> name, Coverage coverage, Func<bool, IDiscoveryWalk> begin, NameServerClient client,
    TimeSpan timeout, Func<SourceResult, HoldTime> hold, TimeProvider time)
    : Source(coverage, time)
{
    protected override string Name => name();

    protected override async Task<SourceResult> FetchAsync(bool forceRefresh, bool isFirst, CancellationToken stop)
    {
        var begun = Time.GetTimestamp();
        var walk = begin(forceRefresh);
        while (walk.Next() is { Length: > 0 } lookups)
        {
            walk.Learn(await client.LookUpAsync(lookups, timeout - Time.GetElapsedTime(begun), stop).ConfigureAwait(false));
        }

        return walk.Result();
    }

    protected override HoldTime HoldAfter(SourceResult result, TimeSpan failingFor) => hold(result);
}
