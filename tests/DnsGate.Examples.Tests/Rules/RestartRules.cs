using System.Text.Json.Nodes;
using DnsGate.Examples.Tests.Manifests;

namespace DnsGate.Examples.Tests.Rules;

/// <summary>What Kubernetes does when a container ends, by its exit code.</summary>
internal static class RestartRules
{
    private static readonly string[] Actions = ["Restart", "RestartAllContainers"];

    private static readonly string[] Operators = ["In", "NotIn"];

    public static IReadOnlyList<Rule> All { get; } =
    [
        // The schema of Kubernetes has these fields as plain text. The values are those of the API server of 1.36.
        Rule.OfContainers(
            "a restart rule has an action and exit codes that the API server takes, and the container has a restartPolicy", container =>
                container.Node.Items("restartPolicyRules") is not { Count: > 0 } rules
                || (container.Node.Text("restartPolicy") is not null
                    && rules.All(rule => Actions.Contains(rule.Text("action"))
                        && Operators.Contains(rule.Text("exitCodes", "operator"))
                        && rule.Items("exitCodes", "values").Count > 0))),

        // serve would find its memory of the opening in the same sandbox, and open at once (docs/reference.md, --state).
        Rule.OfPods("where all containers are restarted, a gate holds them back again", (_, pod) =>
            !pod.Containers.Any(RestartsAll)
            || pod.Containers.Any(container => container.Gate is { Verb: "wait" or "run" })),

        Rule.OfPods("all containers are restarted where ZooKeeper cannot bind, and not otherwise", (_, pod) =>
            pod.Containers.Where(RestartsAll).All(container =>
                container.Image.StartsWith("zookeeper:", StringComparison.Ordinal)
                && container.Node.Items("restartPolicyRules").All(rule => rule.Text("exitCodes", "operator") == "In"
                    && rule.Texts("exitCodes", "values").SequenceEqual(["14"])))),

        Rule.OfPods("a Job runs all its pods at once, ends a pod with its gate, and does not retry a mistake", (_, pod) =>
            !pod.IsOfJob
            || (pod.Owner.Text("spec", "completionMode") == "Indexed"
                && pod.Owner.Number("spec", "completions") == pod.Owner.Number("spec", "parallelism")
                && pod.Spec.Text("restartPolicy") == "Never"
                && pod.Owner.Items("spec", "podFailurePolicy", "rules") is [var first, var second]
                && FailsOnMistake(pod, first)
                && second.Text("action") == "Ignore"
                && second.Items("onPodConditions").Any(condition => condition.Text("type") == "DisruptionTarget"))),
    ];

    private static bool RestartsAll(Container container) =>
        container.Node.Items("restartPolicyRules").Any(rule => rule.Text("action") == "RestartAllContainers");

    private static bool FailsOnMistake(Pod pod, JsonNode rule) =>
        rule.Text("action") == "FailJob"
        && rule.Text("onExitCodes", "operator") == "In"
        && rule.Texts("onExitCodes", "values").SequenceEqual(["2"])
        && pod.Containers.Any(container => container.Gate is not null && container.Name == rule.Text("onExitCodes", "containerName"));
}
