using System.Text.Json.Nodes;
using DnsGate.Examples.Tests.Manifests;
using DnsGate.Examples.Tests.Rules;
using DnsGate.TestKit;

namespace DnsGate.Examples.Tests;

/// <summary>The components for the StatefulSets of others, one for each form.</summary>
public sealed class ComponentTests
{
    private const string RestrictedVolumes = "volumes are of the types that restricted allows";

    [Theory]
    [InlineData("sidecar", "dnsgate", true)]
    [InlineData("init-container", "dnsgate", false)]
    [InlineData("wrapper", "install-dnsgate", false)]
    public async Task The_component_puts_its_container_before_all_other_init_containers(string component, string name, bool isSidecar)
    {
        var example = await Example.ChangedAsync("component/example", "application.yaml", "      containers:\n",
            "      initContainers:\n        - {name: other, image: other}\n      containers:\n", component);

        var pod = Assert.Single(example.Pods);
        Assert.Equal([name, "other", "application"], pod.Containers.Select(container => container.Name));
        Assert.Equal([isSidecar, false, false], pod.Containers.Select(container => container.IsSidecar));
    }

    [Fact]
    public void The_application_of_the_component_knows_nothing_of_the_gate() =>
        Assert.DoesNotContain("dnsgate", File.ReadAllText(Repository.File("k8s-examples/component/example/application.yaml")),
            StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The directories use one component each. The others hold the same rules, and the executable reads their command lines.
    /// </summary>
    [Theory]
    [InlineData("component/example", "init-container")]
    [InlineData("component/wrapper-example", "wrapper-image-volume", RestrictedVolumes)]
    public async Task Another_component_in_the_example_holds_what_the_examples_hold(
        string directory, string component, params string[] brokenRules)
    {
        var example = await Example.WithComponentAsync(directory, component);

        Assert.Equal(brokenRules, Rule.All.Where(rule => rule.Problems(example).Any()).Select(rule => rule.Sentence));
        Assert.NotEmpty(example.Invocations);
        foreach (var invocation in example.Invocations)
        {
            Assert.Equal("", await CommandLineTests.SaysAsync(invocation));
        }

        JsonObject asked = new() { ["it"] = new JsonArray([.. example.Objects.Select(item => item.DeepClone())]) };
        Assert.Equal("""{"it":[]}""", await Tools.ProblemsAsync(asked.ToJsonString()));
    }

    [Fact]
    public async Task The_image_volume_has_the_image_that_the_kustomization_names()
    {
        var example = await Example.ChangedAsync("component/wrapper-example", "kustomization.yaml",
            $"newName: dnsgate\n    newTag: {Example.Version}\n",
            "newName: registry.example.com/dnsgate\n    newTag: 1.2.3\n", "wrapper-image-volume");

        var volume = Assert.Single(Assert.Single(example.Pods).Spec.Items("volumes"));
        Assert.Equal("registry.example.com/dnsgate:1.2.3", volume.Text("image", "reference"));
    }

    /// <summary>The command is the container's own, and the arguments of the manifest do not follow it a second time.</summary>
    [Fact]
    public async Task The_patch_of_the_wrapper_replaces_command_and_arguments()
    {
        var example = await Example.ChangedAsync("component/wrapper-example", "application.yaml",
            "          image: registry.k8s.io/pause:3.10\n", "          image: registry.k8s.io/pause:3.10\n          args: [-v]\n");

        var application = Assert.Single(example.Containers, container => container.Name == "application");
        Assert.Equal(["/dnsgate-bin/dnsgate", "run", "--", "/pause"], application.Node.Texts("command"));
        Assert.Empty(application.Node.Texts("args"));
    }

    [Fact]
    public void The_patch_of_the_wrapper_marks_what_people_fill_in()
    {
        string[] lines = [.. File.ReadAllLines(Repository.File("k8s-examples/component/wrapper-example/command.yaml"))
            .Where(line => !line.StartsWith('#') && line.Contains("FILL IN", StringComparison.Ordinal))];
        Assert.Equal(3, lines.Length);
    }
}
