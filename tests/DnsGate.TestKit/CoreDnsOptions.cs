namespace DnsGate.TestKit;

/// <summary>
/// How a simulated CoreDNS is configured, and how it lags. The rules are those of its <c>kubernetes</c> and <c>cache</c> plugins.
/// </summary>
public sealed record CoreDnsOptions
{
    /// <summary><c>ttl</c> of the kubernetes plugin, in seconds: 5 by default, 30 as kubeadm ships it.</summary>
    public uint RecordTtl { get; init; } = 30;

    /// <summary>The cap of the cache plugin in seconds; 0 = no cache plugin.</summary>
    public uint CacheTtl { get; init; } = 30;

    /// <summary>
    /// Whether names of the cluster domain are cached; new kubeadm clusters disable success and denial for them. Reverse names always are.
    /// </summary>
    public bool CachesClusterDomain { get; init; } = true;

    /// <summary>Whether CD selects a partition (CoreDNS 1.11.3 and later).</summary>
    public bool CdIsKeyed { get; init; } = true;

    /// <summary>Whether DO selects a partition (CoreDNS 1.10.1 and later).</summary>
    public bool DoIsKeyed { get; init; } = true;

    /// <summary>
    /// <c>serve_stale</c>: for so long an expired entry is answered once more, with TTL 0, while it is refreshed. Zero = off.
    /// </summary>
    public TimeSpan ServesStale { get; init; }

    /// <summary>How long after a change of <see cref="ClusterData"/> the instance sees it.</summary>
    public TimeSpan InformerLag { get; init; }

    /// <summary>
    /// When its informers synced, on the clock of <see cref="ClusterData"/>; before, cluster names are SERVFAIL and reverse names
    /// are forwarded.
    /// </summary>
    public TimeSpan SyncedAt { get; init; } = TimeSpan.MinValue;

    /// <summary>
    /// When its process started. Its port opens once its informers have synced, and after <see cref="PatienceOfStart"/> all the
    /// same; until then nobody listens there.
    /// </summary>
    public TimeSpan StartedAt { get; init; } = TimeSpan.MinValue;

    /// <summary>While this lasts it sees no change: it lost the API server, and has come back N s after the API server itself.</summary>
    public (TimeSpan From, TimeSpan Until)? WithoutApi { get; init; }

    /// <summary>
    /// When it got SIGTERM: from then on it sees no change, and after <see cref="Lameduck"/> nobody listens there. Null = never.
    /// </summary>
    public TimeSpan? TerminatedAt { get; init; }

    /// <summary>How long a terminating instance still answers: <c>lameduck 5s</c> of the health plugin.</summary>
    public static readonly TimeSpan Lameduck = TimeSpan.FromSeconds(5);

    /// <summary>How long a starting instance waits for the API server before it opens its port.</summary>
    public static readonly TimeSpan PatienceOfStart = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Who answers what is not the cluster's: other names, and reverse names without records (<c>fallthrough</c>). NXDOMAIN by default.
    /// </summary>
    public Func<ReceivedQuery, DnsMessage> Upstream { get; init; } =
        query => DnsMessage.NxDomain(Rr.Soa(ReverseName.ZoneOf(query.Name) ?? "", ttl: 900));

    /// <summary>Older kubeadm: <c>ttl 30</c>, <c>cache 30</c> for everything.</summary>
    public static CoreDnsOptions Classic { get; } = new();

    /// <summary>The defaults of CoreDNS: <c>ttl 5</c>, <c>cache 30</c>.</summary>
    public static CoreDnsOptions ShortTtl { get; } = new() { RecordTtl = 5 };

    /// <summary>New kubeadm: <c>ttl 30</c>, the cluster domain not cached, the reverse zones cached 30 s.</summary>
    public static CoreDnsOptions NewKubeadm { get; } = new() { CachesClusterDomain = false };
}
