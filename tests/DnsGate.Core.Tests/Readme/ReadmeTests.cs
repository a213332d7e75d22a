using System.Globalization;
using System.Reflection;
using System.Text.Json;
using DnsGate.Core.Model;
using DnsGate.Core.Options;
using DnsGate.Core.Report;
using DnsGate.Core.Rules;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Readme;

/// <summary>
/// Holds the tables of README and docs/reference.md to the program. On failure the message is the table that belongs there.
/// </summary>
public sealed class ReadmeTests
{
    private static readonly string Reference = Repository.Reference;

    [Fact]
    public void The_table_of_options_is_that_of_the_program() => HoldsOptions(OptionTable.All);

    [Fact]
    public void The_table_of_options_of_bound_is_that_of_the_program() => HoldsOptions(OptionTable.OfBound);

    [Fact]
    public void The_table_of_reasons_is_that_of_the_program() => Holds(Enum.GetValues<Reason>().Select(reason =>
        $"| `{reason.Name()}` | {reason.Meaning()} | {reason.Remedy() ?? "–"} |"));

    [Fact]
    public void The_table_of_diagnoses_has_every_diagnosis_and_no_other() => Assert.Equal(
        Diagnosis.All,
        Reference.Split('\n')
            .SkipWhile(line => !line.StartsWith("| diagnosis", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1].Trim().Trim('`')));

    [Fact]
    public void The_table_of_events_has_every_event_with_its_id_and_level() =>
        Assert.All(Event.All, item => Holds([$"| `{item.Name}` | {item.Id} | {item.Level.ToString().ToLowerInvariant()} | "]));

    [Fact]
    public void The_table_of_exit_codes_has_every_code_and_no_other() => Assert.Equal(ExitCodes, DocumentedCodes("| exit code | when |"));

    /// <summary>wait and run never end with a verdict: they go on, until the gate opens, the time is up, or a signal ends them.</summary>
    [Fact]
    public void The_table_of_restart_rules_has_every_exit_code_of_wait_and_run() =>
        Assert.Equal(ExitCodes.Except([ExitCode.Closed, ExitCode.Undecidable]), DocumentedCodes("| exit code | retry it? |"));

    private static IEnumerable<int> ExitCodes => typeof(ExitCode)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(constant => (int)constant.GetRawConstantValue()!)
        .Order();

    private static IEnumerable<int> DocumentedCodes(string header) => Reference.Split('\n')
        .SkipWhile(line => !line.StartsWith(header, StringComparison.Ordinal))
        .Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .SelectMany(line => line.Split('|')[1].Split(','))
        .Select(code => int.Parse(code.Trim().Trim('`')))
        .Order();

    [Fact]
    public void The_worth_of_samples_is_that_of_the_defaults()
    {
        var spec = new OptionReader(new Dictionary<OptionDefinition, IReadOnlyList<string>>(), _ => null).Read(TimeSpan.Zero);
        var draws = Sampling.DrawsOfWindow(spec.Rule, spec.Interval);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"The {draws} draws of a window"), Reference, StringComparison.Ordinal);
        Holds(["| all of them met in a window | "
            + $"{string.Join(" | ", new[] { 2, 5, 10, 20 }.Select(servers => ExplainReport.Percent(Sampling.Confidence(draws, servers))))} "
            + "|"]);
    }

    [Fact]
    public void The_README_has_at_most_1300_words() =>
        Assert.InRange(Repository.Readme.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length, 1, 1300);

    /// <summary>Both columns are in docs/proof.md, which `make prove` writes; the README adds the three forms of DnsGate up.</summary>
    [Fact]
    public void The_table_of_the_trials_is_that_of_the_proof()
    {
        var proof = Rows(File.ReadAllText(Repository.File("docs/proof.md")), "| before ZooKeeper starts | joined within");
        var forms = proof.Where(row => row[0].Contains("dnsgate", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, forms.Count);
        string[] sum = ["**DnsGate** (three forms)", Sum(2), Sum(4)];
        string[][] expected =
        [
            .. new[] { "nothing", "`sleep 15`", "a `getent` loop", "full names" }
                .Select(name => Assert.Single(proof, row => row[0].StartsWith(name, StringComparison.Ordinal)))
                .Select(row => new[] { row[0], row[2], row[4] }),
            sum,
        ];

        var readme = Rows(Repository.Readme, "| before ZooKeeper starts | came up");
        Assert.Equal(expected.Select(row => row[1..]), readme.Select(row => row[1..]));
        Assert.All(
            expected.Zip(readme), pair => Assert.StartsWith(pair.Second[0].Split(" on ")[0], pair.First[0], StringComparison.Ordinal));

        string Sum(int column)
        {
            var numbers = forms.Select(row => row[column].Split(" of ").Select(int.Parse).ToArray()).ToList();
            return $"{numbers.Sum(pair => pair[0])} of {numbers.Sum(pair => pair[1])}";
        }
    }

    /// <summary>An older one of .NET 10 refuses to build; distributions have such.</summary>
    [Theory]
    [InlineData("README.md")]
    [InlineData("tests/run/setup")]
    public void The_SDK_that_is_asked_for_is_that_of_global_json(string file)
    {
        var version = JsonDocument.Parse(File.ReadAllText(Repository.File("global.json"))).RootElement
            .GetProperty("sdk")
            .GetProperty("version")
            .GetString();
        Assert.Contains($".NET 10 SDK, {version} or later", File.ReadAllText(Repository.File(file)), StringComparison.Ordinal);
    }

    /// <summary>What people paste from here is what the examples have, but for the comment on top.</summary>
    [Theory]
    [InlineData("role/rbac.yaml")]
    [InlineData("headless-service/headless-service.yaml")]
    public void The_YAML_is_that_of_the_examples(string file)
    {
        var example = File.ReadAllText(Repository.File($"k8s-examples/name-servers/{file}"));
        Holds([example[example.IndexOf("apiVersion:", StringComparison.Ordinal)..].TrimEnd()]);
    }

    /// <summary>A sidecar that resumes compares these options.</summary>
    [Fact]
    public void The_options_of_the_digest_are_those_that_decide()
    {
        var text = Reference[Reference.IndexOf("- `options` is a digest", StringComparison.Ordinal)..];
        text = text[..text.IndexOf("After a", StringComparison.Ordinal)];
        Assert.Equal(
            OptionTable.All.Where(option => option.Decides).Select(option => option.Flag).Order(),
            text.Split('`').Where(part => part.StartsWith("--", StringComparison.Ordinal)).Order());
    }

    /// <summary>The cells of a table's rows, by the beginning of its heading.</summary>
    private static List<string[]> Rows(string document, string heading) =>
    [
        .. document.Split('\n')
            .SkipWhile(line => !line.StartsWith(heading, StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray()),
    ];

    private static void HoldsOptions(IEnumerable<OptionDefinition> settings) => Holds(settings.Select(setting =>
        $"| `{(setting.ShortFlag is null ? "" : setting.ShortFlag + "`, `")}{setting.Flag} "
        + $"{setting.Value}`{(setting.IsList ? " (repeat)" : "")} | `{setting.Environment}` | {setting.Default} | {setting.Meaning} |"));

    private static void Holds(IEnumerable<string> rows)
    {
        var table = string.Join('\n', rows);

        Assert.True(Reference.Contains(table, StringComparison.Ordinal), $"docs/reference.md should have exactly these rows:\n{table}");
    }
}
