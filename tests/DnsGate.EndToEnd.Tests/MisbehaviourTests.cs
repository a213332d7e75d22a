using DnsGate.EndToEnd.Tests.Fixtures;
using DnsGate.TestKit;

namespace DnsGate.EndToEnd.Tests;

/// <summary>Name servers that do not do as they should: the reason is the right one, and a wrong address never opens.</summary>
public sealed class MisbehaviourTests
{
    private const string Silence = "3 undecidable timed-out";
    private const string Broken = "1 closed malformed";
    private const string Open = "0 open agrees";
    private const string Old = "1 closed stale-address";

    private delegate Func<ReceivedQuery, Response?> Spoiler(Func<ReceivedQuery, Response?> right);

    /// <summary>What spoils a server, what a right server comes to, and what one with the old address comes to.</summary>
    private static readonly Dictionary<string, (Spoiler Spoil, string Right, string Stale)> Rows = new()
    {
        ["another id"] = (Misbehaving.WrongId, Silence, Silence),
        ["another name in the question"] = (Misbehaving.WrongQuestionName, Silence, Silence),
        ["another type in the question"] = (Misbehaving.WrongQuestionType, Silence, Silence),
        ["no reply bit"] = (Misbehaving.NoReplyBit, Silence, Silence),
        ["another opcode"] = (right => Misbehaving.Tampered(Tamper.Opcode, right), Silence, Silence),
        ["only a header"] = (Misbehaving.HeaderOnly, Silence, Silence),
        ["empty datagrams"] = (_ => Misbehaving.Empty(), Silence, Silence),
        ["garbage"] = (_ => Misbehaving.Garbage(), Silence, Silence),
        ["another source port"] = (Misbehaving.FromAnotherSocket, Silence, Silence),
        ["too late"] = (right => Misbehaving.Late(TimeSpan.FromSeconds(10), right), Silence, Silence),
        ["silence"] = (_ => Misbehaving.Silent(), Silence, Silence),
        ["late, but in time"] = (right => Misbehaving.Late(TimeSpan.FromMilliseconds(100), right), Open, Old),
        ["a cut record"] = (Misbehaving.CutRecord, Broken, Broken),
        ["one record too few"] = (right => Misbehaving.WrongCount(right), Broken, Broken),
        ["65,000 records too few"] = (right => Misbehaving.WrongCount(right, 65_000), Broken, Broken),
        ["a pointer to itself"] = (_ => Misbehaving.PointerLoop(), Broken, Broken),
        ["a pointer forwards"] = (_ => Misbehaving.ForwardPointer(), Broken, Broken),
        ["a circle of aliases"] = (_ => Misbehaving.CnameLoop(), Broken, Broken),
        ["an alias of itself"] = (_ => Misbehaving.CnameLoop(1), Broken, Broken),
        ["a long circle of aliases"] = (_ => Misbehaving.CnameLoop(12), Broken, Broken),
        ["duplicates"] = (right => Misbehaving.Duplicated(right, 3), Open, Old),
        ["the first datagram lost"] = (right => Misbehaving.DropFirst(1, right), Open, Old),
        ["every first datagram lost"] = (Misbehaving.DropEveryOther, Open, Old),
        ["FORMERR to EDNS"] = (right => Misbehaving.FormErrIfEdns(right), Open, Old),
        ["FORMERR to EDNS, bare header"] = (right => Misbehaving.FormErrIfEdns(right, repeatsQuestion: false), Open, Old),
        ["TC, then TCP"] = (right => Misbehaving.TruncatedOverUdp(right), Open, Old),
        ["TC, then TCP octet by octet"] =
            (right => Misbehaving.TruncatedOverUdp(right, TcpManner.Drips, TimeSpan.FromMilliseconds(1)), Open, Old),
        ["TC, then TCP too slow"] = (right => Misbehaving.TruncatedOverUdp(right, TcpManner.Drips, TimeSpan.FromSeconds(1)),
            Broken, Broken),
        ["TC, then TCP closed"] = (right => Misbehaving.TruncatedOverUdp(right, TcpManner.Closes), Broken, Broken),
        ["TC, then TCP reset"] = (right => Misbehaving.TruncatedOverUdp(right, TcpManner.Resets), Broken, Broken),
        ["TC, then garbage over TCP"] = (right => Misbehaving.TruncatedOverUdp(right, TcpManner.Garbage), Broken, Broken),
        ["TC, then half over TCP and silence"] = (right => Misbehaving.TruncatedOverUdp(right, TcpManner.HalfThenHangs), Broken, Broken),
        ["TC, then half over TCP and closed"] = (right => Misbehaving.TruncatedOverUdp(right, TcpManner.HalfThenCloses), Broken, Broken),
        ["TC over TCP too"] = (_ => query => Response.Write(query, new DnsMessage { Truncated = true }), Broken, Broken),
        ["TC with the right records, over TCP what it is"] = (tcp => Misbehaving.TruncatedWithRecords(Pod.Right, tcp), Open, Old),
        ["another id over TCP"] = (right => Misbehaving.TruncatedOverUdp(Misbehaving.WrongId(right)), Broken, Broken),
        ["AAAA does not exist"] = (right => Misbehaving.NxDomainFor(RrType.Aaaa, right), "1 closed name-missing", "1 closed name-missing"),
        ["AAAA fails"] = (right => Misbehaving.ForType(RrType.Aaaa, Misbehaving.Error(Rcode.ServFail), right),
            "1 closed server-failure", Old),
        ["AAAA silent"] = (right => Misbehaving.ForType(RrType.Aaaa, Misbehaving.Silent(), right), "1 closed timed-out", Old),
        ["PTR silent"] = (right => Misbehaving.ForType(RrType.Ptr, Misbehaving.Silent(), right), "1 closed timed-out", Old),
        ["PTR broken"] = (right => Misbehaving.ForType(RrType.Ptr, Misbehaving.ForwardPointer(), right), Broken, Old),
        ["REFUSED"] = (_ => Misbehaving.Error(Rcode.Refused), "1 closed refused", "1 closed refused"),
        ["REFUSED, bare header"] = (_ => Misbehaving.Error(Rcode.Refused, repeatsQuestion: false), "1 closed refused", "1 closed refused"),
        ["SERVFAIL"] = (_ => Misbehaving.Error(Rcode.ServFail), "1 closed server-failure", "1 closed server-failure"),
        ["NOTIMP"] = (_ => Misbehaving.Error(Rcode.NotImp), "1 closed server-failure", "1 closed server-failure"),
        ["FORMERR"] = (_ => Misbehaving.Error(Rcode.FormErr), "1 closed server-failure", "1 closed server-failure"),
        ["FORMERR, bare header"] = (_ => Misbehaving.Error(Rcode.FormErr, repeatsQuestion: false),
            "1 closed server-failure", "1 closed server-failure"),
        ["an unknown code"] = (_ => Misbehaving.Error((Rcode)11), "1 closed server-failure", "1 closed server-failure"),
        ["NXDOMAIN, bare header"] = (_ => Misbehaving.Error(Rcode.NxDomain, repeatsQuestion: false), Silence, Silence),
        ["strangers with the other answer first"] =
            (right => Misbehaving.StrangersFirst(Pod.Right.WithAddress("10.9.9.9"), right), Open, Old),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_server_that_is_right_but_for(string row) => AssertComesToAsync(Rows[row].Spoil(Pod.Right), Rows[row].Right);

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_server_with_the_old_address_and(string row) => AssertComesToAsync(Rows[row].Spoil(Pod.Stale), Rows[row].Stale);

    [Theory]
    [InlineData(3, false, Open)]
    [InlineData(3, true, Broken)]
    [InlineData(16, false, Open)]
    [InlineData(17, false, Broken)]
    public Task Aliases_are_followed_in_their_order_up_to_a_bound(int length, bool reversed, string expected) =>
        AssertComesToAsync(Misbehaving.ForType(RrType.Ptr, Pod.Right, Misbehaving.CnameChain(length, [Pod.Ip], reversed)), expected);

    [Fact]
    public Task An_alias_to_the_old_address_is_stale() => AssertComesToAsync(Misbehaving.CnameChain(2, [Pod.OldIp]), Old);

    [Fact]
    public Task A_datagram_larger_than_asked_for_is_understood() => AssertComesToAsync(Misbehaving.Oversized(Pod.Right.Answer, 2000), Open);

    [Fact]
    public Task Strangers_with_the_right_answer_do_not_hide_the_old_one() =>
        AssertComesToAsync(Misbehaving.StrangersFirst(Pod.Right, Pod.Stale, TimeSpan.FromMilliseconds(50)), Old);

    [Fact]
    public Task Strangers_with_the_right_answer_and_then_silence_are_silence() =>
        AssertComesToAsync(Misbehaving.StrangersFirst(Pod.Right, Misbehaving.Silent()), Silence);

    [Fact]
    public async Task A_server_that_cuts_off_and_refuses_tcp_is_malformed_whatever_is_required()
    {
        await using NameServers others = new(Pod.Right, Pod.Right);
        await using LoopbackNameServer server = new(Misbehaving.TruncatedOverUdp(Pod.Right), acceptTcp: false);

        var verdict = await Gate.CheckAsync($"{server.Address},{others.List}", "--require", "majority");

        verdict.AssertIs(1, "closed", "malformed");
        Assert.Equal("malformed", verdict.ReasonAt(server.Address));
    }

    [Fact]
    public async Task Thousands_of_mutations_of_the_old_answer_through_real_sockets_open_nothing()
    {
        await using NameServers servers = new(
            [.. Enumerable.Range(1, 4).Select(seed => Misbehaving.Mutated(Pod.Stale, seed, perQuery: 200))]);

        var verdict = await Gate.WaitAsync(servers.List, "--timeout", "3s", "--query-timeout", "300ms", "--settle", "0s", "--rounds", "1");

        Assert.Equal(124, verdict.ExitCode);
        Assert.NotEqual("open", verdict.State);
        Assert.InRange(Enumerable.Range(0, 4).Sum(index => servers[index].QueryCount), 10, int.MaxValue);
    }

    private static async Task AssertComesToAsync(Func<ReceivedQuery, Response?> behaviour, string expected)
    {
        await using LoopbackNameServer server = new(behaviour);
        // Silence costs as much as the query timeout; half of it must be enough for those that answer on a busy machine.
        var queryTimeout = expected.Contains("timed-out", StringComparison.Ordinal) || expected == Broken ? "800ms" : "2s";

        var verdict = await Gate.CheckAsync(server.Address, "--query-timeout", queryTimeout);

        Assert.True(expected == $"{verdict.ExitCode} {verdict.State} {verdict.Reason}", $"expected {expected}: {verdict}");
        Assert.Equal(verdict.Reason, verdict.ReasonAt(server.Address));
    }
}
