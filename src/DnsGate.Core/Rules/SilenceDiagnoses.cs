using System.Collections.Immutable;
using System.Globalization;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Text;

namespace DnsGate.Core.Rules;

/// <summary>Diagnoses of questions without an answer, and of refused ones.</summary>
internal static class SilenceDiagnoses
{
    /// <summary>The deadline ended the round: says by which option, and how slow the answers were that came.</summary>
    public static IEnumerable<Diagnosis> CutOff(List<ServerVerdict> required, TimeSpan? deadline)
    {
        if (deadline is not { } limit || !required.Exists(server => server.Judgement.Reason == Reason.CutOff))
        {
            yield break;
        }

        // Rounded: the text stays the same from one probe to the next.
        var slowest = required.SelectMany(server => server.Observations)
            .Where(observation => !observation.Outcome.IsSilence)
            .Select(observation => (TimeSpan?)Rounded(observation.RoundTrip))
            .Max();
        // A round has up to seven trips.
        var enough = Math.Max(2, Math.Ceiling(Math.Max(2 * limit.TotalSeconds, 8 * (slowest ?? TimeSpan.Zero).TotalSeconds)));
        yield return new Diagnosis(
            Diagnosis.RoundCutOff,
            $"the round was cut off after {Duration.Format(limit)} (`--timeout`); "
            + slowest switch
            {
                null => "no DNS server had answered by then",
                { Ticks: 0 } => "the answers until then took less than 50ms",
                { } time => $"the slowest answer took {Duration.Format(time)}",
            },
            string.Create(CultureInfo.InvariantCulture, $"set `--timeout {enough}s`"));
    }

    /// <summary>The addresses are right at every server, and the PTR question is refused or not answered at all of them.</summary>
    public static IEnumerable<Diagnosis> ReverseOnly(List<ServerVerdict> cluster)
    {
        if (cluster.Count == 0)
        {
            yield break;
        }

        const string Remedy = "allow `*.in-addr.arpa` and `*.ip6.arpa` in the DNS rules of the network policy, or set `--reverse off` "
            + "if nothing needs PTR records";
        if (cluster.TrueForAll(server => IsReverseOnly(server, Reason.Refused)))
        {
            yield return new Diagnosis(
                Diagnosis.ReverseRefused, "every DNS server answers for the name, and refuses PTR questions (REFUSED)", Remedy);
        }
        else if (cluster.TrueForAll(server => IsReverseOnly(server, Reason.TimedOut)))
        {
            yield return new Diagnosis(
                Diagnosis.ReverseUnanswered, "every DNS server answers for the name, and leaves PTR questions unanswered", Remedy);
        }
    }

    /// <summary>No server of the cluster answers: what the network reports, and what the servers of resolv.conf answer.</summary>
    public static IEnumerable<Diagnosis> OfProbe(RoundVerdict verdict, List<ServerVerdict> cluster, DomainProbe? probe)
    {
        var isSilent = DomainProbe.IsSilent(verdict);
        // A sampled cluster view consists of the servers that were probed: they have been silent themselves. A server that does
        // not serve this cluster says nothing about the way to those that do. Nor does a question that never had its time.
        var others = (probe?.Results ?? [])
            .Where(result => result.Outcome is not (Outcome.CutOff or Outcome.NotSent)
                && !probe!.UnknownServers.Contains(result.Lookup.Server)
                && !verdict.Servers.Any(server => server.View.Kind == ViewKind.Cluster && server.Server.Address == result.Lookup.Server))
            .ToList()
            .ConvertAll(result => result.Lookup.Server);
        var answering = others.Where(server => probe!.Answering.Contains(server)).ToList();
        if (isSilent && cluster.TrueForAll(IsRefused))
        {
            yield return new Diagnosis(
                Diagnosis.PortClosed,
                $"every endpoint refuses the connection: nothing listens at port {Ports(cluster)}"
                + (answering.Count == 0 ? "" : $"; {string.Join(" and ", answering)} of resolv.conf answers"),
                "check that CoreDNS runs and that the port of its Service is right: "
                + Remedies.AboutPods("get pods", ServersOf(cluster), "-o wide"));
        }
        else if (isSilent && answering.Count > 0 && !cluster.Exists(IsRefused))
        {
            yield return new Diagnosis(
                Diagnosis.NetworkPolicy,
                $"no endpoint answers, but {string.Join(" and ", answering)} of resolv.conf does: packets from this pod to the endpoints "
                + "do not get through",
                $"let the NetworkPolicy allow egress over UDP and TCP to port {Ports(cluster)} of the CoreDNS pods themselves, not only "
                + $"to the Service's address: namespaceSelector {Namespace(cluster)}, podSelector with a label of "
                + Remedies.AboutPods("get pods", ServersOf(cluster), "-o wide --show-labels"));
        }
        else if (isSilent && answering.Count == 0 && others.Count > 0)
        {
            yield return new Diagnosis(
                Diagnosis.DnsOutage,
                $"neither an endpoint nor {string.Join(" or ", others)} of resolv.conf answers: the DNS servers are down, or "
                + "this pod cannot reach them",
                $"check the CoreDNS pods: {Remedies.AboutPods("get pods", ServersOf(cluster), "-o wide")}. If they run, check "
                + "the NetworkPolicies of this namespace and the network of this node");
        }

        if (probe is { IsOfAskedServers: true, UnknownServers.Length: > 0 })
        {
            yield return new Diagnosis(
                Diagnosis.NotClusterDns,
                $"{string.Join(" and ", probe.UnknownServers)} of resolv.conf does not know the cluster domain {probe.Domain}: it is not "
                + "a DNS server of this cluster",
                "set `dnsPolicy: ClusterFirst` (`ClusterFirstWithHostNet` on the host's network), remove that server from `dnsConfig`, or "
                + "set `--app off`");
        }
    }

    private static TimeSpan Rounded(TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(time < TimeSpan.FromSeconds(1) ? 100 : 1000);
        return Math.Round(time / step) * step;
    }

    private static bool IsReverseOnly(ServerVerdict server, Reason reason) =>
        server.Judgement.Reason == reason
        && server.Observations.All(observation => observation.Question.Type == RecordType.PTR
            || observation.Outcome is Outcome.Responded { Answer: not Answer.ServerError })
        && server.Observations.Any(observation => observation.Question.Type == RecordType.PTR);

    private static ImmutableArray<Server> ServersOf(List<ServerVerdict> verdicts) => [.. verdicts.Select(verdict => verdict.Server)];

    private static string Ports(List<ServerVerdict> cluster) =>
        string.Join(" or ", cluster.Select(server => server.Server.Address.Port).Distinct().Order());

    private static string Namespace(List<ServerVerdict> cluster) => Remedies.NamespaceOf(ServersOf(cluster)) is { } ns
        ? $"`kubernetes.io/metadata.name: {ns}`"
        : "of the namespace of the cluster's DNS";

    private static bool IsRefused(ServerVerdict server) =>
        server.Observations.Any(observation => observation.Outcome is Outcome.Unreachable { IsRefused: true });
}
