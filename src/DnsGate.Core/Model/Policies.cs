namespace DnsGate.Core.Model;

/// <summary>What the PTR records of the pod's addresses must be (<c>--reverse</c>).</summary>
internal enum ReversePolicy
{
    /// <summary>The own name is among them: CoreDNS publishes one PTR per Service that selects the pod.</summary>
    Contains,

    /// <summary>The own name and nothing else: Kerberos takes the first that comes.</summary>
    Only,

    Off,
}

/// <summary>The address families that must be published (<c>--families</c>).</summary>
internal enum FamilyPolicy
{
    /// <summary>Per view, those of which any of its servers publishes one; at least one.</summary>
    Auto,

    /// <summary>A only; AAAA is not asked.</summary>
    IPv4,

    /// <summary>AAAA only; A is not asked.</summary>
    IPv6,

    Both,
}

/// <summary>How much of the cluster's DNS servers must be listed for the gate to open (<c>--coverage</c>).</summary>
internal enum RequiredCoverage
{
    /// <summary>Whatever can be listed; the verdict says how much that is.</summary>
    Any,

    /// <summary>Every endpoint, or the servers that the user named.</summary>
    Complete,
}

/// <summary>What <c>wait</c> and <c>run</c> do when <c>--timeout</c> or <c>--peers-timeout</c> has passed.</summary>
internal enum OnTimeout
{
    /// <summary>End with exit code 124.</summary>
    Fail,

    /// <summary>Go on as if the gate were open, and say so.</summary>
    Open,
}

/// <summary>
/// How many servers of the cluster view must answer (<c>--require</c>). One that answers wrongly closes the gate whatever this says.
/// </summary>
/// <param name="Count">A number of servers; null for <c>all</c> or <c>majority</c>.</param>
/// <param name="Majority">More than half.</param>
internal sealed record Quorum(int? Count, bool Majority)
{
    /// <summary>Every server must answer.</summary>
    public static readonly Quorum All = new(null, false);

    /// <summary>More than half of the servers must answer.</summary>
    public static readonly Quorum MoreThanHalf = new(null, true);

    /// <summary>At least one server must answer: the rule of every view but the cluster's.</summary>
    public static readonly Quorum One = new(1, false);

    /// <summary>
    /// Servers that must answer out of <paramref name="servers"/>; never zero, so that no server at all is never agreement.
    /// </summary>
    public int Needed(int servers) => Math.Max(1, Count ?? (Majority ? (servers / 2) + 1 : servers));

    /// <summary>The way it is written on the command line.</summary>
    public override string ToString() =>
        Count?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? (Majority ? "majority" : "all");
}
