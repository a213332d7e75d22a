using System.Text.RegularExpressions;
using DnsGate.TestKit;

namespace DnsGate.Core.Tests.Readme;

/// <summary>README, documents, examples, messages, help and comments of the product avoid words that make readers stop.</summary>
public sealed partial class PlainEnglishTests
{
    private static readonly string[] Roots = ["docs", "docker", "k8s-examples", "src", ".github"];
    private static readonly string[] Kinds = [".md", ".yaml", ".yml", ".cs", ".json"];

    // What asks the name servers of a zone; and the handbook.
    private static readonly string[] NameServersOfZones = ["AuthorityWalk.cs", "HoldTime.cs", "RecordType.cs"];

    public static TheoryData<string> Files =>
    [
        .. Directory.EnumerateFiles(Repository.File("."), "*.md")
            .Concat(Roots.SelectMany(root => Directory.EnumerateFiles(Repository.File(root), "*", SearchOption.AllDirectories)))
            .Select(path => Path.GetRelativePath(Repository.File("."), path))
            .Where(path => Kinds.Contains(Path.GetExtension(path))
                && !path.Split('/').Any(folder => folder is "bin" or "obj")
                // It tells what earlier versions said.
                && path != "CHANGELOG.md"),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void No_line_has_a_word_that_makes_readers_stop(string file) =>
        Assert.Empty(File.ReadLines(Repository.File(file))
            .Select((line, index) => (Line: index + 1, Word: Forbidden().Match(line).Value))
            .Where(found => found.Word.Length > 0)
            .Select(found => $"{file}:{found.Line}: use another word for '{found.Word}'"));

    /// <summary>
    /// People read "DNS server". The name servers of a zone are a term of their own (RFC 9499), and the example of Route 53 is about one.
    /// </summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void What_answers_DNS_is_called_a_DNS_server(string file) =>
        Assert.Empty(File.ReadLines(Repository.File(file))
            .Select((line, index) => (Line: index + 1, Text: line))
            .Where(line => NameServer().IsMatch(line.Text)
                && !line.Text.Contains("zone", StringComparison.OrdinalIgnoreCase)
                && !NameServersOfZones.Any(file.Contains))
            .Select(line => $"{file}:{line.Line}: {line.Text.Trim()}"));

    [Theory]
    [InlineData("every name server", true)]
    [InlineData("Name servers: cluster view", true)]
    [InlineData("dnsgate-name-servers.kube-system", false)]
    [InlineData("`nameserver 10.0.0.1`", false)]
    public void The_old_spelling_is_found_and_the_name_of_the_Service_is_not(string line, bool isFound) =>
        Assert.Equal(isFound, NameServer().IsMatch(line));

    [Theory]
    [InlineData("it starts anew", true)]
    [InlineData("Whoever asks", true)]
    [InlineData("nobody listens", true)]
    [InlineData("it waits for ever", true)]
    [InlineData("a round that comes to nothing", true)]
    [InlineData("the sidecar beside it", true)]
    [InlineData("there is none", false)]
    [InlineData("a recommended amendment", false)]
    [InlineData("the server turns right", true)]
    public void The_list_finds_words_and_not_parts_of_words(string line, bool isFound) =>
        Assert.Equal(isFound, Forbidden().IsMatch(line));

    [GeneratedRegex(@"\bname servers?\b", RegexOptions.IgnoreCase)]
    private static partial Regex NameServer();

    [GeneratedRegex(
        @"\b(anew|whoever|whom|nobody|somebody|for ever|mend(s|ed|ing)?|c[ao]mes? to|(?<!there )is none|tells? of|beside|it says so"
        + @"|what for|for want of|to and fro|turn(s|ed)? right|knows? better|gives? up|all the same)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Forbidden();
}
