using System.Collections.Immutable;
using DnsGate.Ask;
using DnsGate.Core.Judge;
using DnsGate.Core.Servers;
using DnsGate.Core.Spec;
using DnsGate.Core.Wire;

namespace DnsGate.Discover;

/// <summary>Asks the servers of resolv.conf whether they know the cluster's domain, at most twice a minute and only when a verdict raises the question.</summary>
internal sealed class DomainProber(GateSpec spec, Identity identity, NameServerClient client, TimeProvider time)
{
    private static readonly TimeSpan Holds = TimeSpan.FromSeconds(30);

    private DomainProbe? last;
    private long lastAt;

    /// <summary>The probe that a verdict calls for; null when it calls for none.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="left">Time that is left for it; null for no limit but that of a question.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<DomainProbe?> ProbeAsync(Verdict verdict, TimeSpan? left, CancellationToken stop)
    {
        if (!DomainProbe.IsWorthAsking(verdict))
        {
            return null;
        }

        if (last is null || time.GetElapsedTime(lastAt) >= Holds)
        {
            (last, lastAt) = (await AskAsync(left, stop).ConfigureAwait(false), time.GetTimestamp());
        }

        return last;
    }

    private async Task<DomainProbe> AskAsync(TimeSpan? left, CancellationToken stop)
    {
        var domain = Sources.ClusterDomainOf(spec, identity);
        ImmutableArray<Lookup> lookups = [.. FileSource.Read(Sources.ResolvConfOf(spec)).Servers.Select(server => new Lookup(server.Address, domain, RecordType.SOA))];
        return new DomainProbe(domain, [.. await client.LookUpAsync(lookups, left, stop).ConfigureAwait(false)])
        {
            IsOfAskedServers = spec.App is not null || spec.Servers.Any(source => source is ServerSource.ResolvConf or ServerSource.Auto),
        };
    }
}
