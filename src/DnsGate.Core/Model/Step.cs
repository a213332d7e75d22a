
namespace DnsGate.Core.Model;

/// <summary>The stages of a round, in the order in which they are walked.</summary>
internal enum Stage
{
    /// <summary>The cluster view in a cache partition that applications do not read.</summary>
    ClusterPrivate,

    /// <summary>The cluster view as the application asks.</summary>
    Cluster,

    /// <summary>The application's own DNS servers.</summary>
    App,

    /// <summary>DNS servers outside the cluster.</summary>
    External,

    /// <summary>The servers of an open gate, in the cache partition that a starting gate asks last.</summary>
    Watch,
}

/// <summary>The two halves of a stage: a server is asked for the PTR only once its forward answer is right.</summary>
internal enum Direction
{
    /// <summary>Name to addresses: A and AAAA.</summary>
    Forward,

    /// <summary>Addresses to names: PTR.</summary>
    Reverse,
}

/// <summary>One half of a stage.</summary>
/// <param name="View">The view whose servers are asked.</param>
/// <param name="Stage">Which stage.</param>
/// <param name="Direction">Which half.</param>
internal readonly record struct Step(ViewKey View, Stage Stage, Direction Direction)
{
    /// <summary>Whether the questions go to partitions that applications do not read.</summary>
    public bool IsPrivate => Stage is Stage.ClusterPrivate or Stage.Watch;
}
