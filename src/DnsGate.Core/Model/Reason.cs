namespace DnsGate.Core.Model;

/// <summary>
/// Why a server or a whole view does not agree: a closed set, in order of precedence, wrong before silent. Per server
/// the first that applies is the reason. The names that people see are in <see cref="Reasons"/>.
/// </summary>
internal enum Reason
{
    /// <summary>NXDOMAIN; also NXDOMAIN for one family and records for the other.</summary>
    NameMissing,

    /// <summary>NODATA for every required family.</summary>
    NoAddress,

    /// <summary>Addresses, none of them expected.</summary>
    StaleAddress,

    /// <summary>Expected addresses and others.</summary>
    ExtraAddress,

    /// <summary>Some expected addresses only, or a required family is NODATA.</summary>
    MissingAddress,

    ReverseMissing,

    /// <summary>PTRs without the own name.</summary>
    ReverseMismatch,

    /// <summary>More PTRs than the own name, under <c>--reverse only</c>.</summary>
    ReverseExtra,

    /// <summary>A wrong PTR or none with RA=1 from a CoreDNS endpoint: not its own answer.</summary>
    ReverseForwarded,

    Refused,

    /// <summary>SERVFAIL, NOTIMP, FORMERR and every other error code.</summary>
    ServerFailure,

    /// <summary>The right header with broken records, a CNAME loop, or a truncated answer that TCP does not complete.</summary>
    Malformed,

    TimedOut,

    /// <summary>ICMP or connect error.</summary>
    Unreachable,

    /// <summary>The deadline of the verb ended the wait first: nothing is known about the server.</summary>
    CutOff,

    /// <summary>This pod could not send the question: nothing is known about the server.</summary>
    NotSent,

    /// <summary>
    /// A right answer with TTL 0: perhaps served stale. It neither counts nor starts over. After silence, since it says
    /// nothing against the server: a question that stayed silent is not excused by another that was right with TTL 0.
    /// </summary>
    TtlZero,

    /// <summary>A view without a server, or with fewer than <c>--require</c> asks for.</summary>
    NoServers,

    /// <summary>The list of servers was another one when it was taken again just before opening.</summary>
    ServersChanged,

    /// <summary>The servers could not be listed.</summary>
    DiscoveryFailed,

    /// <summary>
    /// Another name of this pod (<c>--also</c>) does not have its addresses at every server. The own name is right everywhere.
    /// </summary>
    AlsoWrong,

    /// <summary>Too few members of <c>--peers</c> exist. The own name is right everywhere.</summary>
    PeerMissing,

    /// <summary>The kill switch is set.</summary>
    Disabled,

    /// <summary>Nothing to object to.</summary>
    Agrees,
}

/// <summary>The reasons in the words of the contract: names, what they mean, and what to do.</summary>
internal static class Reasons
{
    private static readonly (Reason Reason, string Name, string Meaning, string? Remedy)[] Table =
    [
        (Reason.NameMissing, "name-missing", "the server returns NXDOMAIN, at least for one address family",
            "wait: this is normal for some seconds after a pod starts. An answer that was asked privately may stay 30s longer in its "
            + "partition of the cache; `dnsgate explain` shows when it expires. If it lasts, check that the Service has "
            + "`publishNotReadyAddresses: true` and `clusterIP: None`, and that the StatefulSet's `serviceName` names it"),
        (Reason.NoAddress, "no-address", "the name exists but has no address of a required family",
            "check that `--name` is the name of a pod, and that `--families` fits this cluster"),
        (Reason.StaleAddress, "stale-address", "the server returns none of the expected addresses, usually an old one",
            "wait: it normally clears within the TTL of the record (`dnsgate explain` shows it)"),
        (Reason.ExtraAddress, "extra-address", "the server returns this pod's addresses and others",
            "wait until the old record is gone; if it stays, check that no other pod has the same name. "
            + "Clients may pick the wrong address"),
        (Reason.MissingAddress, "missing-address", "the server returns only some of this pod's addresses",
            "publish every family (`ipFamilyPolicy` of the Service), or set `--families`"),
        (Reason.ReverseMissing, "reverse-missing", "the server has no PTR record for this pod's address",
            "if it lasts at every server, the reverse zone is not served: set `--reverse off` if no client needs PTR records"),
        (Reason.ReverseMismatch, "reverse-mismatch", "the PTR records of this pod's address do not name this pod",
            "wait if the address belonged to another pod until now; if another Service selects this pod, set `--name` to the right name"),
        (Reason.ReverseExtra, "reverse-extra", "the PTR records name this pod and others, and `--reverse only` is set",
            "remove this pod from the selector of the other Service; `--reverse contains` opens the gate, but Kerberos may still fail"),
        (Reason.ReverseForwarded, "reverse-forwarded", "the server forwarded the PTR query to another server",
            "wait until CoreDNS has synced; if it lasts, its `kubernetes` plugin does not serve the reverse zone: set `--reverse off`"),
        (Reason.Refused, "refused", "the server refuses to answer (REFUSED)",
            "check that it serves this name and this client; remove it from the list of servers if it does not"),
        (Reason.ServerFailure, "server-failure", "the server failed (SERVFAIL, NOTIMP, FORMERR or another error)",
            "wait: CoreDNS returns SERVFAIL until it is connected to the API server; if it lasts, check its log"),
        (Reason.Malformed, "malformed", "the reply cannot be read, or was cut off and TCP did not complete it",
            "check whether something between the pod and the server changes DNS messages or blocks TCP"),
        (Reason.TimedOut, "timed-out", "the server did not answer in time",
            "check that it runs, and that every NetworkPolicy allows UDP and TCP from this pod to it"),
        (Reason.Unreachable, "unreachable", "the network reports that the server cannot be reached",
            "check that it runs, and that it listens at this address and port"),
        (Reason.CutOff, "cut-off", "`--timeout` ended the round before the server answered; this says nothing about the server",
            "set a longer `--timeout`"),
        (Reason.NotSent, "not-sent", "this pod could not send the question; this says nothing about the server",
            "free or raise what the line names: local ports (`net.ipv4.ip_local_port_range`), open files, or memory"),
        (Reason.TtlZero, "ttl-zero", "the answer is right but has TTL 0, so it may come from an expired cache entry; it is asked again",
            null),
        (Reason.NoServers, "no-servers", "no DNS server that must agree was found, or fewer than `--require` needs",
            "wait until one is ready, or set `--servers`"),
        (Reason.ServersChanged, "servers-changed", "the list of DNS servers changed; each new server must agree first",
            null),
        (Reason.DiscoveryFailed, "discovery-failed", "the DNS servers could not be listed",
            "fix what the line of the source names, or set `--servers`"),
        (Reason.AlsoWrong, "also-wrong", "the DNS servers agree about this pod, but a name of `--also` does not contain its addresses",
            "check that the Service of that name selects this pod and has `publishNotReadyAddresses: true`"),
        (Reason.PeerMissing, "peer-missing", "the DNS servers agree about this pod, but too few members of `--peers` exist",
            "wait while the other pods start; if it lasts, compare the list of `--peers` with the pods, and set "
            + "`publishNotReadyAddresses: true` on their Service"),
        (Reason.Disabled, "disabled", "the gate is switched off by DNSGATE_DISABLED",
            "remove the variable to turn the gate on again"),
        (Reason.Agrees, "agrees", "the server returns exactly this pod's addresses, and its name for them",
            null),
    ];

    /// <summary>The name of a reason in text, JSON, log and metrics: part of the contract.</summary>
    public static string Name(this Reason reason) => Table[(int)reason].Name;

    /// <summary>A sentence for people, without subject's name or full stop.</summary>
    public static string Meaning(this Reason reason) => Table[(int)reason].Meaning;

    /// <summary>What to do about it; null where there is nothing to do but wait.</summary>
    public static string? Remedy(this Reason reason) => Table[(int)reason].Remedy;
}
