using System.Collections.Immutable;
using DnsGate.Core.Servers;
using DnsGate.Core.Settle;

namespace DnsGate.Discover;

/// <summary>Sources of which the first that can be listed serves (<c>auto</c>); with one source, that one and no other.</summary>
/// <param name="sources">The sources, the best first.</param>
internal sealed class SourceChain(ImmutableArray<KeptSource> sources) : IAsyncDisposable
{
    /// <summary>Lists the first source that can be; why the earlier ones cannot is in the reports.</summary>
    public async Task<Found> ListAsync(bool anew, CancellationToken stop)
    {
        var passedOver = ImmutableArray.CreateBuilder<SourceReport>();
        Found? old = null;
        var datagrams = 0;
        foreach (var source in sources)
        {
            var found = await source.ListAsync(anew, stop).ConfigureAwait(false);
            datagrams += found.DatagramsToOne;
            // A list too old to open on is worth less than the next source; without a next one it is still shown.
            if (!found.Servers.IsEmpty && (sources.Length == 1 || found.Age <= Opening.OldestListing))
            {
                return found with { Reports = [.. passedOver, .. found.Reports], DatagramsToOne = datagrams };
            }

            old ??= found.Servers.IsEmpty ? null : found;
            passedOver.AddRange(found.Reports.Select(report => report with { Serves = false }));
        }

        return (old ?? new Found([], [], TimeSpan.Zero)) with { Reports = passedOver.ToImmutable(), DatagramsToOne = datagrams };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources)
        {
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }
}
