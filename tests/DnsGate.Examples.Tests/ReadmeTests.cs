using System.Text.Json.Nodes;
using DnsGate.Examples.Tests.Manifests;
using DnsGate.TestKit;

namespace DnsGate.Examples.Tests;

/// <summary>What people copy from the READMEs is part of the examples.</summary>
public sealed class ReadmeTests
{
    private static readonly string Adopt = File.ReadAllText(Repository.File("docs/adopt.md"));

    private static readonly string OfExamples = File.ReadAllText(Repository.File("k8s-examples/README.md"));

    [Theory]
    [InlineData("args: [serve]", "sidecar")]
    [InlineData("args: [serve]", "quickstart")]
    [InlineData("args: [wait]", "init-container")]
    [InlineData("args: [install, /dnsgate-bin]", "wrapper")]
    public async Task A_form_of_the_main_README_is_in_its_example(string mark, string directory)
    {
        // kustomize sets the tag of the image.
        var text = Assert.Single(Blocks(Repository.Readme), block => block.Contains(mark, StringComparison.Ordinal))
            .Replace("image: dnsgate\n", $"image: dnsgate:{Example.Version}\n", StringComparison.Ordinal);
        var block = Assert.Single(Yaml.Read(text));
        foreach (var container in block.Items("containers"))
        {
            // The CMD of the image stands there. Those of the examples set the id of the member before.
            container.AsObject().Remove("args");
        }

        var pod = Assert.Single((await Example.OfAsync(directory)).Pods);
        Assert.True(Holds(pod.Spec, block), $"not in {directory}: {block}");
    }

    [Fact]
    public async Task The_probe_of_the_reference_is_in_the_wrapper()
    {
        var text = Assert.Single(Blocks(Repository.Reference), block => block.Contains("dnsgate, bound", StringComparison.Ordinal));

        var example = await Example.OfAsync("wrapper");
        Assert.Contains(example.Containers, container => Holds(container.Node, Assert.Single(Yaml.Read(text))));
    }

    /// <summary>
    /// The shell blocks of the quick start, in their order and from the root of the repository. kubectl is the real one where it needs no
    /// cluster; everything else is noted.
    /// </summary>
    [Fact]
    public async Task The_quick_start_runs_as_it_is_written()
    {
        var blocks = Shell(Repository.Readme, "Quick start");
        Assert.Equal(4, blocks.Count);

        using FakeKubectl kubectl = new();
        foreach (var block in blocks)
        {
            await kubectl.RunAsync(block, Repository.File("."));
        }

        Assert.Equal(
            [
                "apply -k k8s-examples/name-servers/headless-service", "apply -f -", "exec web-0 -c dnsgate -- /dnsgate explain",
                "delete pod web-1", "logs web-1 -c dnsgate --follow",
            ],
            kubectl.Calls);
        var set = Assert.Single(Yaml.Read(kubectl.Applied), item => item.Text("kind") == "StatefulSet");
        var gate = Assert.Single(set.Items("spec", "template", "spec", "initContainers"));
        Assert.Equal(("web", "dnsgate"), (set.Text("metadata", "name"), gate.Text("name")));
        Assert.Equal("registry.example.com/dnsgate:VERSION", gate.Text("image"));
        Assert.True(set.Number("spec", "replicas") > 1);
        Assert.True(Directory.Exists(Repository.File("k8s-examples/name-servers/headless-service")));
    }

    [Fact]
    public async Task The_block_that_sets_the_image_of_the_policy_sets_it_in_both_policies()
    {
        using TemporaryDirectory directory = new();
        using FakeKubectl kubectl = new();
        var policy = File.ReadAllText(Repository.File("k8s-examples/injection/admission-policy/policy.yaml"));
        directory.Write("policy.yaml", policy);

        await kubectl.RunAsync(
            Assert.Single(Shell(Adopt, "Injection by label"), block => block.Contains("sed", StringComparison.Ordinal)), directory.Path);

        Assert.Equal(["apply -f -"], kubectl.Calls);
        var images = Yaml.Read(kubectl.Applied)
            .SelectMany(item => item.Items("spec", "variables"))
            .Select(variable => variable.Text("expression"));
        Assert.Equal(Enumerable.Repeat("\"registry.example.com/dnsgate:VERSION\"", 2), images);
    }

    [Fact]
    public async Task The_program_that_Helm_pipes_a_chart_through_adds_the_gate()
    {
        using TemporaryDirectory directory = new();
        using FakeKubectl kubectl = new();
        Directory.CreateDirectory(directory.File("sidecar"));
        Directory.CreateDirectory(directory.File("chart"));
        foreach (var file in new[] { "kustomization.yaml", "statefulset.yaml" })
        {
            directory.Write($"sidecar/{file}", await File.ReadAllTextAsync(Repository.File($"k8s-examples/component/sidecar/{file}")));
        }

        directory.Write("chart.yaml", await File.ReadAllTextAsync(Repository.File("k8s-examples/component/example/application.yaml")));
        directory.Write("chart/kustomization.yaml", """
            resources: [rendered.yaml]
            components: [../sidecar]
            images: [{name: dnsgate, newName: registry.example.com/dnsgate, newTag: VERSION}]

            """);
        var script = Assert.Single(Shell(Adopt, "Helm charts"), block => block.StartsWith("#!/bin/sh\n", StringComparison.Ordinal));
        directory.Write("chart/add-gate.sh", script);

        await kubectl.RunAsync("sh add-gate.sh < ../chart.yaml > ../out.yaml", directory.File("chart"));

        var set = Assert.Single(
            Yaml.Read(await File.ReadAllTextAsync(directory.File("out.yaml"))), item => item.Text("kind") == "StatefulSet");
        var gate = Assert.Single(set.Items("spec", "template", "spec", "initContainers"));
        Assert.Equal("registry.example.com/dnsgate:VERSION", gate.Text("image"));
    }

    /// <summary>What people copy into the values of a chart is what the components add.</summary>
    [Theory]
    [InlineData("serve", "sidecar")]
    [InlineData("wait", "init-container")]
    public async Task The_values_for_charts_are_the_container_of_the_component(string verb, string component)
    {
        var containers = Blocks(Adopt).SelectMany(Yaml.Read).SelectMany(block => block.Items("initContainers")).ToList();
        Assert.Equal(2, containers.Count);
        var values = Assert.Single(containers, container => container.Texts("args").SequenceEqual([verb])).AsObject();
        var added = Assert.Single(
            (await Example.WithComponentAsync("component/example", component)).Containers, it => it.Name == "dnsgate");

        Assert.Equal("registry.example.com/dnsgate:VERSION", values.Text("image"));
        values["image"] = added.Image;
        Assert.Equal(added.Node, values, JsonNode.DeepEquals);
    }

    [Fact]
    public void The_table_of_components_has_every_component()
    {
        var components = Example.Directories
            .Where(directory => directory.StartsWith("component/", StringComparison.Ordinal)
                && !directory.EndsWith("example", StringComparison.Ordinal))
            .Select(directory => directory.Split('/')[1]);
        Assert.All(components, component => Assert.Contains($"| `{component}` | ", Adopt, StringComparison.Ordinal));
    }

    /// <summary>What people type at night is what the manifests read.</summary>
    [Theory]
    [InlineData("k8s-examples/README.md")]
    [InlineData("docs/handbook/gate.md")]
    public async Task The_kill_switch_is_thrown_as_the_manifests_have_it(string document)
    {
        var example = await Example.OfAsync("sidecar");
        var key = example.Containers
            .Select(container => container.Variable("DNSGATE_DISABLED"))
            .OfType<JsonNode>()
            .Single()
            .At("valueFrom", "configMapKeyRef");

        string[] lines = [.. File.ReadAllLines(Repository.File(document)).Where(line => line.StartsWith("kubectl", StringComparison.Ordinal)
            && (line.Contains(" create configmap ", StringComparison.Ordinal)
                || line.Contains(" delete configmap ", StringComparison.Ordinal)))];
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Contains($" configmap {key.Text("name")} ", line, StringComparison.Ordinal));
        Assert.Contains($" --from-literal={key.Text("key")}=", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_kustomization_of_the_component_is_that_of_its_example()
    {
        var shown = Assert.Single(Yaml.Read(Assert.Single(Blocks(OfExamples))));
        var example = Assert.Single(Yaml.Read(File.ReadAllText(Repository.File("k8s-examples/component/example/kustomization.yaml"))));

        Assert.True(Holds(example, shown), $"not in component/example: {shown}");
    }

    [Fact]
    public void The_table_has_every_example_and_no_other() =>
        Assert.Equal(Example.Directories, OfExamples.Split("\n\n")
            .First(part => part.Contains("| directory | form |", StringComparison.Ordinal))
            .Split('\n')
            .Skip(2)
            .Select(row => row.Split('`')[1])
            .Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("name: zk", "name: zk", true)]
    [InlineData("name: zk\nport: 1", "name: zk", true)]
    [InlineData("name: zk", "name: zk\nport: 1", false)]
    [InlineData("name: zk", "name: kz", false)]
    [InlineData("[{name: a, port: 1}, {name: b, port: 2}]", "[{name: b, port: 2}]", true)]
    [InlineData("[{name: a, port: 1}, {name: b, port: 2}]", "[{name: b, port: 1}]", false)]
    [InlineData("[run, --, a, b]", "[run, --, a]", true)]
    [InlineData("[run, --, a]", "[run, --, a, b]", false)]
    [InlineData("[run, --, a]", "[run, a]", false)]
    public void A_part_is_told_from_what_is_none(string whole, string part, bool holds) =>
        Assert.Equal(holds, Holds(Assert.Single(Yaml.Read(whole)), Assert.Single(Yaml.Read(part))));

    /// <summary>Whether a part is in a whole: each field, each object of a list, and of a list of words the first ones.</summary>
    private static bool Holds(JsonNode? whole, JsonNode? part) => (whole, part) switch
    {
        (JsonObject all, JsonObject some) => some.All(pair => Holds(all[pair.Key], pair.Value)),
        (JsonArray all, JsonArray some) when some.All(item => item is JsonObject) => some.All(item => all.Any(other => Holds(other, item))),
        (JsonArray all, JsonArray some) => some.Count <= all.Count && some.Zip(all).All(pair => Holds(pair.Second, pair.First)),
        _ => JsonNode.DeepEquals(whole, part),
    };

    private static IReadOnlyList<string> Shell(string document, string title) =>
        Assert.Single(MarkdownDocument.Parse(document).Sections, section => section.Title == title).Blocks("");

    private static IEnumerable<string> Blocks(string readme) =>
        MarkdownDocument.Parse(readme).Sections.SelectMany(section => section.Blocks("yaml"));
}
