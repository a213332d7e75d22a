using DnsGate.Core.Wire;

namespace DnsGate.Core.Judge;

/// <summary>What is wrong with an observation that gives neither records nor their absence.</summary>
public static class FaultJudge
{
    /// <summary>The fault, or agreement where there is an answer to judge.</summary>
    public static Judgement Judge(Observation observation)
    {
        Reason? reason = observation.Outcome switch
        {
            Outcome.Responded { Answer: Answer.ServerError { Code: ResponseCode.Refused } } => Reason.Refused,
            Outcome.Responded { Answer: Answer.ServerError } => Reason.ServerFailure,
            Outcome.Malformed => Reason.Malformed,
            Outcome.TimedOut => Reason.TimedOut,
            Outcome.Unreachable => Reason.Unreachable,
            _ => null,
        };
        return reason is { } fault ? new Judgement(fault, Said.Of([observation])) : Judgement.Agrees;
    }
}
