using DnsGate.Core.Dns;

namespace DnsGate.Core.Model;

/// <summary>One question at one server.</summary>
/// <param name="Server">The server to ask.</param>
/// <param name="Step">To which half of which stage it belongs.</param>
/// <param name="Partition">In which cache partition: decides CD and DO.</param>
/// <param name="Name">The name asked for.</param>
/// <param name="Type">The type asked for.</param>
/// <param name="Sample">Which of the server's samples this is, from 0.</param>
internal sealed record Question(ServerAddress Server, Step Step, CachePartition Partition, DnsName Name, RecordType Type, int Sample)
{
    /// <summary>
    /// RD. CoreDNS and node caches do not keep RD=0 apart and would cache its answer for everybody:
    /// only a zone's own servers are asked without.
    /// </summary>
    public bool RecursionDesired { get; init; } = true;

    /// <summary>
    /// Whether only the existence of the name is asked for: NXDOMAIN or NODATA. The answer says nothing about the pod's records.
    /// </summary>
    public bool IsForExistence => Type >= RecordType.PrivateUse;

    /// <summary>The message that asks this.</summary>
    /// <param name="id">The message id.</param>
    public Query ToQuery(ushort id) => new(
        id,
        Name,
        Type,
        RecursionDesired,
        CheckingDisabled: Partition is CachePartition.Cd or CachePartition.CdDo,
        DnssecOk: Partition is CachePartition.Do or CachePartition.CdDo);

    /// <summary>Type and name, as people write a question: <c>A zk-0.zk-headless.prod.svc.cluster.local</c>.</summary>
    public override string ToString() => $"{Type} {Name}";
}

/// <summary>One question and what became of it.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Outcome">What happened.</param>
/// <param name="RoundTrip">From the first datagram to the outcome.</param>
/// <param name="Datagrams">Datagrams that it took, resends and the try without EDNS included.</param>
internal sealed record Observation(Question Question, Outcome Outcome, TimeSpan RoundTrip, int Datagrams = 1)
{
    /// <summary>Whether it came over TCP: what came over UDP was cut off.</summary>
    public bool IsOverTcp { get; init; }
}
