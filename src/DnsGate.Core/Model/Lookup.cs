using DnsGate.Core.Dns;

namespace DnsGate.Core.Model;

/// <summary>One question of discovery: about the name servers, not about the pod.</summary>
/// <param name="Server">The server to ask.</param>
/// <param name="Name">The name.</param>
/// <param name="Type">The type.</param>
/// <param name="Sample">Which of several asks of a virtual address this is, from 0.</param>
internal sealed record Lookup(ServerAddress Server, DnsName Name, RecordType Type, int Sample = 0)
{
    /// <summary>CD: with it CoreDNS answers from a cache of its own, which the regular listing has not filled.</summary>
    public bool CheckingDisabled { get; init; }

    /// <summary>The message that asks this.</summary>
    /// <param name="id">The message id.</param>
    public Query ToQuery(ushort id) => new(id, Name, Type, RecursionDesired: true, CheckingDisabled: CheckingDisabled, DnssecOk: false);
}

/// <summary>One question of discovery and what became of it.</summary>
/// <param name="Lookup">What was asked.</param>
/// <param name="Outcome">What happened.</param>
/// <param name="Datagrams">Datagrams that it took, resends included.</param>
internal sealed record LookupResult(Lookup Lookup, Outcome Outcome, int Datagrams = 1);
