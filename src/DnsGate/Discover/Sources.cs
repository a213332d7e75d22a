using System.Collections.Immutable;
using DnsGate.Ask;
using DnsGate.Core.Servers;
using DnsGate.Core.Spec;
using DnsGate.Core.Wire;
using DnsGate.Discover.Kube;
using DnsGate.Os;

namespace DnsGate.Discover;

/// <summary>Makes the sources that a spec names.</summary>
internal sealed class Sources(GateSpec spec, Identity identity, NameServerClient client, TimeLimit limit, TimeProvider time)
{
    /// <summary>One object per cluster, and no RBAC: what <c>auto</c> looks for where the API may not be asked (k8s-examples/name-servers).</summary>
    private const string ConventionalService = "dnsgate-name-servers.kube-system.svc";

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(5);
    private static readonly ServerSource.ResolvConf OwnResolvConf = new(ServerSource.DefaultResolvConf);
    private static readonly ServerSource.Kube ConventionalKube = new(ServerSource.Kube.DefaultNamespace, "kube-dns");

    // Name servers of a zone change within days, their TTL says hours.
    private readonly WalkRules authoritative = new(TimeoutOf(limit, hasNext: false), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

    /// <summary>The file that tells whom the application asks, and whom discovery may ask.</summary>
    public static ServerSource.ResolvConf ResolvConfOf(GateSpec spec) => spec.App as ServerSource.ResolvConf ?? OwnResolvConf;

    /// <summary>The cluster's domain, as far as the pod's name and that file tell.</summary>
    public static DnsName ClusterDomainOf(GateSpec spec, Identity identity) =>
        ClusterDomain.Of(identity.Name, TextFile.TryRead(ResolvConfOf(spec).Path, out var text, out _) ? text : null);

    /// <summary>
    /// How long a source may take: no more than 5 s, and no more than half of the verb's time, so that the rest is left for the servers. A quarter
    /// where another source follows.
    /// </summary>
    /// <param name="limit">The time of the verb.</param>
    /// <param name="hasNext">Whether <c>auto</c> goes on to another source.</param>
    public static TimeSpan TimeoutOf(TimeLimit limit, bool hasNext)
    {
        var part = limit is { IsOneRound: false, Limit: { } time } ? time / (hasNext ? 4 : 2) : MaxTimeout;
        return part < MaxTimeout ? part : MaxTimeout;
    }

    /// <summary>The chain behind one source of the cluster view, or of the app view.</summary>
    public SourceChain Of(ServerSource source) => source is ServerSource.Auto
        ? new SourceChain([Kept(ConventionalKube, hasNext: true), Kept(new ServerSource.Headless(ConventionalName()), hasNext: true), Kept(OwnResolvConf, hasNext: false)])
        : new SourceChain([Kept(source, hasNext: false)]);

    /// <summary>The servers of one external view.</summary>
    /// <param name="external">What the user said.</param>
    /// <param name="name">The pod's name there.</param>
    public SourceChain Of(ExternalSource external, DnsName name) => new(
    [
        new KeptSource(
            external.ToString(),
            external.IsAuthoritative
                ? new WalkSource(_ => new AuthorityWalk(name, [.. Seeds().Select(seed => seed.Address)], identity.Addresses), client, authoritative, time)
                : new StaticSource(SourceList.Of([.. external.Servers.Select(server => new Server(server, "static", MayForward: true))])),
            Coverage.Static,
            time),
    ]);

    private KeptSource Kept(ServerSource source, bool hasNext) => new(source.ToString(), SourceOf(source, TimeoutOf(limit, hasNext)), CoverageOf(source), time);

    private ISource SourceOf(ServerSource source, TimeSpan timeout) => source switch
    {
        ServerSource.Static named => new StaticSource(SourceList.Of([new Server(named.Address, named.ToString())])),
        ServerSource.ResolvConf file => new FileSource(file),
        ServerSource.Kube kube => new KubeSource(kube, KubeAccess.OfThisPod(), identity.Addresses, timeout, time),
        ServerSource.Headless service => new WalkSource(anew => new HeadlessWalk(service, Seeds(), identity.Addresses, anew), client, HeadlessRules(timeout), time),
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    // A list of CoreDNS pods changes within seconds when they are replaced; each listing costs every server three questions.
    private static WalkRules HeadlessRules(TimeSpan timeout) => new(timeout, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1));

    private static Coverage CoverageOf(ServerSource source) => source switch
    {
        ServerSource.Static => Coverage.Static,
        ServerSource.ResolvConf => Coverage.Sampled,
        _ => Coverage.Complete,
    };

    /// <summary>Whom discovery may ask: the servers that are known without asking, those of the application first.</summary>
    private ImmutableArray<Server> Seeds()
    {
        var files = spec.Servers.OfType<ServerSource.ResolvConf>().Prepend(ResolvConfOf(spec)).Distinct();
        var named = spec.Servers.OfType<ServerSource.Static>().Select(server => new Server(server.Address, server.ToString()));
        return [.. files.SelectMany(file => new FileSource(file).List().Servers), .. named];
    }

    private DnsName ConventionalName()
    {
        var domain = ClusterDomainOf(spec, identity);
        // A domain that leaves no room for the rest has no such Service either.
        return DnsName.TryParse($"{ConventionalService}.{domain}", out var name, out _) ? name : domain;
    }
}
