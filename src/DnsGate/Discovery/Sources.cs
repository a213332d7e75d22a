using System.Collections.Immutable;
using DnsGate.Ask;
using DnsGate.Core.Discovery;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Discovery.Kube;
using DnsGate.Linux;

namespace DnsGate.Discovery;

/// <summary>Makes the sources that the options name.</summary>
internal sealed class Sources(GateOptions options, Identity identity, NameServerClient client, TimeLimit limit, TimeProvider time)
{
    /// <summary>
    /// One object per cluster, and no RBAC: what <c>auto</c> looks for where the API may not be asked (k8s-examples/name-servers).
    /// </summary>
    private const string ConventionalService = "dnsgate-name-servers";

    // What a source may take of the verb's time: the rest is left for the servers.
    private const int Half = 2;
    private const int Eighth = 8;

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxFindTimeout = TimeSpan.FromSeconds(1);
    private static readonly ServerSource.ResolvConf OwnResolvConf = new(ServerSource.DefaultResolvConf);

    /// <summary>Where the cluster's DNS is looked for in the API when its name is not known, and after the Service of that name.</summary>
    private static readonly ImmutableArray<ServerSource.Kube> ConventionalKube =
    [
        new(ServerSource.Kube.DefaultNamespace, "kube-dns") { Label = ServerSource.Kube.AppLabel },
        new(ServerSource.Kube.DefaultNamespace, "coredns") { Label = ServerSource.Kube.AppLabel },
        new("openshift-dns", "dns-default"),
    ];

    /// <summary>The file that names the servers of the application, which discovery may ask too.</summary>
    public static ServerSource.ResolvConf ResolvConfOf(GateOptions options) => options.App as ServerSource.ResolvConf ?? OwnResolvConf;

    /// <summary>The cluster's domain, as far as the pod's name and that file tell.</summary>
    public static DnsName ClusterDomainOf(GateOptions options, Identity identity) =>
        ClusterDomain.Find(identity.Name, TextFile.TryRead(ResolvConfOf(options).Path, out var text, out _) ? text : null);

    /// <summary>
    /// How long a source may take: no more than 5 s, and no more than its part of the verb's time. A source that the user names has half,
    /// and so has the API under <c>auto</c>. What else <c>auto</c> asks has an eighth each.
    /// </summary>
    /// <param name="limit">The time of the verb.</param>
    /// <param name="part">The part: 2 is half of it.</param>
    public static TimeSpan TimeoutOf(TimeLimit limit, int part)
    {
        var time = limit is { IsOneRound: false, Limit: { } whole } ? whole / part : MaxTimeout;
        return time < MaxTimeout ? time : MaxTimeout;
    }

    /// <summary>The sources of every view, in the order of the options.</summary>
    public ImmutableArray<SourceChain> MakeChains()
    {
        var chains = ImmutableArray.CreateBuilder<SourceChain>();
        chains.AddRange(options.Servers.Select(source => MakeChain(ViewKind.Cluster, source)));
        if (options.App is { } app)
        {
            chains.Add(MakeChain(ViewKind.App, app));
        }

        foreach (var (number, external) in options.External.Index())
        {
            // A name that is too long with this pod's host name is reported as a problem of the configuration.
            if (external.TryNameOf(identity.Name, out var name, out _))
            {
                chains.Add(new SourceChain(new ViewKey(ViewKind.External, number), [MakeSource(external, name)]));
            }
        }

        return chains.ToImmutable();
    }

    private SourceChain MakeChain(ViewKind view, ServerSource source) => source is ServerSource.Auto
        ? MakeAuto(view)
        : new SourceChain(new ViewKey(view), [MakeSource(source)]);

    /// <summary>What <c>auto</c> looks for, in this order. All but the last need to know the Service, or are more exact with it.</summary>
    private SourceChain MakeAuto(ViewKind view)
    {
        var part = TimeoutOf(limit, Eighth);
        var finder = new DnsServiceFinder(
            () => DnsService.LookupAt(ResolvConfSource.Read(ResolvConfOf(options)).Servers),
            ClusterDomainOf(options, identity), client, part < MaxFindTimeout ? part : MaxFindTimeout, time);
        return new SourceChain(
            new ViewKey(view),
            [
                new KubeSource(
                    () => [.. finder.Found is { } service ? ConventionalKube.Insert(0, service) : ConventionalKube],
                    KubeAccess.OfThisPod(), identity.Addresses, TimeoutOf(limit, Half), hasNext: true, time),
                MakeWalk(() => new ServerSource.Headless(ConventionalName(finder.Found)), part),
                MakeNs(part),
                MakeSource(OwnResolvConf),
            ],
            finder);
    }

    private Source MakeSource(ServerSource source) => source switch
    {
        ServerSource.Static named => new StaticSource(named.ToString(), [new Server(named.Address, named.ToString())], time),
        ServerSource.ResolvConf file => new ResolvConfSource(file, time),
        ServerSource.Kube kube => new KubeSource(
            () => [kube], KubeAccess.OfThisPod(), identity.Addresses, TimeoutOf(limit, Half), hasNext: false, time),
        ServerSource.Headless service => MakeWalk(() => service, TimeoutOf(limit, Half)),
        ServerSource.Ns => MakeNs(TimeoutOf(limit, Half)),
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    private WalkSource MakeWalk(Func<ServerSource.Headless> service, TimeSpan timeout) => new(
        () => service().ToString(),
        Coverage.Complete,
        forceRefresh => new HeadlessWalk(service(), Seeds(), identity.Addresses, forceRefresh),
        client,
        timeout,
        HoldTime.OfHeadless,
        time);

    private WalkSource MakeNs(TimeSpan timeout) => new(
        () => new ServerSource.Ns().ToString(),
        Coverage.Complete,
        forceRefresh => new NsWalk(ClusterDomainOf(options, identity), Seeds(), identity.Addresses, forceRefresh),
        client,
        timeout,
        HoldTime.OfHeadless,
        time);

    private Source MakeSource(ExternalSource external, DnsName name) => external.IsAuthoritative
        ? new WalkSource(
            external.ToString,
            Coverage.Static,
            _ => new AuthorityWalk(name, [.. Seeds().Select(seed => seed.Address)], identity.Addresses),
            client,
            TimeoutOf(limit, Half),
            HoldTime.OfAuthoritative,
            time)
        : new StaticSource(
            external.ToString(), [.. external.Servers.Select(server => new Server(server, "static", MayForward: true))], time);

    /// <summary>The servers that discovery may ask, those that are known without asking: those of the application first.</summary>
    private ImmutableArray<Server> Seeds()
    {
        var files = options.Servers.OfType<ServerSource.ResolvConf>().Prepend(ResolvConfOf(options)).Distinct();
        var named = options.Servers.OfType<ServerSource.Static>().Select(server => new Server(server.Address, server.ToString()));
        return [.. files.SelectMany(file => ResolvConfSource.Read(file).Servers), .. named];
    }

    private DnsName ConventionalName(ServerSource.Kube? dnsService)
    {
        var domain = ClusterDomainOf(options, identity);
        var ns = dnsService?.Namespace ?? ServerSource.Kube.DefaultNamespace;
        // A domain that leaves no room for the rest has no such Service either.
        return DnsName.TryParse($"{ConventionalService}.{ns}.svc.{domain}", out var name, out _) ? name : domain;
    }
}
