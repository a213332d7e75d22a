namespace DnsGate.EndToEnd.Tests.Proof;

/// <summary>When a member counts as joined: a mode and its election port, both for 6 s.</summary>
public sealed class RejoinTests
{
    [Fact]
    public void Joined_from_the_first_look_at_which_both_are_there_and_stay() =>
        Assert.Equal(3, Joined(Both(3, 12)).GetValueOrDefault(), 3);

    [Theory]
    [InlineData("leader", true, true)]
    [InlineData("follower", true, true)]
    [InlineData("follower", false, false)]
    [InlineData("standalone", true, false)]
    [InlineData("observer", true, false)]
    [InlineData(null, true, false)]
    public void A_mode_alone_or_a_port_alone_is_no_proof(string? mode, bool listens, bool joined) =>
        Assert.Equal(joined, Joined(Rows.Looks(0, 20).Select(at => Rows.Look(at, true, mode, listens))) is not null);

    [Fact]
    public void Less_than_6_s_is_not_joined() => Assert.Null(Joined([.. Both(0, 5.9), .. Neither(5.9, 20)]));

    [Fact]
    public void What_was_lost_in_between_counts_from_its_return() =>
        Assert.Equal(6, Joined([.. Both(0, 5), .. Neither(5, 6), .. Both(6, 20)]).GetValueOrDefault(), 3);

    [Fact]
    public void What_was_not_looked_at_for_long_is_not_held() =>
        Assert.Equal(9, Joined([.. Both(0, 3), .. Both(9, 20)]).GetValueOrDefault(), 3);

    [Fact]
    public void A_look_or_two_may_be_missed() => Assert.Equal(0, Joined([.. Both(0, 3), .. Both(4.5, 20)]).GetValueOrDefault(), 3);

    [Fact]
    public void Nothing_seen_is_nothing() => Assert.Equal((null, null, null, 0), Times(new Rejoin([], null)));

    private static (TimeSpan?, TimeSpan?, TimeSpan?, int) Times(Rejoin rejoin) =>
        (rejoin.StartedAt, rejoin.ModeAt, rejoin.JoinedAt, rejoin.Restarts);

    private static double? Joined(IEnumerable<Sample> samples) => new Rejoin([.. samples], null).JoinedAt?.TotalSeconds;

    private static IEnumerable<Sample> Both(double from, double to) =>
        Rows.Looks(from, to).Select(at => Rows.Look(at, true, "follower", true));

    private static IEnumerable<Sample> Neither(double from, double to) =>
        Rows.Looks(from, to).Select(at => Rows.Look(at, true, null, false));
}
