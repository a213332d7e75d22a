using DnsGate.Ask;
using DnsGate.Core.Servers;
using DnsGate.Core.Settle;

namespace DnsGate.Discover;

/// <summary>A source that is listed by questions to name servers, and not more often than need be: they are asked enough already.</summary>
/// <param name="begin">Begins a walk; told whether to look past caches.</param>
/// <param name="client">Asks.</param>
/// <param name="rules">How long a walk may take, and how long its list holds.</param>
/// <param name="time">The clock.</param>
internal sealed class WalkSource(Func<bool, IDiscoveryWalk> begin, NameServerClient client, WalkRules rules, TimeProvider time) : ISource
{
    // What failed may be better in a moment, however long a list holds.
    private static readonly TimeSpan FailureHolds = TimeSpan.FromSeconds(5);

    private SourceList? last;
    private long lastAt;

    public async Task<SourceList> ListAsync(bool anew, CancellationToken stop)
    {
        if (last is not null && time.GetElapsedTime(lastAt) < HoldOf(last, anew))
        {
            return last with { DatagramsToOne = 0 };
        }

        var begun = time.GetTimestamp();
        var walk = begin(anew);
        while (walk.Next() is { Length: > 0 } lookups)
        {
            walk.Learn(await client.LookUpAsync(lookups, rules.Patience - time.GetElapsedTime(begun), stop).ConfigureAwait(false));
        }

        (last, lastAt) = (walk.Result(), time.GetTimestamp());
        return last;
    }

    private TimeSpan HoldOf(SourceList list, bool anew)
    {
        var holds = anew ? rules.HoldsBeforeOpening : rules.Holds;
        if (list.Problem is null || holds < FailureHolds)
        {
            return holds;
        }

        // A zone of many name servers, one of them unknown, costs dozens of questions each time: half of what a server may be asked.
        var affordable = TimeSpan.FromSeconds(list.DatagramsToOne / (Pace.QuestionsPerSecond / 2));
        return affordable > FailureHolds ? affordable : FailureHolds;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The times of a <see cref="WalkSource"/>.</summary>
/// <param name="Patience">What is not answered within this time is silent.</param>
/// <param name="Holds">For how long a list holds while waiting.</param>
/// <param name="HoldsBeforeOpening">For how long it holds when the gate is about to open.</param>
internal sealed record WalkRules(TimeSpan Patience, TimeSpan Holds, TimeSpan HoldsBeforeOpening);
