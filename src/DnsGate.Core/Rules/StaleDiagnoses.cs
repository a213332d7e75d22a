using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>Diagnoses of addresses that stay wrong: who holds the old data.</summary>
internal static class StaleDiagnoses
{
    /// <summary>How long a wrong answer without a TTL must stay.</summary>
    private static readonly TimeSpan WithoutTtl = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A server whose wrong answer came again after its TTL was over, while another server has been right for as long. No cache
    /// holds it then. Caches that serve stale answers look the same: TTL 0 needs a minute, and the text names them.
    /// </summary>
    public static IEnumerable<Diagnosis> Frozen(List<ServerVerdict> cluster, History history)
    {
        var rightSince = cluster.Where(server => server.Judgement.IsRight).Min(server => history.SameAnswerOf(server)?.Since);
        foreach (var server in cluster)
        {
            if (rightSince is { } since
                && server is { Server: { Samples: 1, MayForward: false }, Judgement.Reason: Reason.StaleAddress or Reason.NameMissing }
                && history.SameAnswerOf(server) is { } same
                && same.LastAskedAt - (same.Since > since ? same.Since : since)
                    >= (same.Ttl == TimeSpan.Zero ? WithoutTtl : same.Ttl > Diagnoses.ForLong ? same.Ttl : Diagnoses.ForLong))
            {
                yield return new Diagnosis(
                    Diagnosis.FrozenServer,
                    $"{server.Server.Address} returned its old answer again after the TTL was over, while other servers have the new one: "
                    + "it no longer follows the cluster, or its cache serves stale answers (`serve_stale`)",
                    Remedies.Restart(server.Server));
            }
        }
    }

    /// <summary>Every server returns the same wrong addresses for long: they are published, or no server follows the cluster.</summary>
    public static IEnumerable<Diagnosis> PublishedWrong(List<ServerVerdict> cluster)
    {
        if (cluster.Count > 0
            && cluster[0].Judgement is { Reason: Reason.StaleAddress or Reason.ExtraAddress or Reason.MissingAddress } first
            && cluster.TrueForAll(server => server.Judgement == first))
        {
            yield return new Diagnosis(
                Diagnosis.PublishedWrong,
                $"every DNS server returns the same wrong answer, and has for 30s or more ({first.Detail})",
                $"compare with what the cluster publishes: {Remedies.ShowSlices(cluster[0].View.Name)}. If it is wrong there, fix the "
                + "Service or what wrote that slice. If it is right there, restart CoreDNS");
        }
    }

    /// <summary>The cluster's servers are right, and the cache of this node is not.</summary>
    public static IEnumerable<Diagnosis> NodeCache(List<ServerVerdict> required, List<ServerVerdict> cluster)
    {
        if (cluster.Count == 0 || !cluster.TrueForAll(server => server.Judgement.IsRight))
        {
            yield break;
        }

        foreach (var server in required)
        {
            if (server is { View.Kind: ViewKind.App, Server.Address.IsOnThisNode: true, Judgement.Reason: <= Reason.ReverseForwarded })
            {
                yield return new Diagnosis(
                    Diagnosis.NodeCacheStale,
                    $"the cluster's DNS servers are right, but {server.Server.Address}, the DNS cache of this "
                    + "node, still returns an old answer",
                    "wait until its TTL is over (30s by default); if it stays, restart the node-local-dns pod of this node, not CoreDNS: "
                    + "`kubectl get pods -A -l k8s-app=node-local-dns -o wide`");
            }
        }
    }
}
