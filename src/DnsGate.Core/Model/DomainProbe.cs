using System.Collections.Immutable;
using DnsGate.Core.Dns;

namespace DnsGate.Core.Model;

/// <summary>
/// One plain question for the SOA of the cluster domain at the servers of resolv.conf, asked only when something is wrong:
/// it tells a NetworkPolicy from an outage, and a server that serves this cluster from one that does not.
/// </summary>
/// <param name="Domain">The cluster domain.</param>
/// <param name="Results">What became of the question at each server.</param>
internal sealed record DomainProbe(DnsName Domain, ImmutableArray<LookupResult> Results)
{
    /// <summary>
    /// Whether these servers have to agree themselves. With <c>--app off</c> and servers named elsewhere they may serve other clients.
    /// </summary>
    public bool IsOfAskedServers { get; init; } = true;

    /// <summary>Servers that gave any reply: the way to them is open.</summary>
    public ImmutableArray<ServerAddress> Answering =>
        [.. Results.Where(result => !result.Outcome.IsSilence).Select(result => result.Lookup.Server)];

    /// <summary>Servers that return NXDOMAIN for the domain: they do not serve this cluster.</summary>
    public ImmutableArray<ServerAddress> UnknownServers =>
        [.. Results
            .Where(result =>
                result.Outcome is Outcome.Responded { Answer: Answer.NxDomain or Answer.ServerError { Code: ResponseCode.Refused } })
            .Select(result => result.Lookup.Server)];

    /// <summary>Whether a verdict raises a question that the probe answers.</summary>
    public static bool IsWorthAsking(RoundVerdict verdict) =>
        IsSilent(verdict) || verdict.Servers.Any(server => server.Server.MayForward && IsDenial(server.Judgement.Reason));

    /// <summary>
    /// Whether the cluster view has servers, and none of them answered anything. A question that was cut off or not sent is no silence.
    /// </summary>
    public static bool IsSilent(RoundVerdict verdict)
    {
        var cluster = verdict.Servers.Where(server => server.View.Kind == ViewKind.Cluster && server.Server.Required).ToList();
        return cluster.Count > 0 && cluster.All(server =>
            !server.Answered && server.Judgement.Reason is Reason.TimedOut or Reason.Unreachable);
    }

    private static bool IsDenial(Reason reason) => reason is Reason.NameMissing or Reason.Refused;
}
