namespace DnsGate.Core.Model;

/// <summary>
/// The part of a CoreDNS cache that a question reads and fills. The cache plugin keys its entries by DO (since 1.10.1)
/// and CD (since 1.11.3); applications ask with neither, so questions with one of them leave nothing in the cache that applications read.
/// </summary>
internal enum CachePartition
{
    /// <summary>DO=0, CD=0: what applications read.</summary>
    Plain,

    Cd,

    Do,

    CdDo,
}
