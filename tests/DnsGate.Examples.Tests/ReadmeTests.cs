using System.Text.Json.Nodes;
using DnsGate.Examples.Tests.Manifests;
using DnsGate.TestKit;

namespace DnsGate.Examples.Tests;

/// <summary>What people copy from the READMEs is part of the examples.</summary>
public sealed class ReadmeTests
{
    private static readonly string OfExamples = File.ReadAllText(Repository.File("k8s-examples/README.md"));

    [Theory]
    [InlineData("args: [serve]", "sidecar")]
    [InlineData("args: [serve]", "quickstart")]
    [InlineData("args: [wait]", "init-container")]
    [InlineData("args: [install, /dnsgate-bin]", "wrapper")]
    public async Task A_form_of_the_main_README_is_in_its_example(string mark, string directory)
    {
        var text = Assert.Single(Blocks(Repository.Readme), block => block.Contains(mark, StringComparison.Ordinal));
        var block = Assert.Single(Yaml.Read(text));

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

    private static IEnumerable<string> Blocks(string readme) =>
        MarkdownDocument.Parse(readme).Sections.SelectMany(section => section.Blocks("yaml"));
}
