using DnsGate.Prove;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests.Proof;

/// <summary>The table of docs/proof.md says what the rows of docs/proof.csv say.</summary>
public sealed class PublishedProofTests
{
    [Theory]
    [MemberData(nameof(Variants))]
    public void The_counts_are_those_of_the_rows(string key)
    {
        var variant = Variant.All.Single(one => one.Key == key);
        string[][] rows = [.. File.ReadLines(Repository.File("docs/proof.csv"))
            .Skip(1)
            .Select(line => line.Split(','))
            .Where(row => row[0] == key)];
        var columns = Row.Header.Split(',');
        string Field(string[] row, string name) => row[Array.IndexOf(columns, name)];
        string[][] joined = [.. rows.Where(row => Field(row, "joined_at").Length > 0)];
        var first = joined.Count(row => Field(row, "restarts") == "0");

        Assert.NotEmpty(rows);
        Assert.Contains($"| {variant.Title} | {joined.Length} of {rows.Length} | {first} of {rows.Length} | ",
            File.ReadAllText(Repository.File("docs/proof.md")), StringComparison.Ordinal);
    }

    public static TheoryData<string> Variants() => [.. Variant.All.Select(variant => variant.Key)];
}
