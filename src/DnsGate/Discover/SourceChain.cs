using System.Collections.Immutable;
using DnsGate.Core.Settle;

namespace DnsGate.Discover;

/// <summary>Sources of which the first that can be listed serves (<c>auto</c>); with one source, that one and no other.</summary>
/// <param name="sources">The sources, the best first.</param>
internal sealed class SourceChain(ImmutableArray<KeptSource> sources) : IAsyncDisposable
{
    /// <summary>Lists the first source that can be; why the earlier ones cannot is in the reports.</summary>
    public async Task<Found> ListAsync(bool anew, CancellationToken stop)
    {
        var all = new List<Found>();
        Found? serving = null;
        foreach (var source in sources)
        {
            var found = await source.ListAsync(anew, stop).ConfigureAwait(false);
            all.Add(found);
            // A list too old to open on is worth less than the next source.
            if (!found.Servers.IsEmpty && (sources.Length == 1 || found.Age <= Opening.OldestListing))
            {
                serving = found;
                break;
            }
        }

        // Without a next one it is still asked and shown.
        serving ??= all.Find(found => !found.Servers.IsEmpty);
        return (serving ?? new Found([], [], TimeSpan.Zero)) with
        {
            Reports = [.. all.SelectMany(found => found.Reports.Select(report => report with { Serves = ReferenceEquals(found, serving) }))],
            DatagramsToOne = all.Sum(found => found.DatagramsToOne),
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources)
        {
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }
}
