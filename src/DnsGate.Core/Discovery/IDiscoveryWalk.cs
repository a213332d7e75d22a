using System.Collections.Immutable;
using DnsGate.Core.Model;

namespace DnsGate.Core.Discovery;

/// <summary>
/// A discovery by questions to DNS servers: says what to look up next, learns, and ends with a list. It knows no sockets.
/// </summary>
internal interface IDiscoveryWalk
{
    /// <summary>What to look up next, all at once; empty when the walk is over.</summary>
    ImmutableArray<Lookup> Next();

    /// <summary>Takes the results of the last lookups: one for each.</summary>
    void Learn(IReadOnlyList<LookupResult> results);

    /// <summary>The servers found, or why none were.</summary>
    SourceResult Result();
}
