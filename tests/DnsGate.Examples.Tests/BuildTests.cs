using System.Text.Json.Nodes;
using DnsGate.Examples.Tests.Manifests;
using DnsGate.TestKit;

namespace DnsGate.Examples.Tests;

/// <summary>Every directory of k8s-examples is one that kustomize builds, as it is and under another name of the image.</summary>
public sealed class BuildTests
{
    public static TheoryData<string> Directories => [.. Example.Directories];

    [Fact]
    public void Every_example_has_a_kustomization() => Assert.Equal(
        [
            "component/example", "component/init-container", "component/sidecar", "component/wrapper", "component/wrapper-example",
            "component/wrapper-image-volume", "external-route53", "hbase-kerberos", "hbase-kerberos/alert", "init-container",
            "injection/admission-policy", "injection/kyverno", "monitoring", "name-servers/headless-service", "name-servers/role",
            "network-policy", "openshift", "quickstart", "sidecar", "wrapper",
        ],
        Example.Directories);

    [Theory]
    [MemberData(nameof(Directories))]
    public async Task Kustomize_builds_it(string directory)
    {
        var example = await Example.OfAsync(directory);

        // A Component is a patch: without the objects of others there is nothing to patch.
        Assert.Equal(
            File.ReadAllText(Repository.File($"k8s-examples/{directory}/kustomization.yaml"))
                .Contains("kind: Component", StringComparison.Ordinal),
            example.Objects.Count == 0);
        Assert.Equal(example.Containers.Any(container => container.IsDnsGate), example.Pods.Count > 0);
    }

    [Theory]
    [MemberData(nameof(Directories))]
    public void Every_file_of_it_is_in_the_kustomization(string directory)
    {
        var path = Repository.File($"k8s-examples/{directory}");
        var kustomization = File.ReadAllText(Path.Combine(path, "kustomization.yaml"));

        // What promtool reads, and what people do.
        string[] others = ["kustomization.yaml", "README.md", "rules_test.yaml"];
        Assert.All(Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file)).Except(others), file =>
            Assert.Contains(file, kustomization, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Directories))]
    public async Task One_entry_of_the_kustomization_names_the_image_everywhere(string directory)
    {
        var example = await Example.OfAsync(directory);
        if (example.Pods.Count == 0)
        {
            return;
        }

        var file = Repository.File($"k8s-examples/{directory}/kustomization.yaml");
        var kustomization = Assert.Single(Yaml.Read(await File.ReadAllTextAsync(file)));
        Assert.Contains(kustomization.Items("images"), image => (image.Text("name"), image.Text("newName")) == ("dnsgate", "dnsgate"));

        // As `kustomize edit set image dnsgate=registry.example.com/dnsgate:1.2.3` writes it.
        var named = await Example.ChangedAsync(
            directory, "kustomization.yaml", "newName: dnsgate\n", "newName: registry.example.com/dnsgate\n    newTag: 1.2.3\n");
        Assert.Equal(
            example.Containers.Count(container => container.IsDnsGate),
            named.Containers.Count(container => container.Image == "registry.example.com/dnsgate:1.2.3"));
    }

    [Theory]
    [InlineData("services.yaml", "sidecar", "init-container", "wrapper")]
    [InlineData("poddisruptionbudget.yaml", "sidecar", "init-container", "wrapper", "external-route53")]
    [InlineData("application.yaml", "component/example", "component/wrapper-example")]
    public void What_the_forms_have_in_common_is_the_same(string file, string first, params string[] others)
    {
        var text = File.ReadAllText(Repository.File($"k8s-examples/{first}/{file}"));
        Assert.All(others, other => Assert.Equal(text, File.ReadAllText(Repository.File($"k8s-examples/{other}/{file}"))));
    }

    /// <summary>All of ZooKeeper's container but what belongs to the form: where one learns, the others do.</summary>
    [Fact]
    public async Task ZooKeeper_is_configured_the_same_in_every_form()
    {
        var expected = await ZooKeeperOfAsync("sidecar");

        Assert.Contains("ZOO_SERVERS", expected, StringComparison.Ordinal);
        foreach (var directory in new[] { "init-container", "wrapper", "external-route53" })
        {
            Assert.Equal(expected, await ZooKeeperOfAsync(directory));
        }
    }

    private static async Task<string> ZooKeeperOfAsync(string directory)
    {
        var example = await Example.OfAsync(directory);
        JsonObject container = Assert.Single(example.Containers, container => container.Name == "zookeeper").Node.DeepClone().AsObject();
        foreach (var form in new[] { "command", "args", "startupProbe" })
        {
            container.Remove(form);
        }

        Without("env", item => item.Text("name") is "POD_IPS" or "DNSGATE_DISABLED");
        Without("volumeMounts", mount => mount.Text("name") == "dnsgate");
        return container.ToJsonString();

        void Without(string list, Func<JsonNode, bool> ofForm) =>
            container[list] = new JsonArray([.. container.Items(list).Where(item => !ofForm(item)).Select(item => item.DeepClone())]);
    }
}
