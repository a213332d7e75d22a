using System.Text.Json.Nodes;
using DnsGate.Examples.Tests.Manifests;

namespace DnsGate.Examples.Tests;

/// <summary>
/// Injection by label. The expressions of the MutatingAdmissionPolicy are evaluated (policy.mjs), and the patches of Kyverno's policy are
/// read: both add the container that the component of the same name adds.
/// </summary>
public sealed class PolicyTests
{
    private const string Directory = "injection/admission-policy";

    public static TheoryData<string> Modes => ["sidecar", "init-container"];

    /// <summary>A change of the policy, and what the API server has against it, too.</summary>
    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "resources: Object.spec.initContainers.resources{", "resources: Object.spec.containers.resources{", "unexpected type name" },
        { "Object.spec.initContainers.env.valueFrom{", "Object.spec.initContainers.valueFrom{", "unexpected type name" },
        { "JSONPatch{op:", "JSONPatch{operation:", "JSONPatch has no field 'operation'" },
        { "value: Object.spec.initContainers{", "value: Container{", "there is no type 'Container'" },
        { "/spec/initContainers/0", "/spec/initContainers/7", "there is no index 7" },
        { "[JSONPatch{op: \"add\", path: \"/spec/initContainers\", value: []}]", "[]", "cannot apply add /spec/initContainers/0" },
        { "variables.image", "variables.images", "variables.images" },
        { "patchType: JSONPatch", "patchType: ApplyConfiguration", "ApplyConfiguration is refused" },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task The_policy_adds_the_container_of_the_component_as_the_first_one(string mode)
    {
        var policy = Policy(await Example.OfAsync(Directory), mode);
        var patched = await Tools.MutateAsync(policy, Pod(), Pod("other", "another"));

        var gate = await OfComponentAsync(mode);
        Assert.Equal([gate], patched[0].Items("spec", "initContainers"), JsonNode.DeepEquals);
        var containers = patched[1].Items("spec", "initContainers");
        Assert.Equal(gate, containers[0], JsonNode.DeepEquals);
        Assert.Equal(["dnsgate", "other", "another"], containers.Select(container => container.Text("name")));
        Assert.All(patched, pod => Assert.Equal(Pod().At("spec", "containers"), pod.At("spec", "containers"), JsonNode.DeepEquals));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task The_API_takes_a_pod_that_the_policy_has_patched(string mode)
    {
        var patched = await Tools.MutateAsync(Policy(await Example.OfAsync(Directory), mode), Pod("other"));

        JsonObject asked = new() { ["it"] = new JsonArray(patched[0]!.DeepClone()) };
        Assert.Equal("""{"it":[]}""", await Tools.ProblemsAsync(asked.ToJsonString()));
    }

    /// <summary>reinvocationPolicy calls a policy a second time when a later mutation has changed the pod.</summary>
    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_second_call_changes_nothing(string mode)
    {
        var policy = Policy(await Example.OfAsync(Directory), mode);
        var once = await Tools.MutateAsync(policy, Pod("other"));

        Assert.Null(Assert.Single(await Tools.MutateAsync(policy, once[0]!)));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task The_image_is_a_variable(string mode)
    {
        var example = (await Example.OfAsync(Directory))
            .With($"'\"dnsgate:{Example.Version}\"'", "'\"registry.example.com/dnsgate:1.2.3\"'");
        var patched = await Tools.MutateAsync(Policy(example, mode), Pod());

        Assert.Equal("registry.example.com/dnsgate:1.2.3", Assert.Single(patched[0].Items("spec", "initContainers")).Text("image"));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task The_policy_is_for_labelled_pods_outside_the_namespaces_of_the_system_and_is_bound(string mode)
    {
        var example = await Example.OfAsync(Directory);
        var constraints = Policy(example, mode).At("spec", "matchConstraints");

        Assert.Equal(mode, constraints.Text("objectSelector", "matchLabels", "dnsgate"));
        var excluded = Assert.Single(constraints.Items("namespaceSelector", "matchExpressions"));
        Assert.Equal(("kubernetes.io/metadata.name", "NotIn"), (excluded.Text("key"), excluded.Text("operator")));
        Assert.Contains("kube-system", excluded.Texts("values"));
        Assert.Equal(["CREATE"], Assert.Single(constraints.Items("resourceRules")).Texts("operations"));
        Assert.Single(
            example.Load("MutatingAdmissionPolicyBinding"), binding => binding.Text("spec", "policyName") == $"dnsgate-{mode}");
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_in_the_policy_is_found(string from, string to, string named)
    {
        var ended = await Tools.MutationAsync(Policy((await Example.OfAsync(Directory)).With(from, to), "sidecar"), Pod());

        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains(named, ended.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task The_policy_of_Kyverno_adds_the_container_of_the_component_as_the_first_one(string mode)
    {
        var policy = Assert.Single((await Example.OfAsync("injection/kyverno")).Load("ClusterPolicy"));
        var rule = Assert.Single(policy.Items("spec", "rules"), rule => rule.Text("name") == mode);

        var operation = Assert.Single(Assert.Single(Yaml.Read(rule.Text("mutate", "patchesJson6902")!)).AsArray());
        Assert.Equal(("add", "/spec/initContainers/0"), (operation.Text("op"), operation.Text("path")));
        Assert.Equal(await OfComponentAsync(mode), operation.At("value"), JsonNode.DeepEquals);
        var resources = Assert.Single(rule.Items("match", "any")).At("resources");
        Assert.Equal(mode, resources.Text("selector", "matchLabels", "dnsgate"));
        Assert.Contains("kube-system", Assert.Single(rule.Items("exclude", "any")).Texts("resources", "namespaces"));
    }

    private static async Task<JsonNode> OfComponentAsync(string component)
    {
        var example = await Example.WithComponentAsync("component/example", component);
        return Assert.Single(example.Containers, container => container.Name == "dnsgate").Node;
    }

    private static JsonNode Policy(Example example, string mode) =>
        Assert.Single(example.Load("MutatingAdmissionPolicy"), policy => policy.Text("metadata", "name") == $"dnsgate-{mode}");

    /// <summary>A pod; without init containers the API server's object has no such field.</summary>
    private static JsonObject Pod(params string[] initContainers)
    {
        JsonObject spec = new() { ["containers"] = Containers("application") };
        if (initContainers.Length > 0)
        {
            spec["initContainers"] = Containers(initContainers);
        }

        return new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = "application-0" },
            ["spec"] = spec,
        };
    }

    private static JsonArray Containers(params string[] names) =>
        [.. names.Select(name => new JsonObject { ["name"] = name, ["image"] = name })];
}
