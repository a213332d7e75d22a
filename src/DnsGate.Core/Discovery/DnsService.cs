using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;

namespace DnsGate.Core.Discovery;

/// <summary>
/// The Service of the cluster's DNS, whatever it is called: CoreDNS and kube-dns answer the PTR of a Service's own address with
/// <c>SVC.NS.svc.DOMAIN</c>, and a DNS server of resolv.conf is such an address.
/// </summary>
internal static class DnsService
{
    private const string Service = "svc";

    /// <summary>
    /// The question for the Service: the PTR of the address of the first server that is not on this node, at that server. Null where every
    /// server is a node cache.
    /// </summary>
    /// <param name="nameServers">The servers of resolv.conf, in its order.</param>
    public static Lookup? LookupAt(ImmutableArray<Server> nameServers) =>
        nameServers.FirstOrDefault(server => !server.Address.IsOnThisNode) is { } first
            ? new Lookup(first.Address, DnsName.ReverseOf(first.Address.Address), RecordType.PTR)
            : null;

    /// <summary>The Service that the answer names; null where it names none.</summary>
    /// <param name="outcome">What became of the question.</param>
    /// <param name="domain">The cluster domain.</param>
    public static ServerSource.Kube? Read(Outcome outcome, DnsName domain)
    {
        var records = (outcome as Outcome.Responded)?.Answer as Answer.Records;
        foreach (var pointer in records?.Data.OfType<RecordData.Pointer>() ?? [])
        {
            if (TryReadService(pointer.Target, domain, out var service))
            {
                return service;
            }
        }

        return null;
    }

    /// <summary>Reads <c>SVC.NS.svc.DOMAIN</c>; false for every other name.</summary>
    public static bool TryReadService(DnsName name, DnsName domain, [NotNullWhen(true)] out ServerSource.Kube? service)
    {
        service = null;
        // An escape of a label has a backslash, which no name of an object has.
        if (name.LabelCount == domain.LabelCount + 3
            && DnsName.TryParse($"{Service}.{domain}", out var services, out _)
            && name.IsSubdomainOf(services)
            && name.ToString().Split('.') is [var first, var second, ..]
            && DnsLabel.Is(first) && DnsLabel.Is(second))
        {
            service = new ServerSource.Kube(second, first);
        }

        return service is not null;
    }
}
