using System.Collections.Immutable;
using DnsGate.Core.Discovery;
using DnsGate.Core.Model;

namespace DnsGate.Discovery;

/// <summary>Sources in fallback order (<c>auto</c>), or a single one that has no fallback.</summary>
/// <param name="view">The view that their servers belong to.</param>
/// <param name="sources">The sources, the best first.</param>
/// <param name="finder">What the sources have to know first; null where there is nothing.</param>
internal sealed class SourceChain(ViewKey view, ImmutableArray<Source> sources, DnsServiceFinder? finder = null) : IDisposable
{
    /// <summary>Asks the sources up to the first that is usable.</summary>
    /// <param name="forceRefresh">Whether fresh lists are wanted, as before opening.</param>
    /// <param name="stop">Ends it, with an <see cref="OperationCanceledException"/>.</param>
    public async Task<ChainState> ListAsync(bool forceRefresh, CancellationToken stop)
    {
        var datagrams = finder is null ? 0 : await finder.FindAsync(stop).ConfigureAwait(false);
        var asked = ImmutableArray.CreateBuilder<SourceState>();
        foreach (var source in sources)
        {
            asked.Add(await source.ListAsync(forceRefresh, stop).ConfigureAwait(false));
            if (asked[^1].IsUsable)
            {
                break;
            }
        }

        return new ChainState(view, asked.ToImmutable()) { DatagramsToFind = datagrams };
    }

    public void Dispose()
    {
        foreach (var source in sources)
        {
            source.Dispose();
        }
    }
}
