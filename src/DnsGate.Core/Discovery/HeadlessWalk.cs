using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Text;

namespace DnsGate.Core.Discovery;

/// <summary>
/// The DNS servers behind a headless Service, which these very servers list. One that lags behind may lack a new
/// one; so every server that appears is asked as well, until nothing new appears, and all the lists are united.
/// </summary>
internal sealed class HeadlessWalk : IDiscoveryWalk
{
    /// <summary>Servers found at most, against a hostile list: the largest clusters run some dozens of CoreDNS pods.</summary>
    public const int MaxServers = 1000;

    /// <summary>
    /// The SRV record of the port named <c>dns</c> over UDP has the port on which the pods listen (OpenShift's 5353), for
    /// Services without virtual IP (https://github.com/kubernetes/dns/blob/master/docs/specification.md §2.4.2).
    /// </summary>
    private const string PortPrefix = "_dns._udp.";

    /// <summary>
    /// Another port of the same Service, for pods that name theirs so (Gardener's). Asked for only where no port is named <c>dns</c>.
    /// </summary>
    private const string OtherPortPrefix = "_dns-udp._udp.";

    private readonly ServerSource.Headless source;
    private readonly DnsName? portName;
    private readonly DnsName? otherPortName;
    private readonly ImmutableArray<AddressFamily> families;
    private readonly bool forceRefresh;
    private readonly HashSet<(ServerAddress Server, int Sample)> asked = [];
    private readonly HashSet<ServerAddress> found = [];
    private readonly Dictionary<DnsName, Target> targets = [];
    // Addresses of a server that has no port named dns, until it has been asked for the other name.
    private readonly Dictionary<ServerAddress, ImmutableArray<IPAddress>> withoutPort = [];
    // Of a virtual address each sample counts by itself: it may have reached another server.
    private readonly Dictionary<(ServerAddress Server, int Sample), int> datagrams = [];
    private readonly List<(ServerAddress Server, string Problem)> faults = [];
    private ImmutableArray<Server> next;
    private bool anyNoData;
    private bool anyNxDomain;
    private bool anyUnusable;
    private bool anyVirtual;
    private bool anyPort;

    /// <summary>Begins a walk.</summary>
    /// <param name="source">The Service.</param>
    /// <param name="seeds">The servers to ask first: those known without this source.</param>
    /// <param name="podAddresses">The pod's addresses: servers of a family that the pod lacks cannot be asked.</param>
    /// <param name="forceRefresh">Whether to ask past the caches that the regular listing fills.</param>
    public HeadlessWalk(
        ServerSource.Headless source, ImmutableArray<Server> seeds, ImmutableArray<IPAddress> podAddresses, bool forceRefresh)
    {
        (this.source, next, this.forceRefresh) = (source, seeds, forceRefresh);
        families = [.. podAddresses.Select(address => address.AddressFamily).Distinct()];
        // The prefix may make a name too long that just fits: then only its addresses can be asked for.
        portName = DnsName.TryParse(PortPrefix + source.Name, out var name, out _) ? name : null;
        otherPortName = DnsName.TryParse(OtherPortPrefix + source.Name, out name, out _) ? name : null;
    }

    /// <inheritdoc/>
    public ImmutableArray<Lookup> Next()
    {
        var lookups = ImmutableArray.CreateBuilder<Lookup>();
        foreach (var server in next)
        {
            for (var sample = 0; sample < server.Samples && asked.Add((server.Address, sample)); sample++)
            {
                AddLookups(lookups, server.Address, sample);
            }
        }

        next = [];
        lookups.AddRange(withoutPort.Keys.Select(server => LookupAt(server, otherPortName!, RecordType.SRV)));
        foreach (var (name, target) in targets)
        {
            if (target.Addresses.Count == 0 && target.Tellers.TryDequeue(out var teller))
            {
                lookups.AddRange(families.Select(family => LookupAt(teller, name, TypeOf(family))));
            }
        }

        return lookups.ToImmutable();
    }

    /// <inheritdoc/>
    public void Learn(IReadOnlyList<LookupResult> results)
    {
        var appeared = ImmutableArray.CreateBuilder<Server>();
        foreach (var ofServer in results.GroupBy(result => result.Lookup.Server))
        {
            foreach (var result in ofServer)
            {
                var asker = (ofServer.Key, result.Lookup.Sample);
                datagrams[asker] = datagrams.GetValueOrDefault(asker) + result.Datagrams;
            }

            LearnTargets(ofServer);
            foreach (var server in ServersOf(ofServer.Key, [.. ofServer.Where(result => !targets.ContainsKey(result.Lookup.Name))]))
            {
                Add(server);
            }
        }

        foreach (var target in targets.Values)
        {
            foreach (var address in target.Addresses)
            {
                foreach (var port in target.Ports)
                {
                    Add(new ServerAddress(address, port));
                }
            }
        }

        next = appeared.ToImmutable();

        void Add(ServerAddress server)
        {
            // The unspecified address would be this pod itself.
            if (Addresses.IsUnspecifiedOrMulticast(server.Address))
            {
                anyUnusable = true;
            }
            else if (found.Count <= MaxServers && found.Add(server))
            {
                appeared.Add(new Server(server, source.ToString()));
            }
        }
    }

    /// <summary>Whether the Service is headless for certain, also where it has one address and no SRV records.</summary>
    public bool IsKnownHeadless { get; init; }

    /// <inheritdoc/>
    public SourceResult Result()
    {
        var most = datagrams.Count == 0 ? 0 : datagrams.Values.Max();
        if (anyVirtual && found.GroupBy(server => server.Address.AddressFamily).All(family => family.Count() == 1))
        {
            return Failed(
                DiscoveryFault.Empty,
                "the Service is not headless: its SRV record names the Service itself, so its address is a virtual one, and "
                + "the servers behind it cannot be listed",
                "name one with `clusterIP: None`; see k8s-examples/name-servers");
        }

        // One address and no SRV record: a virtual address looks the same. A list of one server must not be called complete then.
        if (!anyPort && !IsKnownHeadless && found.Count > 0
            && found.GroupBy(server => server.Address.AddressFamily).All(family => family.Count() == 1))
        {
            return Failed(
                DiscoveryFault.Empty,
                "the Service has one address and no SRV records: it may not be headless",
                "name its UDP port dns, or name a Service with `clusterIP: None`; see k8s-examples/name-servers");
        }

        if (found.Count > MaxServers || targets.Count > MaxServers)
        {
            return Failed(
                DiscoveryFault.Unreachable,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the Service lists more than {MaxServers} servers: it can hardly be one of DNS servers"));
        }

        // One that was told to be gone, or to have no address of the pod's families, is no server of this pod.
        if (targets.Where(target => target.Value is { Addresses.Count: 0, IsAnswered: false }).Select(target => target.Key).Order().ToList()
            is [var unknown, ..])
        {
            return Failed(
                DiscoveryFault.Unreachable,
                $"no DNS server returns the address of {unknown}, which its SRV records name with a port of its own");
        }

        return found.Count > 0
            ? SourceResult.Listed([.. found.Order(Comparer<ServerAddress>.Create(ServerAddress.Compare))
                .Select(server => new Server(server, source.ToString()) { Namespace = source.Namespace })]) with
            {
                DatagramsToOne = most,
            }
            : anyUnusable ? Failed(DiscoveryFault.Empty, "the Service has no address that can be asked")
            : anyNoData ? Failed(DiscoveryFault.Empty, "the Service has no address of a family that this pod has")
            : anyNxDomain
                ? Failed(DiscoveryFault.NotFound, "NXDOMAIN: there is no such Service, or none of its pods is ready",
                    "see k8s-examples/name-servers for the Service")
            : asked.Count == 0 ? Failed(DiscoveryFault.Absent, "no DNS server is known to ask for it: resolv.conf names none")
            : targets.Count > 0 ? Failed(DiscoveryFault.Empty, "none of the targets of its SRV records has an address")
            : Failed(
                DiscoveryFault.Unreachable,
                $"no DNS server returns its addresses: {DescribeFaults()}");

        SourceResult Failed(DiscoveryFault fault, string message, string? remedy = null) =>
            SourceResult.Failed(fault, message, remedy) with { DatagramsToOne = most };
    }

    // One part for each server, whatever its samples met.
    private string DescribeFaults() => string.Join(", ", faults
        .GroupBy(fault => fault.Server, fault => fault.Problem)
        .Select(ofServer => $"{ofServer.Key}{(asked.Contains((ofServer.Key, 1)) ? " (sampled)" : "")} "
            + string.Join(" or ", ofServer.Distinct().Order(StringComparer.Ordinal)))
        .Order(StringComparer.Ordinal));

    private void AddLookups(ImmutableArray<Lookup>.Builder lookups, ServerAddress server, int sample)
    {
        if (portName is not null)
        {
            lookups.Add(LookupAt(server, portName, RecordType.SRV, sample));
        }

        lookups.AddRange(families.Select(family => LookupAt(server, source.Name, TypeOf(family), sample)));
    }

    private Lookup LookupAt(ServerAddress server, DnsName name, RecordType type, int sample = 0) =>
        new(server, name, type, sample) { Partition = forceRefresh ? CachePartition.Cd : CachePartition.Plain };

    private static RecordType TypeOf(AddressFamily family) =>
        family == AddressFamily.InterNetworkV6 ? RecordType.AAAA : RecordType.A;

    /// <summary>Takes the addresses of targets that have ports of their own.</summary>
    private void LearnTargets(IEnumerable<LookupResult> ofServer)
    {
        foreach (var results in ofServer.Where(result => targets.ContainsKey(result.Lookup.Name)).GroupBy(result => result.Lookup.Name))
        {
            var target = targets[results.Key];
            target.Addresses.UnionWith(results.SelectMany(result => AddressesIn(result.Outcome)));
            target.IsAnswered |= results.All(result =>
                result.Outcome is Outcome.Responded { Answer: Answer.Records or Answer.NoData or Answer.NxDomain });
        }
    }

    private static IEnumerable<IPAddress> AddressesIn(Outcome outcome) =>
        outcome is Outcome.Responded { Answer: Answer.Records records }
            ? records.Data.OfType<RecordData.Address>().Select(data => data.Value)
            : [];

    /// <summary>
    /// The servers that one server lists. Where all have one port, the addresses of the Service have it; otherwise each target of the SRV
    /// records is asked for first, since its address has its own port.
    /// </summary>
    private IEnumerable<ServerAddress> ServersOf(ServerAddress teller, IReadOnlyList<LookupResult> results)
    {
        var addresses = new List<IPAddress>();
        var services = new HashSet<RecordData.Service>();
        var knowsPort = portName is null;
        foreach (var result in results)
        {
            switch (result.Outcome)
            {
                case Outcome.Responded { Answer: Answer.Records records }:
                    addresses.AddRange(AddressesIn(result.Outcome));
                    services.UnionWith(records.Data.OfType<RecordData.Service>());
                    knowsPort |= result.Lookup.Type == RecordType.SRV;
                    break;
                case Outcome.Responded { Answer: Answer.NxDomain or Answer.NoData } when result.Lookup.Type == RecordType.SRV:
                    knowsPort = true;
                    break;
                case Outcome.Responded { Answer: Answer.NxDomain }:
                    anyNxDomain = true;
                    break;
                case Outcome.Responded { Answer: Answer.NoData }:
                    anyNoData = true;
                    break;
                default:
                    faults.Add((result.Lookup.Server, Describe(result.Outcome)));
                    break;
            }
        }

        if (withoutPort.Remove(teller, out var stored))
        {
            // The port has neither name, or none: that of DNS then.
            addresses.AddRange(stored);
        }
        else if (services.Count == 0 && knowsPort && addresses.Count > 0 && otherPortName is not null)
        {
            withoutPort[teller] = [.. addresses];
            return [];
        }

        // Of a headless Service the targets are its pods, each by a name of its own (ibid. §2.3.2 and §2.4.2).
        anyVirtual |= services.Any(service => service.Target == source.Name);
        anyPort |= services.Count > 0;
        var ports = services.Select(service => service.Port).Distinct().ToList();
        if (ports.Count > 1)
        {
            // Names that this walk asks for anyway are no pod's: their answers are not to be taken for addresses of a target.
            foreach (var service in services.Where(service =>
                service.Target != source.Name && service.Target != portName && service.Target != otherPortName
                && targets.Count <= MaxServers))
            {
                targets.TryAdd(service.Target, new Target());
                targets[service.Target].Add(service.Port, teller);
            }

            return [];
        }

        // Without its SRV answer a server's list would send the questions to the wrong port.
        return knowsPort
            ? addresses.Select(address => new ServerAddress(address, ports.Count == 0 ? ServerAddress.DefaultPort : ports[0]))
            : [];
    }

    private static string Describe(Outcome outcome) => outcome switch
    {
        Outcome.Responded { Answer: Answer.ServerError error } => $"answers {error.Code.Name()}",
        Outcome.Malformed => "cannot be understood",
        Outcome.Unreachable => "is unreachable",
        Outcome.NotSent => "could not be asked by this pod",
        _ => "is silent",
    };

    /// <summary>A pod behind the Service, by the name that SRV records give it.</summary>
    private sealed class Target
    {
        /// <summary>Its ports: several while servers lag behind one another.</summary>
        public HashSet<ushort> Ports { get; } = [];

        public HashSet<IPAddress> Addresses { get; } = [];

        /// <summary>The servers that named it and have not been asked for its address.</summary>
        public Queue<ServerAddress> Tellers { get; } = [];

        /// <summary>Whether a server has returned its addresses, or that there are none.</summary>
        public bool IsAnswered { get; set; }

        public void Add(ushort port, ServerAddress teller)
        {
            Ports.Add(port);
            if (!Tellers.Contains(teller))
            {
                Tellers.Enqueue(teller);
            }
        }
    }
}
