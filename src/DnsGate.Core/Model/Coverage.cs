namespace DnsGate.Core.Model;

/// <summary>How much of the cluster's name servers a list holds; from the weakest to the strongest.</summary>
internal enum Coverage
{
    None,

    /// <summary>Virtual IPs, asked several times: evidence, never proof that every server behind them was seen.</summary>
    Sampled,

    /// <summary>What the user named.</summary>
    Static,

    /// <summary>Every endpoint, as the cluster itself lists them.</summary>
    Complete,
}
