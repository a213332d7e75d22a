using System.Net;
using DnsGate.Core.Gate;
using DnsGate.Core.Model;
using DnsGate.Core.Tests.Rules;

namespace DnsGate.Core.Tests.Gate;

/// <summary>When the window is full. Numbers are those of docs/scenarios.md.</summary>
public sealed class SettleWindowTests
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
        var state = SettleWindow.Initial;
        var shown = "";
        for (var second = 0; second < played.Length; second++)
        {
            state = state.After(VerdictOf(played[second].ToString()), rule, TimeSpan.FromSeconds(second));
            shown += state.IsSettled ? 'S' : '-';
        }

        Assert.Equal((sentence, settled), (sentence, shown));
    }

    /// <summary>
    /// A column a server, a letter a round: a = agrees, v = agrees and is sampled, being a virtual address, 0 = right with TTL 0,
    /// s = silent and excused, - = not listed yet.
    /// </summary>
    [Theory]
    [InlineData("caches that expire one after the other do not hold the window up",
        3, 5, "0aaaaa0a a0aaaaaa aa0aaaaa aaa0aaaa aaaa0aaa aaaaa0aa", "-------S")]
    [InlineData("every round has some server with TTL 0, and the window fills all the same",
        3, 4, "0aaaaa a0aaaa aa0aaa aaa0aa aaaa0a aaaaa0", "-----S")]
    [InlineData("a server that is new in the list has to agree once, and the window goes on", 3, 5, "aaaaaa ----aa", "-----S")]
    [InlineData("a virtual address that comes late has to fill a window of its own", 3, 5, "aaaaaaaaaa ----vvvvvv", "---------S")]
    [InlineData("also where it takes the place of all others", 3, 5, "aaaa------ ----vvvvvv", "---------S")]
    [InlineData("a new server with TTL 0 has not agreed yet", 3, 5, "aaaaaaa -----0a", "------S")]
    [InlineData("a server whose silence was excused has to agree once when it is back", 3, 5, "aaaaaa ssssaa", "-----S")]
    [InlineData("silence that is excused to the end holds nothing up", 3, 5, "aaaaaa ssssss", "-----S")]
    [InlineData("a server that has left the list is not waited for", 3, 5, "aaaaaa 0000--", "-----S")]
    [InlineData("another server each round: nobody has agreed for long", 1, 2, "a----- -a---- --a--- ---a-- ----a- -----a", "------")]
    [InlineData("all servers are others at once, as when another source serves: a window of theirs",
        3, 3, "aaa---- aaa---- ---aaaa ---aaaa", "------S")]
    [InlineData("one server stays while the others are replaced: the window is its own", 3, 5, "aaaaaa aaa--- ---aaa", "-----S")]
    [InlineData("each server was silent for a moment: one of them has agreed for all of the window", 3, 5, "aaasaa asaaaa", "-----S")]
    public void The_window_of_several_servers(string sentence, int rounds, int settle, string played, string settled)
    {
        var rule = new SettleRule(rounds, TimeSpan.FromSeconds(settle));
        var columns = played.Split(' ');
        var state = SettleWindow.Initial;
        var shown = "";
        for (var second = 0; second < columns[0].Length; second++)
        {
            state = state.After(VerdictOf(string.Concat(columns.Select(column => column[second]))), rule, TimeSpan.FromSeconds(second));
            shown += state.IsSettled ? 'S' : '-';
        }

        Assert.Equal((sentence, settled), (sentence, shown));
    }

    private static RoundVerdict VerdictOf(string letters)
    {
        var reasons = letters.Select(letter => letter switch
        {
            'a' or 'v' => Reason.Agrees,
            'n' or '0' => Reason.TtlZero,
            's' or 'u' => Reason.TimedOut,
            '-' => (Reason?)null,
            _ => Reason.StaleAddress,
        }).ToList();
        var kind = reasons.Contains(Reason.StaleAddress) ? VerdictKind.Disagrees
            : reasons.TrueForAll(reason => reason == Reason.TimedOut) ? VerdictKind.Undecidable
            : reasons.Contains(Reason.TtlZero) ? VerdictKind.Neutral
            : VerdictKind.Agrees;
        var servers = reasons.Select((reason, index) => (Reason: reason, Address: new ServerAddress(IPAddress.Parse($"10.0.0.{index + 1}")),
            Samples: letters[index] == 'v' ? Server.SamplesOfVirtualAddress : 1))
            .Where(item => item.Reason is not null)
            .Select(item => new ServerVerdict(
                new Server(item.Address, "static", item.Samples), Fixtures.Cluster(0), new Judgement(item.Reason!.Value, ""), []));
        return new RoundVerdict(kind, Reason.Agrees, [.. servers], Coverage.Static);
    }
}
