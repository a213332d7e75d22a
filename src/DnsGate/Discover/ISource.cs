using System.Collections.Immutable;
using DnsGate.Core.Servers;

namespace DnsGate.Discover;

/// <summary>Something that lists name servers, as often as it is asked to.</summary>
internal interface ISource : IAsyncDisposable
{
    /// <summary>Takes the list. What goes wrong is a value; only the end of everything is an exception.</summary>
    /// <param name="anew">Whether to look now, as before opening, rather than to trust what was seen some seconds ago.</param>
    /// <param name="stop">Ends the listing at once, with an <see cref="OperationCanceledException"/>.</param>
    Task<SourceList> ListAsync(bool anew, CancellationToken stop);
}

/// <summary>What one source, or several that stand in for one another, gave in the end.</summary>
/// <param name="Servers">The servers.</param>
/// <param name="Reports">What became of each source on the way.</param>
/// <param name="Age">How old the list is: zero unless it is an earlier one.</param>
internal sealed record Found(ImmutableArray<Server> Servers, ImmutableArray<SourceReport> Reports, TimeSpan Age)
{
    public ImmutableArray<string> Notes { get; init; } = [];

    public int DatagramsToOne { get; init; }
}
