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
            "clickhouse-keeper", "component/example", "component/init-container", "component/sidecar", "component/wrapper",
            "component/wrapper-example", "component/wrapper-image-volume", "external-route53", "hbase-kerberos", "hbase-kerberos/alert",
            "indexed-job", "init-container", "injection/admission-policy", "injection/kyverno", "kafka-controllers", "monitoring",
            "name-servers/binding", "name-servers/headless-service", "name-servers/role", "network-policy", "openshift", "pinned-digest",
            "quickstart", "restart-all-containers", "sidecar", "wrapper", "zookeeper-peers",
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
        var entry = kustomization.Items("images").Single(image => image.Text("name") == "dnsgate");
        var (key, value) = entry.Text("newTag") is { } tag ? ("newTag", tag) : ("digest", entry.Text("digest"));
        var named = await Example.ChangedAsync(directory, "kustomization.yaml",
            $"newName: dnsgate\n    {key}: {value}\n", "newName: registry.example.com/dnsgate\n    newTag: 1.2.3\n");
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

    /// <summary>The script of the container, run by bash: with the host name of a pod, without the program that it starts.</summary>
    [Theory]
    [InlineData("sidecar", "zookeeper", "zk-1", "1")]
    [InlineData("wrapper", "zookeeper", "zk-3", "3")]
    [InlineData("zookeeper-peers", "zookeeper", "zk-12", "12")]
    [InlineData("kafka-controllers", "controller", "kafka-controller-0", "0")]
    [InlineData("kafka-controllers", "controller", "kafka-controller-2", "2")]
    [InlineData("clickhouse-keeper", "keeper", "keeper-0", "1")]
    [InlineData("clickhouse-keeper", "keeper", "keeper-2", "3")]
    public async Task The_id_of_a_member_is_made_from_its_host_name(string directory, string name, string hostName, string id)
    {
        var example = await Example.OfAsync(directory);
        var container = Assert.Single(example.Containers, container => container.Name == name).Node;
        using TemporaryDirectory temporary = new();
        (string Program, string Printed)[] programs =
        [
            ("zkServer.sh start-foreground /run/zookeeper/zoo.cfg", $"cat {temporary.File("myid")}"),
            ("/etc/kafka/docker/run", "printenv KAFKA_NODE_ID"),
            ("/entrypoint.sh", "printenv KEEPER_SERVER_ID"),
        ];
        var script = programs.Aggregate(
            container.Texts("command")
                .Concat(container.Texts("args"))
                .Last()
                .Replace("/data/myid", temporary.File("myid"), StringComparison.Ordinal),
            (text, pair) => text.Replace($"exec {pair.Program}", $"exec {pair.Printed}", StringComparison.Ordinal));

        var ended = await Child.RunAsync("bash", ["-c", script], new Dictionary<string, string>
        {
            ["HOSTNAME"] = hostName,
            ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
        });

        Assert.Equal((0, $"{id}\n"), (ended.ExitCode, ended.Stdout));
    }

    private static async Task<string> ZooKeeperOfAsync(string directory)
    {
        var example = await Example.OfAsync(directory);
        JsonObject container = Assert.Single(example.Containers, container => container.Name == "zookeeper").Node.DeepClone().AsObject();
        foreach (var form in new[] { "command", "startupProbe" })
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
