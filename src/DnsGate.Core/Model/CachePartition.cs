namespace DnsGate.Core.Model;

/// <summary>
/// The part of a CoreDNS cache that a question reads and fills. The cache plugin keys its entries by DO (since 1.10.1)
/// and CD (since 1.11.3); applications ask with neither, so what is asked with one of them poisons nobody.
/// </summary>
internal enum CachePartition
{
    /// <summary>DO=0, CD=0: what applications read.</summary>
    Plain,

    Cd,

    Do,

    CdDo,
}
