using System.Collections.Immutable;

namespace DnsGate.Core.Model;

/// <summary>What the answers of all servers together mean, and what to do.</summary>
/// <param name="Name">
/// A fixed name, for machines: one of the constants below, which are part of the contract. Each has its entry in the handbook.
/// </param>
/// <param name="Meaning">What it means.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record Diagnosis(string Name, string Meaning, string Remedy)
{
    /// <summary>NXDOMAIN at every server, for long.</summary>
    public const string NameNotPublished = "name-not-published";

    /// <summary>Forward right, and no PTR at any server, for long.</summary>
    public const string ReverseNotServed = "reverse-not-served";

    /// <summary>Every endpoint silent, while a server of resolv.conf answers.</summary>
    public const string NetworkPolicy = "network-policy";

    /// <summary>Every endpoint silent, and those of resolv.conf too.</summary>
    public const string DnsOutage = "dns-outage";

    /// <summary>A server of resolv.conf that does not know the cluster domain.</summary>
    public const string NotClusterDns = "not-cluster-dns";

    /// <summary>A PTR that names this pod under another Service.</summary>
    public const string PtrNamesAnotherService = "ptr-names-another-service";

    /// <summary>A PTR that names another pod.</summary>
    public const string AddressReused = "address-reused";

    /// <summary>Spellings that /etc/hosts answers, where it does not answer others.</summary>
    public const string SpellingNotShadowed = "spelling-not-shadowed";

    /// <summary>A question to an address without a name server was answered.</summary>
    public const string DnsIntercepted = "dns-intercepted";

    /// <summary>All of them, in the order of the reference.</summary>
    public static readonly ImmutableArray<string> All =
    [
        NameNotPublished, ReverseNotServed, NetworkPolicy, DnsOutage,
        NotClusterDns, PtrNamesAnotherService, AddressReused, DnsIntercepted, SpellingNotShadowed,
    ];
}
