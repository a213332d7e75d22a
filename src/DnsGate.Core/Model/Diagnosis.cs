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

    /// <summary>The deadline of the verb ended the round before all servers had answered.</summary>
    public const string RoundCutOff = "round-cut-off";

    /// <summary>The cluster's servers are listed, and none of them is ready.</summary>
    public const string NoneReady = "none-ready";

    /// <summary>Forward right, and PTR REFUSED at every server.</summary>
    public const string ReverseRefused = "reverse-refused";

    /// <summary>Forward right, and PTR not answered at any server.</summary>
    public const string ReverseUnanswered = "reverse-unanswered";

    /// <summary>Every endpoint refuses the connection.</summary>
    public const string PortClosed = "port-closed";

    /// <summary>A records, and NXDOMAIN for AAAA, at every server.</summary>
    public const string AaaaNxDomain = "aaaa-nxdomain";

    /// <summary>The old answer of a server came again after its TTL, while others are right.</summary>
    public const string FrozenServer = "frozen-server";

    /// <summary>Every server returns the same wrong addresses, for long.</summary>
    public const string PublishedWrong = "published-wrong";

    /// <summary>The cluster's servers are right, the cache of this node is not.</summary>
    public const string NodeCacheStale = "node-cache-stale";

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

    /// <summary>PTR records that name this pod under a second Service too, under <c>--reverse only</c>.</summary>
    public const string SecondService = "second-service";

    /// <summary>An expected address is on no interface of this pod.</summary>
    public const string AddressNotOnInterface = "address-not-on-interface";

    /// <summary>The expected name begins with the host name of another pod.</summary>
    public const string NameOfAnotherPod = "name-of-another-pod";

    /// <summary>A line of /etc/hosts gives a spelling of the own name another address.</summary>
    public const string HostsOverridesName = "hosts-overrides-name";

    /// <summary>Spellings that /etc/hosts answers, where it does not answer others.</summary>
    public const string SpellingNotShadowed = "spelling-not-shadowed";

    /// <summary>A question to an address without a DNS server was answered.</summary>
    public const string DnsIntercepted = "dns-intercepted";

    /// <summary>A list of members (<c>--peers</c>) without this pod.</summary>
    public const string NotAMember = "not-a-member";

    /// <summary>All of them, in the order of the reference.</summary>
    public static readonly ImmutableArray<string> All =
    [
        NameNotPublished, PublishedWrong, FrozenServer, NodeCacheStale, AaaaNxDomain,
        ReverseNotServed, ReverseRefused, ReverseUnanswered, PtrNamesAnotherService, AddressReused, SecondService,
        RoundCutOff, NoneReady, PortClosed, NetworkPolicy, DnsOutage, NotClusterDns, DnsIntercepted,
        AddressNotOnInterface, NameOfAnotherPod, HostsOverridesName, SpellingNotShadowed, NotAMember,
    ];

    /// <summary>Whether it doubts the expected name or addresses: then no server is blamed for not having them.</summary>
    public bool IsAboutIdentity { get; init; }
}
