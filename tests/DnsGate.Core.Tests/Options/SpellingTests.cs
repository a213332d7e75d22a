using DnsGate.Core.Options;
using DnsGate.Core.Text;

namespace DnsGate.Core.Tests.Options;

public sealed class SpellingTests
{
    [Theory]
    [InlineData("chekc", "check")] // two letters swapped
    [InlineData("chck", "check")] // one missing
    [InlineData("waitt", "wait")] // one too many
    [InlineData("srve", "serve")]
    [InlineData("bund", "bound")]
    [InlineData("start", null)]
    [InlineData("c", null)]
    [InlineData("", null)]
    [InlineData("10.0.0.10", null)]
    public void A_mistyped_verb_is_found(string typed, string? meant) =>
        Assert.Equal(meant, Spelling.Closest(typed, VerbTable.All.Select(verb => verb.Name)));

    [Theory]
    [InlineData("--severs", "--servers")]
    [InlineData("--tiemout", "--timeout")]
    [InlineData("--setle", "--settle")]
    [InlineData("--iq", "--ip")]
    [InlineData("--nonsense", null)]
    public void A_mistyped_option_is_found(string typed, string? meant) =>
        Assert.Equal(meant, Spelling.Closest(typed, OptionTable.All.Select(option => option.Flag)));
}
