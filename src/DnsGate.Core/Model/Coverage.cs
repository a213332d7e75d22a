namespace DnsGate.Core.Model;

/// <summary>
/// How much of the cluster's DNS servers a list holds, from the weakest to the strongest: of several sources the weakest counts.
/// </summary>
internal enum Coverage
{
    None,

    /// <summary>Something on the path answers for every address: whatever is listed, one proxy was asked.</summary>
    Intercepted,

    /// <summary>Virtual IPs, asked several times: evidence, never proof that every server behind them was seen.</summary>
    Sampled,

    /// <summary>
    /// The Service of the cluster's DNS has no endpoints: its DNS runs on the node or in the cloud. This node's server is asked, and all
    /// of it; those of other nodes cannot be.
    /// </summary>
    NodeService,

    /// <summary>What the user named.</summary>
    Static,

    /// <summary>Every endpoint, as the cluster itself lists them.</summary>
    Complete,
}
