using System.Collections.Immutable;
using DnsGate.Ask;
using DnsGate.Core.Discovery;
using DnsGate.Core.Model;
using DnsGate.Core.Options;

namespace DnsGate.Discovery;

/// <summary>Lists the DNS servers of every view, again and again.</summary>
/// <param name="options">The options.</param>
/// <param name="identity">The pod.</param>
/// <param name="client">Asks DNS servers about DNS servers.</param>
/// <param name="limit">The time of the verb, of which finding the servers takes a part.</param>
/// <param name="time">The clock that tells how old a list is.</param>
/// <param name="interception">Whether something answers in the servers' place; null where that is not checked.</param>
internal sealed class ServerLister(
    GateOptions options, Identity identity, NameServerClient client, TimeLimit limit, TimeProvider time,
    InterceptionCheck? interception = null)
    : IDisposable
{
    private readonly ImmutableArray<SourceChain> chains = new Sources(options, identity, client, limit, time).MakeChains();

    /// <summary>The list of every view now.</summary>
    /// <param name="forceRefresh">
    /// Whether fresh lists are wanted, as before opening: each source is fetched about once a second at most.
    /// </param>
    /// <param name="stop">Ends it, with an <see cref="OperationCanceledException"/>.</param>
    public async Task<Listing> ListAsync(bool forceRefresh, CancellationToken stop)
    {
        // All at once: one slow source does not delay the others.
        var states = await Task.WhenAll(chains.Select(chain => chain.ListAsync(forceRefresh, stop))).ConfigureAwait(false);
        var listing = ListingBuilder.Build(options, identity, states, interception is { IsIntercepted: true });
        // Servers that the user named may be proxies on purpose; an address of resolv.conf may be anything.
        var isDiscovered = states.Any(chain => chain is { View.Kind: ViewKind.Cluster, Serving.Coverage: Coverage.Complete });
        if (!isDiscovered || interception is not { HasBegun: false })
        {
            return listing;
        }

        interception.Begin(stop);
        return listing with { DatagramsToOne = listing.DatagramsToOne + InterceptionCheck.Datagrams };
    }

    public void Dispose()
    {
        foreach (var chain in chains)
        {
            chain.Dispose();
        }
    }
}
