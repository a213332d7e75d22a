using DnsGate.Core.Model;

namespace DnsGate.Core.Report.Metrics;

/// <summary>
/// Remembers which servers agree, to count those that begin or cease to: after the opening that is drift.
/// <list type="table">
/// <item><term>seen for the first time, or again after it left the list or was not required</term>
/// <description>no change</description></item>
/// <item><term>right with TTL 0</term><description>no change, and nothing to remember: it says nothing new</description></item>
/// <item><term>one wrong answer after another, or silence after a wrong one</term><description>no change</description></item>
/// <item><term>right after wrong or silent, or the other way round</term><description>a change</description></item>
/// </list>
/// A server that a round did not reach keeps its state. No more is remembered than is listed.
/// </summary>
internal sealed class AgreementMemory
{
    private Dictionary<(ViewKey View, ServerAddress Server), ServerVerdict> last = [];

    /// <summary>Takes the servers of a round.</summary>
    /// <param name="snapshot">The round.</param>
    /// <returns>The changes, by the number of the kind of view.</returns>
    public int[] Learn(GateSnapshot snapshot)
    {
        var changes = new int[Enum.GetValues<ViewKind>().Length];
        var next = new Dictionary<(ViewKey View, ServerAddress Server), ServerVerdict>();
        foreach (var view in snapshot.Listing?.Views ?? [])
        {
            foreach (var server in view.Servers)
            {
                if (server.Required && last.TryGetValue((view.Key, server.Address), out var known))
                {
                    next.Add((view.Key, server.Address), known);
                }
            }
        }

        foreach (var server in snapshot.Servers)
        {
            if (server.Server.Required && server.Judgement.Reason != Reason.TtlZero)
            {
                changes[(int)server.View.Kind] += next.TryGetValue(server.Key, out var before) && before.Agrees != server.Agrees ? 1 : 0;
                next[server.Key] = server;
            }
        }

        last = next;
        return changes;
    }
}
