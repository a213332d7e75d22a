using System.Collections.Immutable;
using DnsGate.Core.Servers;

namespace DnsGate.Discover;

/// <summary>A source that keeps its last list in use while it cannot be listed.</summary>
/// <param name="name">The source as it is written on the command line.</param>
/// <param name="source">The source.</param>
/// <param name="coverage">How much of the cluster's servers it holds.</param>
/// <param name="time">The clock that tells how old the last list is.</param>
internal sealed class KeptSource(string name, ISource source, Coverage coverage, TimeProvider time) : IAsyncDisposable
{
    private ImmutableArray<Server> last = [];
    private long lastAt;
    private TimeSpan lastAge;

    public async Task<Found> ListAsync(bool anew, CancellationToken stop)
    {
        var list = await source.ListAsync(anew, stop).ConfigureAwait(false);
        if (list.Problem is null)
        {
            (last, lastAt, lastAge) = (list.Servers, time.GetTimestamp(), list.Age);
        }

        // A source that names nobody any more says so, and never opens the gate; one that fails may be better in a moment.
        var age = list.Problem is null || last.IsEmpty ? TimeSpan.Zero
            : list.Problem.Fault is DiscoveryFault.Empty or DiscoveryFault.NotFound ? TimeSpan.MaxValue
            : lastAge + time.GetElapsedTime(lastAt);
        return new Found(last, [new SourceReport(name, Serves: !last.IsEmpty, list.Problem) { Coverage = coverage }], age)
        {
            Notes = list.Notes,
            DatagramsToOne = list.DatagramsToOne,
        };
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
