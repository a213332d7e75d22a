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
/// The name servers behind a headless Service, which these very servers list. One that lags behind may lack a new
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

    private readonly ServerSource.Headless source;
    private readonly DnsName? portName;
    private readonly ImmutableArray<AddressFamily> families;
    private readonly bool forceRefresh;
    private readonly HashSet<(ServerAddress Server, int Sample)> asked = [];
    private readonly HashSet<ServerAddress> found = [];
    private readonly HashSet<ushort> ports = [];
    // Of a virtual address each sample counts by itself: it may have reached another server.
    private readonly Dictionary<(ServerAddress Server, int Sample), int> datagrams = [];
    private readonly List<string> faults = [];
    private ImmutableArray<Server> next;
    private bool anyNoData;
    private bool anyNxDomain;
    private bool anyUnusable;
    private bool anyVirtual;

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

            foreach (var server in ServersOf([.. ofServer]))
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

        next = appeared.ToImmutable();
    }

    /// <inheritdoc/>
    public SourceResult Result()
    {
        var most = datagrams.Count == 0 ? 0 : datagrams.Values.Max();
        if (anyVirtual && found.GroupBy(server => server.Address.AddressFamily).All(family => family.Count() == 1))
        {
            return Failed(
                DiscoveryFault.Empty,
                "the Service is not headless: its SRV record names the Service itself, so its address is a virtual one, and "
                + "nobody can tell who is behind it",
                "name one with `clusterIP: None`; see k8s-examples/name-servers");
        }

        if (found.Count > MaxServers)
        {
            return Failed(
                DiscoveryFault.Unreachable,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the Service lists more than {MaxServers} servers: it can hardly be one of name servers"));
        }

        if (ports.Count > 1)
        {
            return Failed(
                DiscoveryFault.Unreachable,
                $"its SRV records name several ports ({string.Join(", ", ports.Order())}); which of them is whose cannot be told",
                "list the servers with kube:");
        }

        return found.Count > 0
            ? SourceResult.Listed([.. found.Order(Comparer<ServerAddress>.Create(ServerAddress.Compare))
                .Select(server => new Server(server, source.ToString()))]) with
            {
                DatagramsToOne = most,
            }
            : anyUnusable ? Failed(DiscoveryFault.Empty, "the Service has no address at which anybody can be asked")
            : anyNoData ? Failed(DiscoveryFault.Empty, "the Service has no address of a family that this pod has")
            : anyNxDomain
                ? Failed(DiscoveryFault.NotFound, "NXDOMAIN: there is no such Service, or none of its pods is ready",
                    "see k8s-examples/name-servers for the Service")
            : asked.Count == 0 ? Failed(DiscoveryFault.Absent, "no name server is known to ask for it: resolv.conf names none")
            : Failed(
                DiscoveryFault.Unreachable,
                $"no name server tells its addresses: {string.Join(", ", faults.Distinct().Order(StringComparer.Ordinal))}");

        SourceResult Failed(DiscoveryFault fault, string message, string? remedy = null) =>
            SourceResult.Failed(fault, message, remedy) with { DatagramsToOne = most };
    }

    private void AddLookups(ImmutableArray<Lookup>.Builder lookups, ServerAddress server, int sample)
    {
        if (portName is not null)
        {
            lookups.Add(new Lookup(server, portName, RecordType.SRV, sample) { CheckingDisabled = forceRefresh });
        }

        foreach (var family in families)
        {
            var type = family == AddressFamily.InterNetworkV6 ? RecordType.AAAA : RecordType.A;
            lookups.Add(new Lookup(server, source.Name, type, sample) { CheckingDisabled = forceRefresh });
        }
    }

    private IEnumerable<ServerAddress> ServersOf(IReadOnlyList<LookupResult> results)
    {
        var addresses = new List<IPAddress>();
        ushort? port = null;
        var knowsPort = portName is null;
        foreach (var result in results)
        {
            switch (result.Outcome)
            {
                case Outcome.Responded { Answer: Answer.Records records }:
                    addresses.AddRange(records.Data.OfType<RecordData.Address>().Select(data => data.Value));
                    foreach (var service in records.Data.OfType<RecordData.Service>())
                    {
                        ports.Add(service.Port);
                        (port, knowsPort) = (service.Port, true);
                        // Of a headless Service the targets are its pods, each by a name of its own (ibid. §2.3.2 and §2.4.2).
                        anyVirtual |= service.Target == source.Name;
                    }

                    break;
                case Outcome.Responded { Answer: Answer.NxDomain or Answer.NoData } negative when result.Lookup.Type == RecordType.SRV:
                    // The port has another name, or none: that of DNS then.
                    knowsPort = true;
                    break;
                case Outcome.Responded { Answer: Answer.NxDomain }:
                    anyNxDomain = true;
                    break;
                case Outcome.Responded { Answer: Answer.NoData }:
                    anyNoData = true;
                    break;
                default:
                    faults.Add(string.Create(CultureInfo.InvariantCulture, $"{result.Lookup.Server} {Describe(result.Outcome)}"));
                    break;
            }
        }

        // Without its SRV answer a server's list would send the questions to the wrong port.
        return knowsPort ? addresses.Select(address => new ServerAddress(address, port ?? ServerAddress.DefaultPort)) : [];
    }

    private static string Describe(Outcome outcome) => outcome switch
    {
        Outcome.Responded { Answer: Answer.ServerError error } => $"answers {error.Code.Name()}",
        Outcome.Malformed => "cannot be understood",
        Outcome.Unreachable => "is unreachable",
        _ => "is silent",
    };
}
