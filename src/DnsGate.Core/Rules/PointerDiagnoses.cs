using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>Diagnoses of PTR records that name something else.</summary>
internal static class PointerDiagnoses
{
    // Names that a PTR set is explained by; a hostile server sends hundreds.
    private const int MaxPointers = 4;

    /// <summary>One diagnosis for each other name.</summary>
    public static IEnumerable<Diagnosis> Find(List<ServerVerdict> required)
    {
        foreach (var group in required
            .Where(server => server.Judgement.Reason is Reason.ReverseMismatch or Reason.ReverseExtra)
            .GroupBy(server => server.View))
        {
            var (view, others) = (group.Key, group.SelectMany(server => server.Observations).SelectMany(PointersOf).Distinct().Order());
            var isOwnNameMissing = group.Any(server => server.Judgement.Reason == Reason.ReverseMismatch);
            foreach (var other in others.Where(other => other != view.Name).Take(MaxPointers))
            {
                yield return !IsSamePod(view, other) ? AddressReused(other)
                    : isOwnNameMissing ? PtrNamesAnotherService(view, other)
                    : SecondService(other);
            }
        }
    }

    private static Diagnosis AddressReused(DnsName other) => new(
        Diagnosis.AddressReused,
        $"the PTR record names {other}, another pod that had this address before",
        "wait: it normally clears within seconds; if it stays, restart that DNS server");

    private static Diagnosis PtrNamesAnotherService(View view, DnsName other) => new(
        Diagnosis.PtrNamesAnotherService,
        $"the PTR record names {other}: this pod under another Service than {view.Name}",
        $"set `--name {other}` if clients and Kerberos principals use that name; otherwise let the Service of {view.Name} select this pod");

    private static Diagnosis SecondService(DnsName other) => new(
        Diagnosis.SecondService,
        $"the PTR records also name {other}: Service {Remedies.ServiceOf(other) ?? other.ToString()} selects this pod too",
        $"remove this pod from its selector: {Remedies.EditService(other)}");

    /// <summary>
    /// The same namespace, and the pod's host name or the dashed address that CoreDNS gives to
    /// endpoints without one (<c>10-244-1-7.zk…</c>).
    /// </summary>
    private static bool IsSamePod(View view, DnsName other)
    {
        var host = other.FirstLabel;
        return other.Parent()?.Parent() == view.Name.Parent()?.Parent()
            && (string.Equals(host, view.Name.FirstLabel, StringComparison.OrdinalIgnoreCase)
                || view.Addresses.Any(address => address.ToString().Replace('.', '-').Replace(':', '-') == host));
    }

    private static IEnumerable<DnsName> PointersOf(Observation observation) =>
        observation.Outcome is Outcome.Responded { Answer: Answer.Records records }
            ? records.Data.OfType<RecordData.Pointer>().Select(pointer => pointer.Target)
            : [];
}
