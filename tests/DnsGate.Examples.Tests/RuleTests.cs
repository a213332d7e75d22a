using DnsGate.Examples.Tests.Manifests;
using DnsGate.Examples.Tests.Rules;

namespace DnsGate.Examples.Tests;

/// <summary>Every example holds every rule, and every rule can be broken.</summary>
public sealed class RuleTests
{
    public static TheoryData<string, string> Cases =>
        [.. Example.Directories.SelectMany(
            _ => Rule.All, (directory, rule) => new TheoryDataRow<string, string>(directory, rule.Sentence))];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Example_holds(string directory, string sentence) =>
        Assert.Empty(Named(sentence).Problems(await Example.OfAsync(directory)));

    [Theory]
    [MemberData(nameof(CounterExamples.All), MemberType = typeof(CounterExamples))]
    public async Task Counter_example_is_found(string sentence, string directory, string from, string to) =>
        Assert.NotEmpty(Named(sentence).Problems((await Example.OfAsync(directory)).With(from, to)));

    [Fact]
    public void Each_rule_has_a_counter_example() =>
        Assert.Equal(Rule.All.Select(rule => rule.Sentence).Order(), CounterExamples.All.Select(row => row.Data.Item1).Distinct().Order());

    private static Rule Named(string sentence) => Assert.Single(Rule.All, rule => rule.Sentence == sentence);
}
