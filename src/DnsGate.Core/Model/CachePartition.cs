namespace DnsGate.Core.Model;

/// <summary>
/// The part of a CoreDNS cache that a question reads and fills. The cache plugin keys its entries by DO (since 1.10.1)
/// and CD (since 1.11.3); applications ask with neither, so what is asked with one of them poisons nobody.
/// </summary>
public enum CachePartition
{
    /// <summary>DO=0, CD=0: what applications read.</summary>
    Plain,

    /// <summary>CD=1.</summary>
    Cd,

    /// <summary>DO=1.</summary>
    Do,

    /// <summary>CD=1 and DO=1.</summary>
    CdDo,
}
