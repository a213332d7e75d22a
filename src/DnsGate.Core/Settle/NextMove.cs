using System.Collections.Immutable;
using DnsGate.Core.Judge;

namespace DnsGate.Core.Settle;

/// <summary>What to do about one step at one server now.</summary>
public abstract record NextMove
{
    private NextMove()
    {
    }

    /// <summary>Ask, in this cache partition.</summary>
    public sealed record Ask(CachePartition Partition) : NextMove;

    /// <summary>Do not ask: the last answer would come again until then.</summary>
    /// <param name="Until">When asking makes sense again.</param>
    /// <param name="Last">What was observed last: it stands.</param>
    public sealed record Hold(TimeSpan Until, ImmutableArray<Observation> Last) : NextMove;
}
