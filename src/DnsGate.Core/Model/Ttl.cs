using DnsGate.Core.Dns;

namespace DnsGate.Core.Model;

/// <summary>The remaining time to live of an answer, positive or negative.</summary>
internal static class Ttl
{
    /// <summary>Seconds; null where the answer has none: an error, a negative answer without SOA, silence.</summary>
    public static uint? Read(Outcome outcome) => (outcome as Outcome.Responded)?.Answer switch
    {
        Answer.Records records => records.Ttl,
        Answer.NoData noData => noData.Ttl,
        Answer.NxDomain nxDomain => nxDomain.Ttl,
        _ => null,
    };
}
