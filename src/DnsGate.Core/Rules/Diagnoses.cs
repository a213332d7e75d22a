using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>Draws diagnoses from a verdict, how long it has lasted, and a probe. What one look proves is said at once.</summary>
internal static class Diagnoses
{
    /// <summary>How long a picture that every start passes through must last: pods and caches need their seconds.</summary>
    public static readonly TimeSpan ForLong = TimeSpan.FromSeconds(30);

    // Names that a PTR set is explained by; a hostile server sends hundreds.
    private const int MostPointers = 4;

    private static readonly Diagnosis NotPublished = new(
        Diagnosis.NameNotPublished,
        "every name server says that the name does not exist, and has done so for long",
        "set `publishNotReadyAddresses: true` on the headless Service, check that it is headless (`clusterIP: None`), and that the "
        + "StatefulSet's `serviceName` names it");

    private static readonly Diagnosis ReverseNotServed = new(
        Diagnosis.ReverseNotServed,
        "every name server gives the right addresses, but none has a PTR record for them, and that for long",
        "the reverse zone is not served there: `--reverse off`");

    private static readonly Diagnosis Intercepted = new(
        Diagnosis.DnsIntercepted,
        "a question to 192.0.2.1, where no name server can be, was answered: one proxy on this node or on the way answers every DNS "
        + "question, whatever server it is sent to",
        "exempt this pod: in an Istio ambient mesh set the annotation `ambient.istio.io/dns-capture: \"false\"` on the pod; elsewhere look "
        + "for a rule that redirects port 53");

    /// <summary>The diagnoses of a verdict.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="unchangedFor">For how long its reasons have been the same.</param>
    /// <param name="probe">What the servers of resolv.conf say of the cluster domain; null when they were not asked.</param>
    public static ImmutableArray<Diagnosis> Find(RoundVerdict verdict, TimeSpan unchangedFor, DomainProbe? probe = null)
    {
        var required = verdict.Servers.Where(server => server.Server.Required).ToList();
        var diagnoses = ImmutableArray.CreateBuilder<Diagnosis>();
        if (verdict.Coverage == Coverage.Intercepted)
        {
            diagnoses.Add(Intercepted);
        }

        if (unchangedFor >= ForLong && required.Count > 0)
        {
            diagnoses.AddRange(
                required.All(server => server.Judgement.Reason == Reason.NameMissing) ? [NotPublished]
                : required.All(server => server.Judgement.Reason is Reason.ReverseMissing or Reason.ReverseForwarded) ? [ReverseNotServed]
                : ImmutableArray<Diagnosis>.Empty);
        }

        if (probe is not null)
        {
            diagnoses.AddRange(OfProbe(verdict, probe));
        }

        diagnoses.AddRange(OfPointers(required));
        return diagnoses.ToImmutable();
    }

    private static IEnumerable<Diagnosis> OfProbe(RoundVerdict verdict, DomainProbe probe)
    {
        // A sampled cluster view consists of the servers that were probed: they have been silent themselves. A server that does
        // not serve this cluster says nothing about the way to those that do.
        var others = probe.Results.Select(result => result.Lookup.Server)
            .Where(asked => !probe.UnknownServers.Contains(asked)
                && verdict.Servers.All(server => server.View.Kind != ViewKind.Cluster || server.Server.Address != asked))
            .ToList();
        if (DomainProbe.IsSilent(verdict) && others.Count > 0)
        {
            yield return others.Where(server => probe.Answering.Contains(server)).ToList() is { Count: > 0 } answering
                ? new Diagnosis(
                    Diagnosis.NetworkPolicy,
                    $"no endpoint answers, but {string.Join(" and ", answering)} of resolv.conf does: packets from this pod "
                    + "to the endpoints are dropped",
                    "let a NetworkPolicy allow egress to the CoreDNS pods themselves (namespaceSelector kube-system, podSelector k8s-app: "
                    + "kube-dns) on their port over UDP and TCP, not only to the Service's address")
                : new Diagnosis(
                    Diagnosis.DnsOutage,
                    $"neither an endpoint nor {string.Join(" or ", others)} of resolv.conf answers: the name servers are down, or "
                    + "this pod reaches none of them",
                    "look at the CoreDNS pods (`kubectl -n kube-system get pods -l k8s-app=kube-dns`); if they are well, a NetworkPolicy "
                    + "or the node's network drops this pod's DNS");
        }

        if (probe is { IsOfAskedServers: true, UnknownServers.Length: > 0 })
        {
            yield return new Diagnosis(
                Diagnosis.NotClusterDns,
                $"{string.Join(" and ", probe.UnknownServers)} of resolv.conf does not know the cluster domain {probe.Domain} at "
                + "all: it serves somebody else",
                "set the pod's `dnsPolicy: ClusterFirst` (`ClusterFirstWithHostNet` on the host's network), take that server out of its "
                + "`dnsConfig`, or leave it unasked with `--app off`");
        }
    }

    private static IEnumerable<Diagnosis> OfPointers(List<ServerVerdict> required)
    {
        foreach (var group in required.Where(server => server.Judgement.Reason is Reason.ReverseMismatch).GroupBy(server => server.View))
        {
            var (view, others) = (group.Key, group.SelectMany(server => server.Observations).SelectMany(PointersOf).Distinct().Order());
            foreach (var other in others.Where(other => other != view.Name).Take(MostPointers))
            {
                yield return IsSamePod(view, other)
                    ? new Diagnosis(
                        Diagnosis.PtrNamesAnotherService,
                        $"the PTR record names {other}: this very pod, under another Service than {view.Name}",
                        $"if clients and Kerberos principals use that name, say `--name {other}`; otherwise let the Service of "
                        + $"{view.Name} select this pod too")
                    : new Diagnosis(
                        Diagnosis.AddressReused,
                        $"the PTR record names {other}, another pod that had this address before",
                        "it goes when that name server learns that the other pod is gone, seconds as a rule; if it "
                        + "stays, restart that name server");
            }
        }
    }

    /// <summary>
    /// The same namespace, and the pod's host name or the dashed address that CoreDNS gives to
    /// endpoints without one (<c>10-244-1-7.zk…</c>).
    /// </summary>
    private static bool IsSamePod(View view, DnsName other)
    {
        var host = other.ToString().Split('.')[0];
        return other.Parent()?.Parent() == view.Name.Parent()?.Parent()
            && (string.Equals(host, view.Name.ToString().Split('.')[0], StringComparison.OrdinalIgnoreCase)
                || view.Addresses.Any(address => address.ToString().Replace('.', '-').Replace(':', '-') == host));
    }

    private static IEnumerable<DnsName> PointersOf(Observation observation) =>
        observation.Outcome is Outcome.Responded { Answer: Answer.Records records }
            ? records.Data.OfType<RecordData.Pointer>().Select(pointer => pointer.Target)
            : [];
}
