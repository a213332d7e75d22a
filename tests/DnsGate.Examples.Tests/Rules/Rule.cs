using DnsGate.Examples.Tests.Manifests;

namespace DnsGate.Examples.Tests.Rules;

/// <summary>One sentence that every example holds.</summary>
/// <param name="Sentence">The sentence.</param>
/// <param name="Problems">What contradicts it.</param>
internal sealed record Rule(string Sentence, Func<Example, IEnumerable<string>> Problems)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        .. GateRules.All, .. ProbeRules.All, .. SecurityRules.All, .. ClusterRules.All, .. RestartRules.All, .. MemberRules.All,
        .. ZooKeeperRules.All,
    ];

    /// <summary>A rule about each container.</summary>
    public static Rule OfContainers(string sentence, Func<Container, bool> holds) =>
        new(sentence, example => example.Containers.Where(container => !holds(container)).Select(container => container.ToString()));

    /// <summary>A rule about each gate: what holds something back until DNS is right.</summary>
    public static Rule OfGates(string sentence, Func<Invocation, bool> holds) =>
        new(sentence, example => example.Containers
            .Select(container => container.Gate)
            .OfType<Invocation>()
            .Where(gate => !holds(gate))
            .Select(gate => gate.ToString()));

    /// <summary>A rule about each pod.</summary>
    public static Rule OfPods(string sentence, Func<Example, Pod, bool> holds) =>
        new(sentence, example => example.Pods.Where(pod => !holds(example, pod)).Select(pod => pod.ToString()));
}
