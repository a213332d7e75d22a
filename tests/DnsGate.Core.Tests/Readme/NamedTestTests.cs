using System.Text.RegularExpressions;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Readme;

/// <summary>
/// The tests that docs/scenarios.md and docs/decisions name exist. A name may end with an ellipsis; <c>Test("2: …")</c> also needs a
/// row of the test's file that begins with <c>2: </c>.
/// </summary>
public sealed partial class NamedTestTests
{
    private const string Scenarios = "docs/scenarios.md";

    private static readonly List<TestFile> Files =
        [.. Directory.EnumerateFiles(Repository.File("tests"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .Select(TestFile.Read)];

    // The number of each scenario and the text of its row.
    private static readonly Dictionary<string, string> Rows = File.ReadLines(Repository.File(Scenarios))
        .Select(line => Row().Match(line))
        .Where(match => match.Success)
        .ToDictionary(match => match.Groups[1].Value, match => match.Value);

    public static TheoryData<string> Documents =>
    [
        Scenarios,
        .. Directory.EnumerateFiles(Repository.File("docs/decisions"), "*.md")
            .Select(path => $"docs/decisions/{Path.GetFileName(path)}"),
    ];

    public static TheoryData<string> Numbers => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Each_test_that_a_document_names_exists(string document) =>
        Assert.Equal(
            [],
            NamedTest.AllOf(File.ReadAllText(Repository.File(document)))
                .Where(named => !Files.Any(named.IsIn))
                .Select(named => named.ToString()));

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Each_scenario_names_a_test(string number) => Assert.NotEmpty(NamedTest.AllOf(Rows[number]));

    [Fact]
    public void Each_number_in_a_test_that_refers_to_the_scenarios_is_one_of_them()
    {
        var numbers = Files
            .Where(file => file.Text.Contains(Scenarios, StringComparison.Ordinal))
            .SelectMany(file => Label().Matches(file.Text))
            .Select(match => match.Groups[1].Value)
            .ToHashSet();
        Assert.NotEmpty(numbers);
        Assert.Equal([], numbers.Except(Rows.Keys));
    }

    [Theory]
    [InlineData("`No_such_test`", false)]
    [InlineData("`Each_scenario_names_a_test`", true)]
    [InlineData("`Each_scenario_names_a`", false)]
    [InlineData("`Each_scenario_…`", true)]
    [InlineData("`Three_servers_all_required(\"1: …\")`", true)]
    [InlineData("`Three_servers_all_required(\"17: …\")`", false)]
    public void A_test_is_found_by_its_name_and_its_row(string text, bool exists) =>
        Assert.Equal(exists, Files.Any(Assert.Single(NamedTest.AllOf(text)).IsIn));

    [Fact]
    public void Names_of_files_variables_and_metrics_are_not_taken_for_tests() =>
        Assert.Empty(NamedTest.AllOf("`dnsgate_open` `DNSGATE_NAME` `IPV6_V6ONLY` `GateMachine` `src/DnsGate.Core/Dns`"));

    [GeneratedRegex(@"^\| (\d+[a-z]?) \|.*$")]
    private static partial Regex Row();

    [GeneratedRegex("\"(\\d+[a-z]?): ")]
    private static partial Regex Label();

    /// <summary>A file of tests.</summary>
    private sealed partial record TestFile(string Text, List<string> Methods)
    {
        public static TestFile Read(string path)
        {
            var text = File.ReadAllText(path);
            return new TestFile(text, [.. Method().Matches(text).Select(match => match.Groups[1].Value)]);
        }

        [GeneratedRegex(@"^    (?:public|internal) (?:async )?(?:void|Task) (\w+)\(", RegexOptions.Multiline)]
        private static partial Regex Method();
    }

    /// <summary>A test that a document names.</summary>
    /// <param name="Name">The name of the method, or how it begins.</param>
    /// <param name="IsWhole">Whether that is the whole name.</param>
    /// <param name="RowPrefix">How the text of its row begins; empty where no row is named.</param>
    private sealed partial record NamedTest(string Name, bool IsWhole, string RowPrefix)
    {
        public static List<NamedTest> AllOf(string text) =>
            [.. Reference()
                .Matches(text)
                .Select(match => new NamedTest(match.Groups[1].Value, match.Groups[2].Length == 0, match.Groups[3].Value))];

        public bool IsIn(TestFile file) =>
            file.Methods.Any(method => IsWhole ? method == Name : method.StartsWith(Name, StringComparison.Ordinal))
            && (RowPrefix.Length == 0 || file.Text.Contains($"\"{RowPrefix}", StringComparison.Ordinal));

        public override string ToString() => Name + (IsWhole ? "" : "…") + (RowPrefix.Length == 0 ? "" : $"(\"{RowPrefix}…\")");

        // A capital, an underscore and a small letter: neither a variable nor a metric.
        [GeneratedRegex(@"`(?=\w*[a-z])([A-Z]\w*_\w*)(…?)(?:\(""([^""…]*)…""\))?`")]
        private static partial Regex Reference();
    }
}
