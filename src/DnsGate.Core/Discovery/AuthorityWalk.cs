using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Discovery;

/// <summary>
/// Every name server of the zone that a name is in: the zone cut by SOA, its servers by NS, their addresses by A and AAAA, all
/// through the servers that the pod uses anyway. The name itself is not asked for: Route 53 lets resolvers remember for
/// 15 minutes that it does not exist yet. So the SOA is that of the name's parent, or of the parent's, where resolvers do
/// not say in which zone there is none (RFC 2308 §2.1.1 and §2.2.1 allow negative answers without SOA).
/// </summary>
/// <param name="name">The name.</param>
/// <param name="seeds">The servers to ask, in order of preference.</param>
/// <param name="podAddresses">The pod's addresses: servers of a family that the pod lacks cannot be asked.</param>
internal sealed class AuthorityWalk(DnsName name, ImmutableArray<ServerAddress> seeds, ImmutableArray<IPAddress> podAddresses)
    : IDiscoveryWalk
{
    /// <summary>Name servers of one zone at most, against a hostile answer: the root has 13, Route 53 gives four.</summary>
    public const int MaxNameServers = 32;

    /// <summary>Servers found at most, against a hostile answer.</summary>
    public const int MaxServers = 100;

    private readonly List<Server> servers = [];
    private readonly List<string> notes = [];
    private readonly Dictionary<ServerAddress, int> datagrams = [];
    private DnsName asked = name.Parent() ?? name;
    private ImmutableArray<DnsName> nameServers = [];
    private DnsName? zone;
    private Stage stage;
    private DiscoveryProblem? problem;

    private enum Stage
    {
        ZoneCut,
        NameServers,
        Addresses,
        Done,
    }

    /// <inheritdoc/>
    public ImmutableArray<Lookup> Next()
    {
        if (seeds.IsEmpty)
        {
            problem = new DiscoveryProblem(DiscoveryFault.Absent, "no DNS server is known to ask for the zone: resolv.conf names none");
        }

        return (problem, stage) switch
        {
            (not null, _) => [],
            (_, Stage.ZoneCut) => AtSeeds(asked, RecordType.SOA),
            (_, Stage.NameServers) => AtSeeds(zone!, RecordType.NS),
            (_, Stage.Addresses) =>
                [.. nameServers.SelectMany(host => AddressTypes().SelectMany(type => AtSeeds(host, type).AsEnumerable()))],
            _ => [],
        };
    }

    /// <inheritdoc/>
    public void Learn(IReadOnlyList<LookupResult> results)
    {
        foreach (var result in results)
        {
            datagrams[result.Lookup.Server] = datagrams.GetValueOrDefault(result.Lookup.Server) + result.Datagrams;
        }

        switch (stage)
        {
            case Stage.ZoneCut:
                zone = FirstOf(results, ZoneOf);
                if (zone is null && HasAnswer(results) && asked.Parent() is { IsRoot: false } parent)
                {
                    asked = parent;
                    return;
                }

                Expect(zone is { IsRoot: false }, results, "its zone was not found");
                break;
            case Stage.NameServers:
                nameServers = [.. results.SelectMany(result => RecordsOf(result).OfType<RecordData.Pointer>())
                    .Select(pointer => pointer.Target)
                    .Distinct()
                    .Order()];
                Expect(!nameServers.IsEmpty, results, $"the name servers of the zone {zone} were not found");
                Expect(nameServers.Length <= MaxNameServers, results, string.Create(
                    CultureInfo.InvariantCulture,
                    $"the zone {zone} has more than {MaxNameServers} name servers: not all of them can be asked"));
                break;
            case Stage.Addresses:
                LearnAddresses(results);
                ExpectAnswersFor(results);
                Expect(servers.Count <= MaxServers, results, string.Create(
                    CultureInfo.InvariantCulture,
                    $"the name servers of the zone {zone} have more than {MaxServers} addresses: not all of them can be asked"));
                Expect(problem is not null || servers.Count > 0, results,
                    $"no name server of the zone {zone} has an address of a family that this pod has");
                break;
        }

        stage++;
    }

    /// <inheritdoc/>
    public SourceResult Result() =>
        (problem is null ? SourceResult.Listed([.. servers]) with { Notes = [.. notes] } : new SourceResult([], problem)) with
        {
            DatagramsToOne = datagrams.Count == 0 ? 0 : datagrams.Values.Max(),
        };

    private ImmutableArray<Lookup> AtSeeds(DnsName owner, RecordType type) => [.. seeds.Select(seed => new Lookup(seed, owner, type))];

    private IEnumerable<RecordType> AddressTypes()
    {
        foreach (var family in podAddresses.Select(address => address.AddressFamily).Distinct())
        {
            yield return family == AddressFamily.InterNetworkV6 ? RecordType.AAAA : RecordType.A;
        }
    }

    private void LearnAddresses(IReadOnlyList<LookupResult> results)
    {
        foreach (var result in results)
        {
            foreach (var address in RecordsOf(result).OfType<RecordData.Address>())
            {
                var server = new Server(new ServerAddress(address.Value), $"authoritative:{result.Lookup.Name}", MayForward: true);
                if (servers.Count <= MaxServers
                    && !Addresses.IsUnspecifiedOrMulticast(address.Value)
                    && servers.All(known => known.Address != server.Address))
                {
                    servers.Add(server);
                }
            }
        }

        servers.Sort((left, right) => ServerAddress.Compare(left.Address, right.Address));
    }

    private void Expect(bool isFound, IReadOnlyList<LookupResult> results, string otherwise)
    {
        if (!isFound)
        {
            // An answer that does not help is definite; silence and failures may be better in a moment.
            var answered = HasAnswer(results);
            problem = new DiscoveryProblem(answered ? DiscoveryFault.NotFound : DiscoveryFault.Unreachable,
                answered ? otherwise : $"{otherwise}: the DNS servers of resolv.conf do not answer for it");
        }
    }

    /// <summary>
    /// A name server whose address was not answered, in any family of this pod, would be left out. One without an address of
    /// such a family cannot be asked.
    /// </summary>
    private void ExpectAnswersFor(IReadOnlyList<LookupResult> results)
    {
        foreach (var host in nameServers)
        {
            var ofHost = results.Where(result => result.Lookup.Name == host).ToList();
            if (ofHost.GroupBy(result => result.Lookup.Type).Any(ofType => !HasAnswer(ofType)))
            {
                problem ??= new DiscoveryProblem(
                    DiscoveryFault.Unreachable,
                    $"the address of {host}, a name server of the zone {zone}, was not found: the DNS servers of "
                    + "resolv.conf do not answer for it");
            }
            else if (ofHost.All(result => RecordsOf(result).IsEmpty))
            {
                notes.Add($"{host}, a name server of the zone {zone}, is not asked: it has no address of a family that this pod has");
            }
        }
    }

    private static bool HasAnswer(IEnumerable<LookupResult> results) =>
        results.Any(result => result.Outcome is Outcome.Responded { Answer: not Answer.ServerError });

    private DnsName? ZoneOf(LookupResult result)
    {
        var found = (result.Outcome as Outcome.Responded)?.Answer switch
        {
            Answer.Records => result.Lookup.Name,
            Answer.NoData noData => noData.Zone,
            Answer.NxDomain nxDomain => nxDomain.Zone,
            _ => null,
        };
        // Of an alias (a wildcard, say) the SOA is that of the zone where its target is missing.
        return found is not null && name.IsSubdomainOf(found) ? found : null;
    }

    private static ImmutableArray<RecordData> RecordsOf(LookupResult result) =>
        result.Outcome is Outcome.Responded { Answer: Answer.Records records } ? records.Data : [];

    private static T? FirstOf<T>(IReadOnlyList<LookupResult> results, Func<LookupResult, T?> read)
        where T : class
    {
        foreach (var result in results)
        {
            if (read(result) is { } value)
            {
                return value;
            }
        }

        return null;
    }
}
