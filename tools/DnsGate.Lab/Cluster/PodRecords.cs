namespace DnsGate.Lab.Cluster;

/// <summary>What a DNS server knows of one pod.</summary>
/// <param name="Name">The pod's name, fully qualified.</param>
/// <param name="Addresses">The addresses at its name; none = the name does not exist.</param>
/// <param name="Reverse">The addresses whose PTR record names it.</param>
internal sealed record PodRecords(string Name, string[] Addresses, string[] Reverse)
{
    /// <summary>One address, forward and reverse.</summary>
    public static PodRecords At(string name, string address) => new(name, [address], [address]);
}
