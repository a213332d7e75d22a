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
    private const string ConventionalService = "dnsgate-name-servers.kube-system.svc";

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(5);
    private static readonly ServerSource.ResolvConf OwnResolvConf = new(ServerSource.DefaultResolvConf);
    private static readonly ServerSource.Kube ConventionalKube = new(ServerSource.Kube.DefaultNamespace, "kube-dns");

    /// <summary>The file that names the servers of the application, which discovery may ask too.</summary>
    public static ServerSource.ResolvConf ResolvConfOf(GateOptions options) => options.App as ServerSource.ResolvConf ?? OwnResolvConf;

    /// <summary>The cluster's domain, as far as the pod's name and that file tell.</summary>
    public static DnsName ClusterDomainOf(GateOptions options, Identity identity) =>
        ClusterDomain.Find(identity.Name, TextFile.TryRead(ResolvConfOf(options).Path, out var text, out _) ? text : null);

    /// <summary>
    /// How long a source may take: no more than 5 s, and no more than half of the verb's time, so that the rest is left for the
    /// servers. A quarter where another source follows.
    /// </summary>
    /// <param name="limit">The time of the verb.</param>
    /// <param name="hasNext">Whether <c>auto</c> goes on to another source.</param>
    public static TimeSpan TimeoutOf(TimeLimit limit, bool hasNext)
    {
        var part = limit is { IsOneRound: false, Limit: { } time } ? time / (hasNext ? 4 : 2) : MaxTimeout;
        return part < MaxTimeout ? part : MaxTimeout;
    }

    /// <summary>The sources of every view, in the order of the options.</summary>
    public ImmutableArray<SourceChain> MakeChains()
    {
        var chains = ImmutableArray.CreateBuilder<SourceChain>();
        chains.AddRange(options.Servers.Select(source => new SourceChain(new ViewKey(ViewKind.Cluster), MakeSources(source))));
        if (options.App is { } app)
        {
            chains.Add(new SourceChain(new ViewKey(ViewKind.App), MakeSources(app)));
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

    private ImmutableArray<Source> MakeSources(ServerSource source) => source is ServerSource.Auto
        ? [MakeSource(ConventionalKube, hasNext: true),
            MakeSource(new ServerSource.Headless(ConventionalName()), hasNext: true), MakeSource(OwnResolvConf, hasNext: false)]
        : [MakeSource(source, hasNext: false)];

    private Source MakeSource(ServerSource source, bool hasNext) => source switch
    {
        ServerSource.Static named => new StaticSource(named.ToString(), [new Server(named.Address, named.ToString())], time),
        ServerSource.ResolvConf file => new ResolvConfSource(file, time),
        ServerSource.Kube kube =>
            new KubeSource(kube, KubeAccess.OfThisPod(), identity.Addresses, TimeoutOf(limit, hasNext), hasNext, time),
        ServerSource.Headless service => new WalkSource(
            service.ToString(),
            Coverage.Complete,
            forceRefresh => new HeadlessWalk(service, Seeds(), identity.Addresses, forceRefresh),
            client,
            TimeoutOf(limit, hasNext),
            HoldTime.OfHeadless,
            time),
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    private Source MakeSource(ExternalSource external, DnsName name) => external.IsAuthoritative
        ? new WalkSource(
            external.ToString(),
            Coverage.Static,
            _ => new AuthorityWalk(name, [.. Seeds().Select(seed => seed.Address)], identity.Addresses),
            client,
            TimeoutOf(limit, hasNext: false),
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

    private DnsName ConventionalName()
    {
        var domain = ClusterDomainOf(options, identity);
        // A domain that leaves no room for the rest has no such Service either.
        return DnsName.TryParse($"{ConventionalService}.{domain}", out var name, out _) ? name : domain;
    }
}
