using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>Judges the servers of a view from everything they answered in a round, and the view from its servers.</summary>
internal static class ViewJudge
{
    /// <summary>
    /// The record types that every server of the view must publish, as far as these answers tell; in
    /// the order of <see cref="ForwardJudge"/>.
    /// </summary>
    /// <param name="view">The view.</param>
    /// <param name="observations">
    /// Answers; those of other views, of other directions and of servers that are not required are ignored.
    /// </param>
    public static ImmutableArray<RecordType> RequiredTypes(View view, IEnumerable<Observation> observations)
    {
        var required = view.Servers.Where(server => server.Required).ToLookup(server => server.Address);
        return ForwardJudge.RequiredTypes(view, observations.Where(observation =>
            observation.Question.Step.View == view.Key
            && observation.Question.Step.Direction == Direction.Forward
            && required.Contains(observation.Question.Server)));
    }

    /// <summary>The wrong answers of a server that have a TTL, the longest TTL first.</summary>
    public static IEnumerable<Observation> WrongObservations(ServerVerdict verdict)
    {
        var types = RequiredTypes(verdict.View, verdict.Observations);
        return verdict.Observations
            .Where(observation => observation.Outcome.Ttl > 0
                && ObservationJudge.Judge(verdict.View, verdict.Server, types, observation).IsWrong)
            .OrderByDescending(observation => observation.Outcome.Ttl);
    }

    /// <summary>The longest TTL of the wrong answers of a server, in seconds; null where none has one.</summary>
    public static uint? TtlOfWrong(ServerVerdict verdict) =>
        verdict.Judgement.IsWrong ? WrongObservations(verdict).FirstOrDefault()?.Outcome.Ttl : null;

    /// <summary>Judges one server from all its observations of a round: the first reason of any stage.</summary>
    public static Judgement JudgeServer(
        View view, Server server, ImmutableArray<RecordType> requiredTypes, IEnumerable<Observation> observations)
    {
        var judgement = Judgement.Agrees;
        foreach (var stage in observations.GroupBy(observation => observation.Question.Step.Stage))
        {
            var ofStage = JudgeStage(view, server, requiredTypes, [.. stage]);
            judgement = judgement.OrEarlierReason((stage.Key, ofStage) switch
            {
                // The private answer was right, or this stage would not have been asked: what is wrong is what applications get.
                (Stage.Cluster, { IsWrong: true }) => ofStage with { Detail = $"{ofStage.Detail}, from the cache that applications read" },
                // An NXDOMAIN that an earlier private question left in the cache: applications may have the record by now.
                (Stage.ClusterPrivate or Stage.Watch, { Reason: Reason.NameMissing }) =>
                    ofStage with { Detail = $"{ofStage.Detail}, asked privately" },
                _ => ofStage,
            });
        }

        return judgement;
    }

    /// <summary>
    /// Judges one server from its observations of one stage, or of one direction of it. One wrong sample of a virtual address is enough.
    /// </summary>
    public static Judgement JudgeStage(
        View view, Server server, ImmutableArray<RecordType> requiredTypes, ImmutableArray<Observation> observations)
    {
        var judgement = Judgement.Agrees;
        for (var sample = 0; sample < server.Samples; sample++)
        {
            var ofSample = observations
                .Where(observation => observation.Question.Step.Direction == Direction.Forward && observation.Question.Sample == sample)
                .ToList();
            if (ofSample.Count > 0)
            {
                judgement = judgement.OrEarlierReason(ForwardJudge.Judge(view, requiredTypes, ofSample));
            }
        }

        foreach (var observation in observations.Where(observation => observation.Question.Step.Direction == Direction.Reverse))
        {
            judgement = judgement.OrEarlierReason(ReverseJudge.Judge(view, server, observation));
        }

        return judgement;
    }

    /// <summary>
    /// Whether a view agrees.
    /// <list type="table">
    /// <item><term>no required server</term><description>no: zero servers are never agreement</description></item>
    /// <item><term>any required server answered wrongly</term><description>no, whatever the quorum</description></item>
    /// <item><term>fewer than the quorum answered</term><description>no</description></item>
    /// <item><term>otherwise</term><description>yes: silence within the quorum is excused</description></item>
    /// </list>
    /// </summary>
    /// <param name="quorum">How many required servers must answer.</param>
    /// <param name="required">The judgements of the required servers.</param>
    public static bool Agrees(Quorum quorum, IReadOnlyCollection<Judgement> required) =>
        required.Count > 0
        && !required.Any(judgement => judgement.IsWrong)
        && required.Count(judgement => !judgement.IsSilence) >= quorum.Needed(required.Count);

    /// <summary>The first reason against a view; ttl-zero when it agrees but a right answer must be given once more; else agrees.</summary>
    public static Reason ReasonOf(Quorum quorum, IReadOnlyCollection<Judgement> required)
    {
        if (Agrees(quorum, required))
        {
            return required.Any(judgement => judgement.Reason == Reason.TtlZero) ? Reason.TtlZero : Reason.Agrees;
        }

        var first = required.Select(judgement => judgement.Reason).Append(Reason.Agrees).Min();
        return required.Count < quorum.Needed(required.Count) && first > Reason.NoServers ? Reason.NoServers : first;
    }
}
