using DnsGate.Core.Model;

namespace DnsGate.Core.Report.Page;

/// <summary>One row of the table: a server that is listed, and its result.</summary>
/// <param name="View">The view that it is asked for.</param>
/// <param name="Server">The server.</param>
/// <param name="Verdict">Null while the round has not reached it.</param>
/// <param name="Place">Its place in the list.</param>
internal sealed record PageServer(View View, Server Server, ServerVerdict? Verdict, int Place)
{
    /// <summary>How its row looks.</summary>
    public Severity Tone => Verdict is null ? Severity.Absent : Severities.Classify(Verdict.Judgement);

    // What keeps the gate closed comes first; then what is not known, what does not count, what is right.
    private int Rank => (Tone, Server.Required) switch
    {
        (Severity.Bad, true) => 0,
        (Severity.Warning, true) => 1,
        (Severity.Absent, true) => 2,
        (not Severity.Good, _) => 3,
        (_, true) => 4,
        _ => 5,
    };

    /// <summary>Every server that is listed, and every one that a verdict is about, the disagreeing ones first.</summary>
    public static List<PageServer> Build(GateSnapshot snapshot)
    {
        var verdicts = new Dictionary<(ViewKey View, ServerAddress Server), ServerVerdict>();
        foreach (var verdict in snapshot.Servers)
        {
            verdicts[verdict.Key] = verdict;
        }

        var rows = new List<PageServer>();
        foreach (var view in snapshot.Listing?.Views ?? [])
        {
            foreach (var server in view.Servers)
            {
                verdicts.Remove((view.Key, server.Address), out var verdict);
                rows.Add(new PageServer(view, server, verdict, rows.Count));
            }
        }

        foreach (var verdict in snapshot.Servers)
        {
            if (verdicts.ContainsKey(verdict.Key))
            {
                rows.Add(new PageServer(verdict.View, verdict.Server, verdict, rows.Count));
            }
        }

        rows.Sort((left, right) => left.Rank != right.Rank ? left.Rank.CompareTo(right.Rank) : left.Place.CompareTo(right.Place));
        return rows;
    }
}
