namespace DnsGate.Core.Bound;

/// <summary>What ZooKeeper said instead of a Mode of a member that serves, in words, and what to do.</summary>
internal static class ModeReport
{
    /// <summary>What was said, after "but".</summary>
    public static string Problem(BoundVerdict verdict) => $"ZooKeeper at {verdict.Spec.ZooKeeper} " + (verdict.Mode?.Outcome switch
    {
        ModeOutcome.NotServing => "is not currently serving requests",
        ModeOutcome.OtherMode => $"is {verdict.Mode.Detail}",
        ModeOutcome.NotAllowed => "does not carry out srvr: it is not in the whitelist",
        ModeOutcome.Unintelligible => $"answered {verdict.Mode.Detail}, which is no Mode",
        ModeOutcome.Unreachable => $"cannot be asked: {verdict.Mode.Detail}",
        _ => "did not answer in time",
    });

    /// <summary>What to do.</summary>
    public static string Remedy(BoundVerdict verdict) => verdict.Mode?.Outcome switch
    {
        ModeOutcome.NotServing => "it has no quorum: it looks for a leader among its peers, which must run and be reached on their election ports; where pods start one after another (podManagementPolicy OrderedReady) the first would wait for ever: leave --zookeeper out there",
        ModeOutcome.OtherMode => "that is no member that serves: leader, follower, observer or standalone",
        ModeOutcome.NotAllowed => "let it: 4lw.commands.whitelist=srvr in zoo.cfg (the default), or leave --zookeeper out",
        ModeOutcome.Unintelligible => "is that its client port, without TLS?",
        ModeOutcome.Unreachable => "is that its client port, and does it listen at this address?",
        _ => "it hangs, or is short of CPU time or memory: its log says more",
    };
}
