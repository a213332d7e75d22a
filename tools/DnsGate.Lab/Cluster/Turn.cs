namespace DnsGate.Lab.Cluster;

/// <summary>When a DNS server learns something about the pod that is recreated.</summary>
/// <param name="After">Counted from the start of the new pod.</param>
/// <param name="Records">What it knows from then on.</param>
internal sealed record Turn(TimeSpan After, PodRecords Records);
