namespace DnsGate.Core.Dns;

/// <summary>One DNS query message: class IN, opcode QUERY, one question (RFC 1035 §4.1).</summary>
/// <param name="Id">The message id: from a cryptographic source, so that an off-path attacker has to guess it (RFC 5452 §4.3).</param>
/// <param name="Name">The name asked for.</param>
/// <param name="Type">The type asked for.</param>
/// <param name="RecursionDesired">RD. CoreDNS and node caches must be asked with RD=1: their cache does not keep RD=0 apart.</param>
/// <param name="CheckingDisabled">
/// CD (RFC 4035 §3.2.2). Together with <paramref name="DnssecOk"/> it names the cache partition of CoreDNS.
/// </param>
/// <param name="DnssecOk">DO (RFC 3225), carried in the OPT record: needs <paramref name="Edns"/>.</param>
/// <param name="Edns">Whether an OPT record offers 1232 bytes of UDP payload (RFC 6891; the size of the DNS flag day 2020).</param>
internal readonly record struct Query(
    ushort Id,
    DnsName Name,
    RecordType Type,
    bool RecursionDesired = true,
    bool CheckingDisabled = false,
    bool DnssecOk = false,
    bool Edns = true);
