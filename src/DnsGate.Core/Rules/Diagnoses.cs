using System.Collections.Immutable;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Rules;

/// <summary>What a diagnosis may use besides the verdict.</summary>
/// <param name="UnchangedFor">For how long the reasons of all servers have been the same.</param>
internal sealed record Evidence(TimeSpan UnchangedFor)
{
    /// <summary>What the servers of resolv.conf answer for the cluster domain; null when they were not asked.</summary>
    public DomainProbe? Probe { get; init; }

    /// <summary>The deadline of the verb (<c>--timeout</c>); null when it has none.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>What in this pod contradicts its identity.</summary>
    public ImmutableArray<Diagnosis> OfPod { get; init; } = [];

    /// <summary>What each server answered in the rounds before.</summary>
    public History History { get; init; } = History.Empty;
}

/// <summary>
/// Draws diagnoses from a verdict and its evidence. A diagnosis rests on what servers answered or the network reported. A question
/// that was cut off or could not be sent is no evidence.
/// </summary>
internal static class Diagnoses
{
    /// <summary>How long a picture that every start passes through must last: pods and caches need their seconds.</summary>
    public static readonly TimeSpan ForLong = TimeSpan.FromSeconds(30);

    private static readonly Diagnosis Intercepted = new(
        Diagnosis.DnsIntercepted,
        "a question to 192.0.2.1, where no DNS server can be, was answered: one proxy on this node or on the way answers every DNS "
        + "question, whatever server it is sent to",
        "exempt this pod: in an Istio ambient mesh set the annotation `ambient.istio.io/dns-capture: \"false\"` on the pod; elsewhere look "
        + "for a rule that redirects port 53");

    /// <summary>The diagnoses of a verdict.</summary>
    public static ImmutableArray<Diagnosis> Find(RoundVerdict verdict, Evidence evidence)
    {
        var required = verdict.Servers.Where(server => server.Server.Required).ToList();
        var cluster = required.Where(server => server.View.Kind == ViewKind.Cluster).ToList();
        var isPodWrong = evidence.OfPod.Any(diagnosis => diagnosis.IsAboutIdentity) && required.Exists(server => server.Judgement.IsWrong);
        return
        [
            .. verdict.Coverage == Coverage.Intercepted ? [Intercepted] : Array.Empty<Diagnosis>(),
            .. SilenceDiagnoses.CutOff(required, evidence.Deadline),
            .. NoneReady(verdict),
            .. evidence.OfPod.Where(diagnosis => !diagnosis.IsAboutIdentity || isPodWrong),
            // A server is not blamed for an identity that this pod has wrong.
            .. isPodWrong ? [] : OfAnswers(required, cluster, evidence),
            .. SilenceDiagnoses.ReverseOnly(cluster),
            .. SilenceDiagnoses.OfProbe(verdict, cluster, evidence.Probe),
        ];
    }

    private static IEnumerable<Diagnosis> OfAnswers(List<ServerVerdict> required, List<ServerVerdict> cluster, Evidence evidence) =>
        AaaaNxDomain(cluster)
            .Concat(evidence.UnchangedFor >= ForLong ? OfLongPicture(required, cluster) : [])
            .Concat(StaleDiagnoses.Frozen(cluster, evidence.History))
            .Concat(StaleDiagnoses.NodeCache(required, cluster))
            .Concat(PointerDiagnoses.Find(required));

    private static IEnumerable<Diagnosis> OfLongPicture(List<ServerVerdict> required, List<ServerVerdict> cluster)
    {
        if (required.Count > 0 && required.TrueForAll(server => server.Judgement.Reason == Reason.NameMissing && !HasAddress(server)))
        {
            yield return new Diagnosis(
                Diagnosis.NameNotPublished,
                "every DNS server returns NXDOMAIN, and has for 30s or more",
                "set `publishNotReadyAddresses: true` on the headless Service, check that it is headless (`clusterIP: None`), and that the "
                + "StatefulSet's `serviceName` names it");
        }

        if (required.Count > 0
            && required.TrueForAll(server => server.Judgement.Reason is Reason.ReverseMissing or Reason.ReverseForwarded))
        {
            yield return new Diagnosis(
                Diagnosis.ReverseNotServed,
                "every DNS server returns the right addresses, and none has had a PTR record for them for 30s or more",
                "add `in-addr.arpa ip6.arpa` to the `kubernetes` line of the Corefile, or set `--reverse off` "
                + "if nothing needs PTR records");
        }

        foreach (var diagnosis in StaleDiagnoses.PublishedWrong(cluster))
        {
            yield return diagnosis;
        }
    }

    /// <summary>The cluster's servers are known, and none of them is ready.</summary>
    private static IEnumerable<Diagnosis> NoneReady(RoundVerdict verdict)
    {
        var listed = verdict.Servers.Where(server => server.View.Kind == ViewKind.Cluster).ToList();
        if (listed.Count > 0 && listed.TrueForAll(server => !server.Server.Required))
        {
            yield return new Diagnosis(
                Diagnosis.NoneReady,
                $"{string.Join(", ", listed.Select(server => $"{server.Server.Address}"))} "
                + $"{(listed.Count == 1 ? "is listed and is not ready" : "are listed and none is ready")}",
                "check the readiness probe of CoreDNS and its nodes: "
                + Remedies.AboutPods("describe pods", [.. listed.Select(server => server.Server)]));
        }
    }

    /// <summary>A records and NXDOMAIN for AAAA at every server: two sources answer for one name.</summary>
    private static IEnumerable<Diagnosis> AaaaNxDomain(List<ServerVerdict> cluster)
    {
        if (cluster.Count == 0 || !cluster.TrueForAll(server =>
            HasAddress(server) && server.Observations.Any(observation => IsNxDomain(observation, RecordType.AAAA))))
        {
            yield break;
        }

        // NXDOMAIN comes first in the verdict. It must not hide an A record that is wrong.
        var wrong = cluster.Find(server => server.Observations.Any(IsWrongA));
        yield return new Diagnosis(
            Diagnosis.AaaaNxDomain,
            "every DNS server returns an A record, and NXDOMAIN for AAAA; CoreDNS does this when a `template` answers AAAA"
            + (wrong is null ? "" : $"; the A record is wrong too: {AnswerText.Describe(wrong.Observations.First(IsWrongA).Outcome)}"),
            $"remove that `template` from the Corefile{Corefile()}, or set `--families ipv4`");

        string Corefile() =>
            Remedies.NamespaceOf(cluster.Select(server => server.Server)) is { } ns ? $" (`kubectl -n {ns} get configmaps`)" : "";

        bool IsWrongA(Observation observation) =>
            observation is { Question.Type: RecordType.A, Outcome: Outcome.Responded { Answer: Answer.Records records } }
            && records.Data.OfType<RecordData.Address>().Any(data => !cluster[0].View.Addresses.Contains(data.Value));
    }

    private static bool HasAddress(ServerVerdict server) => server.Observations.Any(observation =>
        observation is { Question.Step.Direction: Direction.Forward, Outcome: Outcome.Responded { Answer: Answer.Records } });

    private static bool IsNxDomain(Observation observation, RecordType type) =>
        observation.Question.Type == type && observation.Outcome is Outcome.Responded { Answer: Answer.NxDomain };
}
