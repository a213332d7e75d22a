using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>What is wrong with an observation that gives neither records nor their absence, or gives them without knowing.</summary>
internal static class FaultJudge
{
    /// <summary>The fault, or agreement where there is an answer to judge.</summary>
    /// <param name="view">What is expected.</param>
    /// <param name="observation">What was observed.</param>
    public static Judgement Judge(View view, Observation observation)
    {
        if (IsLame(view, observation))
        {
            return new Judgement(
                Reason.ServerFailure, $"{AnswerText.Describe([observation])} without AA: it is named for the zone, and does not know it");
        }

        Reason? reason = observation.Outcome switch
        {
            Outcome.Responded { Answer: Answer.ServerError { Code: ResponseCode.Refused } } => Reason.Refused,
            Outcome.Responded { Answer: Answer.ServerError } => Reason.ServerFailure,
            Outcome.Malformed => Reason.Malformed,
            Outcome.TimedOut => Reason.TimedOut,
            Outcome.Unreachable => Reason.Unreachable,
            Outcome.CutOff => Reason.CutOff,
            Outcome.NotSent => Reason.NotSent,
            _ => null,
        };
        return reason is { } fault ? new Judgement(fault, AnswerText.Describe([observation])) : Judgement.Agrees;
    }

    /// <summary>
    /// Whether a server that should know the zone itself answers without AA: a lame delegation (RFC 9499), whose answer says nothing.
    /// </summary>
    public static bool IsLame(View view, Observation observation) =>
        view.IsAuthoritative && observation.Outcome is Outcome.Responded { Authoritative: false, Answer: not Answer.ServerError };
}
