using DnsGate.Core.Judge;
using DnsGate.Core.Servers;
using DnsGate.Core.Spec;

namespace DnsGate.Core.Settle;

/// <summary>Counts what the required servers of one view come to.</summary>
internal struct Tally
{
    private int required;
    private int silent;
    private Reason first = Reason.Agrees;
    private bool anyTtlZero;
    private bool anyWrong;

    public Tally()
    {
    }

    /// <summary>Counts one server; one that is not required does not count.</summary>
    public void Add(Server server, Judgement judgement)
    {
        if (!server.Required)
        {
            return;
        }

        required++;
        first = judgement.Reason < first ? judgement.Reason : first;
        silent += judgement.IsSilence ? 1 : 0;
        anyTtlZero |= judgement.Reason == Reason.TtlZero;
        anyWrong |= judgement.IsWrong;
    }

    /// <summary>
    /// Whether the view agrees.
    /// <list type="table">
    /// <item><term>no required server</term><description>no: zero servers are never agreement</description></item>
    /// <item><term>any required server answered wrongly</term><description>no, whatever the quorum</description></item>
    /// <item><term>fewer than the quorum answered</term><description>no</description></item>
    /// <item><term>otherwise</term><description>yes: silence within the quorum is excused</description></item>
    /// </list>
    /// </summary>
    public readonly bool Agrees(Quorum quorum) => required > 0 && !anyWrong && required - silent >= quorum.Needed(required);

    /// <summary>The first reason against the view; ttl-zero when a right answer has to come once more, agrees when there is none.</summary>
    public readonly Reason ReasonOf(Quorum quorum)
    {
        if (Agrees(quorum))
        {
            return anyTtlZero ? Reason.TtlZero : Reason.Agrees;
        }

        return required < quorum.Needed(required) && first > Reason.NoServers ? Reason.NoServers : first;
    }
}
