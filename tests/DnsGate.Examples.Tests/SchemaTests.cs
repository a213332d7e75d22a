using System.Text.Json.Nodes;
using DnsGate.Examples.Tests.Manifests;

namespace DnsGate.Examples.Tests;

/// <summary>What the API server of Kubernetes would say to the examples; a field that it does not know is an error here.</summary>
public sealed class SchemaTests
{
    /// <summary>What is wrong with every row, and with every example as it is: asked once, for the schema takes seconds to load.</summary>
    private static readonly Lazy<Task<IReadOnlyDictionary<string, IReadOnlyList<string>>>> Problems = new(AskAsync);

    /// <summary>An example, a change of it, whose problem that is and what the problem names.</summary>
    public static TheoryData<string, string, string, string, string> Mistakes => new()
    {
        { "sidecar", "failureThreshold: 200", "failureTreshold: 200", "StatefulSet/zk", "failureTreshold" },
        { "sidecar", "periodSeconds: 3\n", "periodSeconds: \"3\"\n", "StatefulSet/zk", "periodSeconds" },
        { "sidecar", "fieldPath: status.podIPs", "fieldName: status.podIPs", "StatefulSet/zk", "fieldName" },
        { "sidecar", "memory: 64Mi", "memory: 64MiB", "StatefulSet/zk", "memory" },
        { "sidecar", "podManagementPolicy: Parallel", "podManagementPolicy: parallel", "StatefulSet/zk", "parallel" },
        { "sidecar", "publishNotReadyAddresses: true", "publishNotReadyAdresses: true", "Service/zk-headless", "publishNotReadyAdresses" },
        { "sidecar", "maxUnavailable: 1", "maxUnavailable: true", "PodDisruptionBudget/zk", "maxUnavailable" },
        { "sidecar", "kind: PodDisruptionBudget", "kind: PodDisruptionBugdet", "PodDisruptionBugdet/zk", "PodDisruptionBugdet" },
        { "wrapper", "sizeLimit: 16Mi", "size: 16Mi", "StatefulSet/zk", "size" },
        { "name-servers/role", "  verbs:\n  - list\n", "", "ClusterRole/dnsgate", "verbs" },
        { "restart-all-containers", "restartPolicyRules:", "restartRules:", "StatefulSet/zk", "restartRules" },
        { "restart-all-containers", "operator: In\n", "operators: In\n", "StatefulSet/zk", "operator" },
        { "indexed-job", "onExitCodes:", "onExitCode:", "Job/train", "onExitCode" },
        { "hbase-kerberos", "expirationSeconds: 3607", "expiresSeconds: 3607", "StatefulSet/regionserver", "expiresSeconds" },
        { "network-policy", "protocol: UDP", "protocols: UDP", "NetworkPolicy/dnsgate", "protocols" },
        { "injection/admission-policy", "reinvocationPolicy: IfNeeded", "reinvocation: IfNeeded",
            "MutatingAdmissionPolicy/dnsgate-sidecar", "reinvocation" },
        { "injection/admission-policy", "policyName: dnsgate-sidecar", "policy: dnsgate-sidecar",
            "MutatingAdmissionPolicyBinding/dnsgate-sidecar", "policy" },
        { "monitoring", "podMetricsEndpoints:", "podMetricEndpoints:", "PodMonitor/dnsgate", "podMetricEndpoints" },
        { "monitoring", "alert: DnsGateDrift", "alarm: DnsGateDrift", "PrometheusRule/dnsgate", "alarm" },
    };

    public static TheoryData<string> Directories => [.. Example.Directories];

    [Theory]
    [MemberData(nameof(Directories))]
    public async Task The_API_takes_every_object(string directory) => Assert.Empty(await ProblemsAsync(directory, "", ""));

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_field_that_is_not_there_or_of_another_type_is_found(
        string directory, string from, string to, string whose, string named) =>
        Assert.Contains(await ProblemsAsync(directory, from, to), problem =>
            problem.StartsWith($"{whose}:", StringComparison.Ordinal) && problem.Contains(named, StringComparison.Ordinal));

    private static async Task<IReadOnlyList<string>> ProblemsAsync(string directory, string from, string to)
    {
        // Skips where nothing can be built.
        await Example.OfAsync(directory);
        return (await Problems.Value)[Key(directory, from, to)];
    }

    private static async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> AskAsync()
    {
        Dictionary<string, Example> examples = [];
        foreach (var directory in Example.Directories)
        {
            examples[Key(directory, "", "")] = await Example.OfAsync(directory);
        }

        foreach ((var directory, var from, var to, _, _) in Mistakes.Select(row => row.Data))
        {
            examples[Key(directory, from, to)] = (await Example.OfAsync(directory)).With(from, to);
        }

        JsonObject asked = new(examples.Select(pair =>
            KeyValuePair.Create(pair.Key, (JsonNode?)new JsonArray([.. pair.Value.Objects.Select(item => item.DeepClone())]))));
        var answer = JsonNode.Parse(await Tools.ProblemsAsync(asked.ToJsonString()))!.AsObject();
        return examples.Keys.ToDictionary(key => key, key => answer[key].Texts());
    }

    private static string Key(string directory, string from, string to) => $"{directory}: {from} -> {to}";
}
