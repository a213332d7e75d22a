using DnsGate.Core.Model;
using DnsGate.Core.Rules;

namespace DnsGate.Core.Report.Metrics;

/// <summary>The figures that can be read off a snapshot. Views of one kind are one: several external ones agree when all do.</summary>
internal static class MetricValues
{
    /// <summary>
    /// Whether all views of a kind agree.
    /// <list type="table">
    /// <item><term>nothing was listed or asked yet, or the round did not reach it</term><description>no</description></item>
    /// <item><term>the same, of a gate that is open since before a restart</term><description>yes, as when it opened</description></item>
    /// <item><term>it is not in the list: all servers of the application are asked in the cluster view already</term>
    /// <description>as the cluster view</description></item>
    /// <item><term>cluster: a source that the user asked for has given nothing</term>
    /// <description>no: its servers may say anything</description></item>
    /// <item><term>otherwise</term>
    /// <description>as the round decides: no wrong server, and no fewer answers than required; TTL 0 is not against it</description></item>
    /// </list>
    /// </summary>
    public static bool Agrees(GateSnapshot snapshot, ViewKind kind)
    {
        if (snapshot.Listing is not { } listing)
        {
            return snapshot.IsResumed;
        }

        var (anyView, anyEmpty) = (false, false);
        foreach (var view in listing.Views)
        {
            anyEmpty |= view.Servers.IsEmpty;
            if (view.Kind != kind)
            {
                continue;
            }

            anyView = true;
            if (kind == ViewKind.External && snapshot.IsResumed)
            {
                continue;
            }

            var required = snapshot.RequiredServers.Where(server => server.View.Key == view.Key).Select(server => server.Judgement);
            if (!ViewJudge.Agrees(view.Quorum, [.. required]))
            {
                return false;
            }
        }

        // Where a source that gave nothing is all that a view has, that view is empty and disagrees by itself.
        return kind == ViewKind.Cluster ? anyView && !(listing.IsIncomplete && !anyEmpty) : anyView || Agrees(snapshot, ViewKind.Cluster);
    }

    /// <summary>How many servers of a kind of view are in each state, by the number of the state.</summary>
    public static int[] Servers(GateSnapshot snapshot, ViewKind kind)
    {
        var counts = new int[Enum.GetValues<ServerState>().Length];
        var asked = 0;
        foreach (var server in snapshot.Servers)
        {
            if (server.View.Kind == kind)
            {
                counts[(int)ServerStates.Classify(server)]++;
                asked++;
            }
        }

        var listed = 0;
        foreach (var view in snapshot.Listing?.Views ?? [])
        {
            listed += view.Kind == kind ? view.Servers.Length : 0;
        }

        counts[(int)ServerState.NotAsked] = Math.Max(0, listed - asked);
        return counts;
    }
}
