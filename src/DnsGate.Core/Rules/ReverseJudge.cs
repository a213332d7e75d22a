using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>Addresses to names: does one server give the pod's name for its addresses?</summary>
internal static class ReverseJudge
{
    /// <summary>The addresses whose PTR is asked: the expected ones of the families that must be published.</summary>
    public static ImmutableArray<IPAddress> AddressesToAsk(View view, ImmutableArray<RecordType> requiredTypes) =>
        view.Reverse == ReversePolicy.Off
            ? []
            : [.. view.Addresses.Where(address => requiredTypes.Contains(ForwardJudge.TypeOf(address)))];

    /// <summary>
    /// Judges the PTR answer for one address from one server.
    /// <list type="table">
    /// <item><term>none, or none of them the own name</term><description>reverse-missing, reverse-mismatch; with RA=1 from a CoreDNS
    /// endpoint reverse-forwarded, since then it is not its own answer</description></item>
    /// <item><term>the own name and others</term><description>agrees; reverse-extra under <c>only</c></description></item>
    /// <item><term>the own name</term><description>agrees whatever RA says, or ttl-zero</description></item>
    /// </list>
    /// </summary>
    public static Judgement Judge(View view, Server server, Observation observation)
    {
        if (observation.Outcome is not Outcome.Responded { Answer: not Answer.ServerError } responded
            || FaultJudge.IsLame(view, observation))
        {
            return FaultJudge.Judge(view, observation);
        }

        var forwarded = responded.RecursionAvailable && view.Kind == ViewKind.Cluster && !server.MayForward;
        if (responded.Answer is not Answer.Records records)
        {
            return Wrong(forwarded ? Reason.ReverseForwarded : Reason.ReverseMissing, view, observation);
        }

        var names = new HashSet<DnsName>();
        foreach (var pointer in records.Data.OfType<RecordData.Pointer>())
        {
            names.Add(pointer.Target);
        }

        if (!names.Contains(view.Name))
        {
            return Wrong(forwarded ? Reason.ReverseForwarded : Reason.ReverseMismatch, view, observation);
        }

        if (view.Reverse == ReversePolicy.Only && names.Count > 1)
        {
            return Wrong(Reason.ReverseExtra, view, observation);
        }

        return ForwardJudge.HasTtlZero(observation)
            ? new Judgement(Reason.TtlZero, $"{AnswerText.Describe([observation])} with TTL 0")
            : Judgement.Agrees;
    }

    private static Judgement Wrong(Reason reason, View view, Observation observation) =>
        new(reason, $"{AnswerText.Describe([observation])}, expected {view.Name}");
}
