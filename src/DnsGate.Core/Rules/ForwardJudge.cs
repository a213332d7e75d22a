using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Rules;

/// <summary>Name to addresses: does one server give exactly the pod's addresses?</summary>
internal static class ForwardJudge
{
    /// <summary>The record types that a family policy asks for.</summary>
    public static ImmutableArray<RecordType> TypesToAsk(FamilyPolicy families) => families switch
    {
        FamilyPolicy.IPv4 => [RecordType.A],
        FamilyPolicy.IPv6 => [RecordType.AAAA],
        _ => [RecordType.A, RecordType.AAAA],
    };

    /// <summary>
    /// The record types that every server of a view must publish. Under <see cref="FamilyPolicy.Auto"/>: those of which
    /// any required server publishes one; when none publishes any, those of the pod's own addresses.
    /// </summary>
    /// <param name="view">The view.</param>
    /// <param name="observations">The forward answers of its required servers.</param>
    public static ImmutableArray<RecordType> RequiredTypes(View view, IEnumerable<Observation> observations)
    {
        if (view.Families != FamilyPolicy.Auto)
        {
            return TypesToAsk(view.Families);
        }

        var (a, aaaa) = (false, false);
        foreach (var observation in observations)
        {
            if (observation.Outcome is Outcome.Responded { Answer: Answer.Records })
            {
                a |= observation.Question.Type == RecordType.A;
                aaaa |= observation.Question.Type == RecordType.AAAA;
            }
        }

        if (!a && !aaaa)
        {
            a = view.Addresses.Any(address => TypeOf(address) == RecordType.A);
            aaaa = view.Addresses.Any(address => TypeOf(address) == RecordType.AAAA);
        }

        return (a, aaaa) switch
        {
            (true, true) => [RecordType.A, RecordType.AAAA],
            (true, false) => [RecordType.A],
            _ => [RecordType.AAAA],
        };
    }

    /// <summary>The record type that publishes an address.</summary>
    public static RecordType TypeOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? RecordType.AAAA : RecordType.A;

    /// <summary>
    /// Judges the forward answers of one sample of one server.
    /// <list type="table">
    /// <item><term>an answer without AA from a server of the zone</term>
    /// <description>server-failure: what it says counts for nothing</description></item>
    /// <item><term>any NXDOMAIN</term><description>name-missing: NXDOMAIN together with records is two states at once</description></item>
    /// <item><term>NODATA for every required family</term><description>no-address</description></item>
    /// <item><term>addresses, none expected</term><description>stale-address</description></item>
    /// <item><term>expected ones and others</term><description>extra-address</description></item>
    /// <item><term>some expected ones only</term><description>missing-address</description></item>
    /// <item><term>an error, garbage or silence for any family</term>
    /// <description>that reason, unless a wrong answer for the other family comes first</description></item>
    /// <item><term>exactly the expected ones</term><description>agrees, or ttl-zero</description></item>
    /// </list>
    /// </summary>
    /// <param name="view">What is expected.</param>
    /// <param name="requiredTypes">What must be published.</param>
    /// <param name="sample">One observation for each type asked.</param>
    public static Judgement Judge(View view, ImmutableArray<RecordType> requiredTypes, IReadOnlyList<Observation> sample)
    {
        if (sample.FirstOrDefault(observation => FaultJudge.IsLame(view, observation)) is { } lame)
        {
            return FaultJudge.Judge(view, lame);
        }

        var forward = new Forward(view, requiredTypes, sample);
        var judgement = forward.JudgeAddresses();
        foreach (var observation in sample)
        {
            judgement = judgement.OrEarlierReason(FaultJudge.Judge(view, observation));
        }

        return judgement.Reason == Reason.Agrees && sample.Any(HasTtlZero)
            ? new Judgement(Reason.TtlZero, $"{AnswerText.Describe(sample)} with TTL 0")
            : judgement;
    }

    /// <summary>Whether records came with TTL 0: perhaps an expired entry (serve_stale), or the last second of a cycle (unbound).</summary>
    public static bool HasTtlZero(Observation observation) =>
        observation.Outcome is Outcome.Responded { Answer: Answer.Records { Ttl: 0 } };

    /// <summary>The forward answers of one sample, sorted out.</summary>
    private readonly struct Forward
    {
        private readonly IReadOnlyList<Observation> sample;
        private readonly ImmutableArray<RecordType> required;
        private readonly HashSet<IPAddress> given = [];
        private readonly HashSet<IPAddress> expected = [];
        private readonly bool anyNxDomain;
        private readonly int requiredNoData;

        public Forward(View view, ImmutableArray<RecordType> required, IReadOnlyList<Observation> sample)
        {
            (this.sample, this.required) = (sample, required);
            foreach (var observation in sample)
            {
                var type = observation.Question.Type;
                var isRequired = required.Contains(type);
                switch ((observation.Outcome as Outcome.Responded)?.Answer)
                {
                    case Answer.Records records:
                        foreach (var data in records.Data.OfType<RecordData.Address>())
                        {
                            given.Add(data.Value);
                        }

                        break;
                    case Answer.NxDomain:
                        anyNxDomain = true;
                        continue;
                    case Answer.NoData:
                        requiredNoData += isRequired ? 1 : 0;
                        break;
                    default:
                        // An error, garbage or silence says nothing about this family: nothing of it is missed.
                        continue;
                }

                if (isRequired)
                {
                    expected.UnionWith(view.Addresses.Where(address => TypeOf(address) == type));
                }
            }
        }

        public Judgement JudgeAddresses()
        {
            if (anyNxDomain)
            {
                return new Judgement(Reason.NameMissing, AnswerText.Describe(sample));
            }

            if (requiredNoData == required.Length)
            {
                return Wrong(Reason.NoAddress);
            }

            if (given.Count > 0 && !given.Overlaps(expected))
            {
                return Wrong(Reason.StaleAddress);
            }

            if (!given.IsSubsetOf(expected))
            {
                return Wrong(Reason.ExtraAddress);
            }

            return given.SetEquals(expected) ? Judgement.Agrees : Wrong(Reason.MissingAddress);
        }

        private Judgement Wrong(Reason reason)
        {
            var expectedText = string.Join(' ', expected.Order(Comparer<IPAddress>.Create(Addresses.Compare)));
            return new Judgement(
                reason,
                expectedText.Length == 0
                    ? $"{AnswerText.Describe(sample)}, expected none"
                    : $"{AnswerText.Describe(sample)}, expected {expectedText}");
        }
    }
}
