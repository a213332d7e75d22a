namespace DnsGate.Lab.Cluster;

/// <summary>A look at a member's pod.</summary>
/// <param name="At">When, counted from the start of the pod.</param>
/// <param name="Program">What the application's container runs: the gate, or the application.</param>
/// <param name="Mode">ZooKeeper's mode.</param>
/// <param name="Listens">Whether the election port listens at the pod's address or at the wildcard.</param>
/// <param name="Restarts">How often the application's container was started again.</param>
internal readonly record struct Sample(TimeSpan At, string? Program, string? Mode, bool Listens, int Restarts)
{
    /// <summary>A mode alone is no proof: it shows for seconds in pods that have no election port.</summary>
    public bool IsJoined => Mode is "leader" or "follower" && Listens;
}
