using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;

namespace DnsGate.Core.Discovery;

/// <summary>
/// The DNS servers that CoreDNS lists itself. Under <c>NS DOMAIN</c> its kubernetes plugin names every Service that it is an endpoint of:
/// <c>SVC.NS.svc.DOMAIN</c> for one with a virtual address, <c>ENDPOINT.SVC.NS.svc.DOMAIN</c> for each ready endpoint of a headless
/// one. The headless ones are walked; every server found is asked the same, until no Service and no server is new.
/// </summary>
/// <param name="domain">The cluster domain.</param>
/// <param name="seeds">The servers to ask first: those known without this source.</param>
/// <param name="podAddresses">The pod's addresses: servers of a family that the pod lacks cannot be asked.</param>
/// <param name="forceRefresh">Whether to ask past the caches that the regular listing fills.</param>
internal sealed class NsWalk(
    DnsName domain, ImmutableArray<Server> seeds, ImmutableArray<IPAddress> podAddresses, bool forceRefresh) : IDiscoveryWalk
{
    /// <summary>Headless Services at most, against a hostile answer: a cluster has one or two over its DNS servers.</summary>
    public const int MaxServices = 8;

    private static readonly string Source = new ServerSource.Ns().ToString();

    private readonly HashSet<ServerAddress> asked = [];
    private readonly HashSet<ServerAddress> answering = [];
    private readonly HashSet<DnsName> services = [];
    private readonly Queue<DnsName> toWalk = new();
    private readonly SortedDictionary<ServerAddress, Server> found = new(Comparer<ServerAddress>.Create(ServerAddress.Compare));
    private HeadlessWalk? current;
    private DiscoveryProblem? problem;
    private int datagrams;

    /// <inheritdoc/>
    public ImmutableArray<Lookup> Next()
    {
        while (true)
        {
            if (current?.Next() is { Length: > 0 } lookups)
            {
                return lookups;
            }

            if (current is not null)
            {
                Take(current.Result());
                current = null;
            }

            if (!toWalk.TryDequeue(out var service))
            {
                return [.. seeds.Concat(found.Values).Where(server => asked.Add(server.Address)).SelectMany(server =>
                    Enumerable.Range(0, server.Samples).Select(sample =>
                        new Lookup(server.Address, domain, RecordType.NS, sample)
                        {
                            Partition = forceRefresh ? CachePartition.Cd : CachePartition.Plain,
                        }))];
            }

            current = new HeadlessWalk(new ServerSource.Headless(service), seeds, podAddresses, forceRefresh)
            {
                // NS names the endpoints of headless Services below the Service.
                IsKnownHeadless = true,
            };
        }
    }

    /// <inheritdoc/>
    public void Learn(IReadOnlyList<LookupResult> results)
    {
        if (current is not null)
        {
            current.Learn(results);
            return;
        }

        datagrams += results.Max(result => result.Datagrams);
        foreach (var result in results)
        {
            if (result.Outcome is Outcome.Responded)
            {
                answering.Add(result.Lookup.Server);
            }

            foreach (var target in TargetsOf(result.Outcome))
            {
                if (target.Parent() is not { } service || !DnsService.TryReadService(service, domain, out _) || services.Contains(service))
                {
                    continue;
                }

                if (services.Count == MaxServices)
                {
                    // Those that are not walked may hide servers.
                    problem ??= new DiscoveryProblem(
                        DiscoveryFault.NotFound,
                        string.Create(CultureInfo.InvariantCulture, $"NS {domain} names more than {MaxServices} headless Services"));
                    continue;
                }

                services.Add(service);
                toWalk.Enqueue(service);
            }
        }
    }

    /// <inheritdoc/>
    public SourceResult Result()
    {
        var result = problem is not null ? new SourceResult([], problem)
            : found.Keys.Any(answering.Contains) ? SourceResult.Listed([.. found.Values])
            // No port is named for the Service of their metrics. Where the pods listen on another than 53, they are not asked at all.
            : found.Count > 0 ? SourceResult.Failed(
                DiscoveryFault.NotFound, $"none of the servers that NS {domain} leads to answers: {string.Join(' ', found.Keys)}")
            : asked.Count == 0 ? SourceResult.Failed(DiscoveryFault.Absent, "no DNS server is known to ask: resolv.conf names none")
            : answering.Count > 0 ? SourceResult.Failed(
                DiscoveryFault.NotFound, $"the DNS servers name no headless Service over themselves under NS {domain}")
            : SourceResult.Failed(DiscoveryFault.Unreachable, $"no DNS server answers for NS {domain}");
        return result with { DatagramsToOne = datagrams };
    }

    /// <summary>A Service that is named and not listed may hide servers: without it there is no list.</summary>
    private void Take(SourceResult listed)
    {
        datagrams += listed.DatagramsToOne;
        problem ??= listed.Problem is { IsDefinite: false } ? listed.Problem : null;
        foreach (var server in listed.Servers)
        {
            found.TryAdd(server.Address, server with { Source = Source });
        }

        if (found.Count > HeadlessWalk.MaxServers)
        {
            problem ??= new DiscoveryProblem(
                DiscoveryFault.NotFound,
                string.Create(CultureInfo.InvariantCulture, $"NS {domain} leads to more than {HeadlessWalk.MaxServers} servers"));
        }
    }

    private static IEnumerable<DnsName> TargetsOf(Outcome outcome) =>
        outcome is Outcome.Responded { Answer: Answer.Records records }
            ? records.Data.OfType<RecordData.Pointer>().Select(pointer => pointer.Target)
            : [];
}
