using DnsGate.Core.Judge;
using DnsGate.Core.Settle;

namespace DnsGate.Core.Tests.Settle;

public sealed class GateStateTests
{
    /// <summary>A round a second: a = agrees, n = neutral, d = disagrees, u = undecidable. After which rounds it is settled: S.</summary>
    [Theory]
    [InlineData("open after 3 rounds that span 5 s", 3, 5, "aaaaaa", "-----S")]
    [InlineData("3 rounds are not enough before 5 s", 3, 5, "aaa", "---")]
    [InlineData("5 s are not enough before 10 rounds", 10, 5, "aaaaaaaaaa", "---------S")]
    [InlineData("without a span the rounds decide", 3, 0, "aaa", "--S")]
    [InlineData("one round is the rule of check", 1, 0, "a", "S")]
    [InlineData("14: right, wrong for one round, right: a full window again", 3, 5, "aaaadaaaaaa", "----------S")]
    [InlineData("nothing known for one round: a full window again", 3, 5, "aaaauaaaaaa", "----------S")]
    [InlineData("wrong just before it would have opened", 3, 5, "aaaaadaaaaaa", "-----------S")]
    [InlineData("a neutral round does not start over", 3, 5, "aaanaa", "-----S")]
    [InlineData("a neutral round does not count", 6, 5, "aaanaaa", "------S")]
    [InlineData("a neutral round in the place of the last one leaves it closed", 3, 5, "aaaanna", "------S")]
    [InlineData("neutral rounds alone never open", 1, 0, "nnnnnnnn", "--------")]
    [InlineData("the span is counted from the first agreeing round, not from a neutral one", 3, 5, "nnaaaaaa", "-------S")]
    [InlineData("disagreement never opens", 1, 0, "dudud", "-----")]
    public void The_window(string sentence, int rounds, int settle, string played, string settled)
    {
        var rule = new SettleRule(rounds, TimeSpan.FromSeconds(settle));
        var state = GateState.Initial;
        var shown = "";
        for (var second = 0; second < played.Length; second++)
        {
            state = state.After(KindOf(played[second]), rule, TimeSpan.FromSeconds(second));
            shown += state.IsSettled ? 'S' : '-';
        }

        Assert.Equal((sentence, settled), (sentence, shown));
    }

    private static VerdictKind KindOf(char letter) => letter switch
    {
        'a' => VerdictKind.Agrees,
        'n' => VerdictKind.Neutral,
        'd' => VerdictKind.Disagrees,
        _ => VerdictKind.Undecidable,
    };
}
