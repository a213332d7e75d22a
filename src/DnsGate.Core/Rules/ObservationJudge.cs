using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>
/// The reason of one observation by itself, for metrics and for the time of the next question. The judgement of a server from all
/// its observations is another question (<see cref="ForwardJudge"/>, <see cref="ReverseJudge"/>).
/// <list type="table">
/// <item><term>an error, garbage, silence, or an answer without AA from a server of the zone</term>
/// <description>refused, server-failure, malformed, timed-out, unreachable, cut-off, not-sent</description></item>
/// <item><term>PTR</term><description>as for the server</description></item>
/// <item><term>A, AAAA: NXDOMAIN</term><description>name-missing</description></item>
/// <item><term>NODATA, the family not required</term><description>agrees</description></item>
/// <item><term>NODATA, the family required</term>
/// <description>no-address where it is the only one required, else missing-address</description></item>
/// <item><term>addresses</term><description>stale-address, extra-address, missing-address, or agrees (ttl-zero) where they are those
/// expected of this family</description></item>
/// </list>
/// </summary>
internal static class ObservationJudge
{
    /// <summary>Judges one observation.</summary>
    /// <param name="view">What is expected.</param>
    /// <param name="server">Who was asked.</param>
    /// <param name="requiredTypes">What must be published.</param>
    /// <param name="observation">What was observed.</param>
    public static Judgement Judge(View view, Server server, ImmutableArray<RecordType> requiredTypes, Observation observation) =>
        observation.Question.Step.Direction == Direction.Reverse
            ? ReverseJudge.Judge(view, server, observation)
            : ForwardJudge.Judge(view, requiredTypes, [observation]);

    /// <summary>The reasons that a question can have.</summary>
    /// <param name="kind">The view that it is asked in.</param>
    /// <param name="reverse">What the PTR records must be there.</param>
    /// <param name="type">A, AAAA or PTR.</param>
    public static IEnumerable<Reason> PossibleReasons(ViewKind kind, ReversePolicy reverse, RecordType type) =>
        Enum.GetValues<Reason>().Where(reason => reason switch
        {
            Reason.ReverseExtra => type == RecordType.PTR && reverse == ReversePolicy.Only,
            // Elsewhere RA=1 means nothing.
            Reason.ReverseForwarded => type == RecordType.PTR && kind == ViewKind.Cluster,
            Reason.ReverseMissing or Reason.ReverseMismatch => type == RecordType.PTR,
            // Whatever has metrics has no deadline.
            Reason.CutOff => false,
            Reason.NoServers or Reason.ServersChanged or Reason.DiscoveryFailed or Reason.AlsoWrong or Reason.PeerMissing
                or Reason.Disabled => false,
            Reason.NameMissing or Reason.NoAddress or Reason.StaleAddress or Reason.ExtraAddress or Reason.MissingAddress =>
                type != RecordType.PTR,
            _ => true,
        });
}
