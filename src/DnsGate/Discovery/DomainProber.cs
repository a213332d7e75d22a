using System.Collections.Immutable;
using DnsGate.Ask;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;

namespace DnsGate.Discovery;

/// <summary>Asks the servers of resolv.conf for the SOA of the cluster domain.</summary>
internal sealed class DomainProber(GateOptions options, Identity identity, NameServerClient client)
{
    /// <summary>Asks each server once.</summary>
    /// <param name="limit">The time for it; null for no limit but that of a question.</param>
    /// <param name="whileWaiting">Called several times a second until the answers are there.</param>
    /// <param name="stop">Ends it, with an <see cref="OperationCanceledException"/>.</param>
    public DomainProbe Probe(TimeSpan? limit, Action whileWaiting, CancellationToken stop)
    {
        var domain = Sources.ClusterDomainOf(options, identity);
        ImmutableArray<Lookup> lookups = [.. ResolvConfSource.Read(Sources.ResolvConfOf(options)).Servers
            .Select(server => new Lookup(server.Address, domain, RecordType.SOA))];
        return new DomainProbe(domain, client.LookUp(lookups, limit, whileWaiting, stop))
        {
            IsOfAskedServers = options.App is not null
                || options.Servers.Any(source => source is ServerSource.ResolvConf or ServerSource.Auto),
        };
    }
}
