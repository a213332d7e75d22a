using DnsGate.Core.Dns;

namespace DnsGate.Core.Model;

/// <summary>One question that is not about this pod: about the DNS servers, or about another member (<c>--peers</c>).</summary>
/// <param name="Server">The server to ask.</param>
/// <param name="Name">The name.</param>
/// <param name="Type">The type.</param>
/// <param name="Sample">Which of several asks of a virtual address this is, from 0.</param>
internal sealed record Lookup(ServerAddress Server, DnsName Name, RecordType Type, int Sample = 0)
{
    /// <summary>In which cache partition: decides CD and DO.</summary>
    public CachePartition Partition { get; init; } = CachePartition.Plain;

    /// <summary>The message that asks this.</summary>
    /// <param name="id">The message id.</param>
    public Query ToQuery(ushort id) => new(
        id,
        Name,
        Type,
        RecursionDesired: true,
        CheckingDisabled: Partition is CachePartition.Cd or CachePartition.CdDo,
        DnssecOk: Partition is CachePartition.Do or CachePartition.CdDo);
}

/// <summary>One such question and what became of it.</summary>
/// <param name="Lookup">What was asked.</param>
/// <param name="Outcome">What happened.</param>
/// <param name="Datagrams">Datagrams that it took, resends included.</param>
internal sealed record LookupResult(Lookup Lookup, Outcome Outcome, int Datagrams = 1);
