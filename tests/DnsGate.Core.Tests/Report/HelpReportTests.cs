using DnsGate.Core.Options;
using DnsGate.Core.Report;

namespace DnsGate.Core.Tests.Report;

public sealed class HelpReportTests
{
    public static TheoryData<string> Verbs => [.. VerbTable.All.Select(verb => verb.Name)];

    [Fact]
    public void The_help_of_the_program_lists_every_verb_once_with_its_summary()
    {
        var text = HelpReport.Render(200);

        Assert.All(
            VerbTable.All, verb => Assert.Contains($"\n  {verb.Name.PadRight(9)}  {verb.Summary}\n", text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void The_help_of_a_verb_has_its_options_then_the_ignored_ones_exit_codes_and_an_example(string name)
    {
        var verb = VerbTable.All.Single(verb => verb.Name == name);

        var text = HelpReport.Render(verb, 80);

        Assert.All(verb.Options, option => Assert.True(PlaceOf(option) < PlaceOf("Exit codes:"), option.Flag));
        Assert.All(verb.Ignored, option => Assert.True(PlaceOf("Accepted and ignored") < PlaceOf(option), option.Flag));
        Assert.All(verb.ExitCodes, row => Assert.Contains($"\n  {row.Code} ", text, StringComparison.Ordinal));
        Assert.True(PlaceOf("Exit codes:") < PlaceOf("\nExample"));
        Assert.All(verb.Examples, example => Assert.Contains(" " + name, example, StringComparison.Ordinal));
        Assert.NotEmpty(verb.Examples);
        Assert.Equal(verb.CanBeDisabled, text.Contains("DNSGATE_DISABLED", StringComparison.Ordinal));

        int PlaceOf(object what)
        {
            var place = text.IndexOf(
                what is OptionDefinition option ? $"{option.Flag} {option.Value}" : (string)what, StringComparison.Ordinal);
            Assert.True(place >= 0, $"{what} is missing");
            return place;
        }
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void A_verb_uses_and_ignores_an_option_never_both(string name)
    {
        var verb = VerbTable.All.Single(verb => verb.Name == name);

        Assert.Empty(verb.Options.Intersect(verb.Ignored));
        Assert.Equal(verb.Accepted.Count(), verb.Accepted.Select(option => option.Flag).Distinct().Count());
    }

    [Theory]
    [InlineData("check")]
    [InlineData("wait")]
    [InlineData("run")]
    [InlineData("serve")]
    [InlineData("explain")]
    public void Verbs_that_ask_accept_every_option(string name) =>
        Assert.Equal(OptionTable.All.ToHashSet(), VerbTable.All.Single(verb => verb.Name == name).Accepted.ToHashSet());

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    public void Lines_fit_the_terminal_unless_a_word_or_a_heading_is_longer(int width)
    {
        var lines = VerbTable.All.SelectMany(verb => HelpReport.Render(verb, width).Split('\n')).Concat(
            HelpReport.Render(width).Split('\n'));

        Assert.All(lines, line => Assert.True(
            line.Length <= Math.Max(width, 34 + 20) || line.TrimStart().Split(' ').Length <= 3 || line.EndsWith(':')
                || line.Contains("dnsgate ", StringComparison.Ordinal),
            line));
    }
}
