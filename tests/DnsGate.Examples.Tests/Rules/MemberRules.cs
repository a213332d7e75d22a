using System.Diagnostics.CodeAnalysis;
using System.Xml.Linq;
using DnsGate.Core.Discovery;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Examples.Tests.Manifests;

namespace DnsGate.Examples.Tests.Rules;

/// <summary>Members of an ensemble: who they are, where they run, and how they know one another.</summary>
internal static class MemberRules
{
    // What vote: the loss of more than half of them stops the application.
    private static readonly string[] Quorums = ["zookeeper", "apache/kafka", "clickhouse/clickhouse-keeper"];

    private static readonly SearchList Search = SearchList.Read(
        $"search {Invocation.Namespace}.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n");

    public static IReadOnlyList<Rule> All { get; } =
    [
        Rule.OfPods("two members of a quorum are never on one node", (_, pod) =>
            !IsQuorum(pod)
            || pod.Spec.Items("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution").Any(term =>
                term.Text("topologyKey") == "kubernetes.io/hostname"
                && term.At("labelSelector", "matchLabels").Selects(pod.Template.At("metadata", "labels")))),

        // The label is there from Kubernetes 1.28 on. Before that it is empty, and an image then takes an id of its own.
        Rule.OfContainers("no id comes from a label that an older cluster does not have", container =>
            !container.Node.Items("env").Any(item =>
                item.Text("valueFrom", "fieldRef", "fieldPath")?.Contains("pod-index", StringComparison.Ordinal) == true)),

        Rule.OfGates("the members that a gate waits for are the pods of the example, and this pod is one of them", gate =>
            gate.Reader.Read(Invocation.DefaultTimeout).Peers is var sources
            && (sources.IsEmpty || AreThePods(gate, sources))),

        // ClickHouse Keeper looks up all of them once at start; a Job that lacks one cannot begin.
        Rule.OfGates("all members are required where the application needs all, and a majority where it needs that", gate =>
            gate.Reader.Read(Invocation.DefaultTimeout) is var options
            && (options.Peers.IsEmpty || options.PeersRequire == (NeedsAll(gate.Container.Pod) ? Quorum.All : Quorum.MoreThanHalf))),

        new("KAFKA_CONTROLLER_QUORUM_VOTERS names every pod by its full name, with its ordinal as the id", example => example.Containers
            .Where(container => container.Variable("KAFKA_CONTROLLER_QUORUM_VOTERS") is not null)
            .Where(container => container.Variable("KAFKA_CONTROLLER_QUORUM_VOTERS").Text("value")
                != string.Join(',', container.Pod.Ordinals.Select(ordinal =>
                    $"{ordinal}@{container.Pod.RelativeName(ordinal)}.$(POD_NAMESPACE).svc.cluster.local:9093")))
            .Select(container => container.ToString())),

        new("keeper_config.xml names every pod at the port of its container, with its ordinal plus one as the id", example =>
            example.Containers.Where(container => container.Image.StartsWith("clickhouse/clickhouse-keeper:", StringComparison.Ordinal))
                .Where(container => !example.Load("ConfigMap").Any(map =>
                    map.Text("data", "keeper_config.xml") is { } text
                    && Servers(text).SequenceEqual(container.Pod.Ordinals.Select(ordinal =>
                        $"{ordinal + 1} {container.Pod.RelativeName(ordinal)} {PortCalled(container, "raft")}"))))
                .Select(container => container.ToString())),
    ];

    /// <summary>Whether the pods vote.</summary>
    public static bool IsQuorum(Pod pod) => pod.Containers.Any(container => Quorums.Contains(container.Image.Split(':', '@')[0]));

    private static bool NeedsAll(Pod pod) =>
        pod.IsOfJob || pod.Containers.Any(container => container.Image.StartsWith("clickhouse/", StringComparison.Ordinal));

    private static bool AreThePods(Invocation gate, IEnumerable<PeerSource> sources)
    {
        var pod = gate.Container.Pod;
        List<DnsName> pods = [.. pod.Ordinals.Select(ordinal => Parse($"{pod.RelativeName(ordinal)}.{Search.Domains[0]}"))];
        var (peers, problems) = new PeerFinder(pods[0], Search, NoFile, name => gate.Environment.GetValueOrDefault(name)).Find(sources);
        return problems.IsEmpty && peers.Select(peer => peer.Candidates[0]).SequenceEqual(pods) && peers.Any(peer => peer.IsSelf);
    }

    private static DnsName Parse(string name) =>
        DnsName.TryParse(name, out var parsed, out _) ? parsed : throw new ArgumentException(name, nameof(name));

    private static bool NoFile(string path, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? problem)
    {
        (text, problem) = (null, $"no file '{path}' here");
        return false;
    }

    private static IEnumerable<string> Servers(string config) => XDocument.Parse(config).Descendants("raft_configuration")
        .Elements("server")
        .Select(server => $"{server.Element("id")!.Value} {server.Element("hostname")!.Value} {server.Element("port")!.Value}");

    private static int? PortCalled(Container container, string name) =>
        container.Node.Items("ports").FirstOrDefault(port => port.Text("name") == name).Number("containerPort");
}
