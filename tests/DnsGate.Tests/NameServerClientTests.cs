using System.Net;
using DnsGate.Ask;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Linux;
using DnsGate.TestKit;

namespace DnsGate.Tests;

/// <summary>From what a name server does to what is observed.</summary>
public sealed class NameServerClientTests
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly Dictionary<string, (Func<ReceivedQuery, Response?> Behaviour, string Outcome)> Rows = new()
    {
        ["right"] = (Questions.Right, Questions.Ip),
        ["stale"] = (Questions.Stale, Questions.OldIp),
        ["NXDOMAIN"] = (Questions.Right.Missing(), "NXDOMAIN"),
        ["NODATA"] = (PodZone.For(Questions.NameText), "NODATA"),
        ["REFUSED"] = (Misbehaving.Error(Rcode.Refused), "REFUSED"),
        ["SERVFAIL"] = (Misbehaving.Error(Rcode.ServFail), "SERVFAIL"),
        ["strangers first"] = (Misbehaving.StrangersFirst(Questions.Stale, Questions.Right), Questions.Ip),
        ["duplicates"] = (Misbehaving.Duplicated(Questions.Right), Questions.Ip),
        ["TC, then TCP"] = (Misbehaving.TruncatedOverUdp(Questions.Right), Questions.Ip),
        ["TC, then TCP reset"] = (Misbehaving.TruncatedOverUdp(Questions.Right, TcpManner.Resets),
            "unreadable (cut off over UDP, and over TCP: connection reset)"),
        ["TC, then TCP closed"] = (Misbehaving.TruncatedOverUdp(Questions.Right, TcpManner.Closes),
            "unreadable (cut off over UDP, and over TCP: the connection was closed before the message was complete)"),
        ["TC, then a stranger over TCP"] = (Misbehaving.TruncatedOverUdp(Misbehaving.WrongId(Questions.Right)),
            "unreadable (cut off over UDP, and over TCP: the message is no reply to the question)"),
        ["FORMERR to EDNS"] = (Misbehaving.FormErrIfEdns(Questions.Right), Questions.Ip),
        ["NOTIMP to EDNS"] = (Misbehaving.FormErrIfEdns(Questions.Right, code: Rcode.NotImp), Questions.Ip),
        ["NOTIMP always"] = (Misbehaving.Error(Rcode.NotImp), "NOTIMP"),
        ["FORMERR always"] = (Misbehaving.Error(Rcode.FormErr), "FORMERR"),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Observes(string row)
    {
        await using LoopbackNameServer server = new(Rows[row].Behaviour);
        // No time passes: however busy the machine is, only a reply ends the question.
        NameServerClient client = new(QueryTimeout, new ManualTime());

        var observation = Assert.Single(
            await client.AskAsync([Questions.About(server.Endpoint)], null, CancellationToken.None).WaitAsync(Limit));

        Assert.Equal(Rows[row].Outcome, AnswerText.Describe(observation.Outcome));
    }

    [Theory]
    [InlineData("the first datagram lost", 1, 2, Questions.Ip)]
    [InlineData("a right stranger, then nothing", 1, 4, "timed out")]
    [InlineData("TC, then half over TCP", 2, 4, "unreadable (cut off over UDP, and over TCP: timed out)")]
    public async Task Observes_after_a_time(string row, int queries, int quarters, string outcome)
    {
        ManualTime time = new();
        await using LoopbackNameServer server = new(row switch
        {
            "the first datagram lost" => Misbehaving.DropFirst(1, Questions.Right),
            "a right stranger, then nothing" => Misbehaving.FromAnotherSocket(Questions.Right),
            _ => Misbehaving.TruncatedOverUdp(Questions.Right, TcpManner.HalfThenHangs),
        });
        NameServerClient client = new(QueryTimeout, time);
        var asking = client.AskAsync([Questions.About(server.Endpoint)], null, CancellationToken.None);
        await server.WaitForQueriesAsync(queries).WaitAsync(Limit);

        time.Advance(QueryTimeout * quarters / 4);

        Assert.Equal(outcome, AnswerText.Describe(Assert.Single(await asking.WaitAsync(Limit)).Outcome));
    }

    [Fact]
    public async Task A_link_local_server_behind_an_interface_that_is_gone_is_unreachable_and_the_kernels_text_is_not_shown()
    {
        Assert.True(ServerAddress.TryParse("fe80::53%gone0", out var server, out _));
        NameServerClient client = new(QueryTimeout, new ManualTime());

        var observation = Assert.Single(
            await client.AskAsync(
                [Questions.About(new IPEndPoint(IPAddress.Loopback, 53)) with { Server = server }], null, CancellationToken.None));

        Assert.Equal(new Outcome.Unreachable("no interface leads to this address"), observation.Outcome);
    }

    [Fact]
    public async Task A_port_at_which_nobody_listens_is_unreachable_at_once()
    {
        using ClosedPort port = new();
        NameServerClient client = new(TimeSpan.FromHours(1), TimeProvider.System);

        var observation = Assert.Single(
            await client.AskAsync([Questions.About(port.Endpoint)], null, CancellationToken.None).WaitAsync(Limit));

        Assert.Equal("unreachable (connection refused)", AnswerText.Describe(observation.Outcome));
        Assert.True(observation.Outcome is Outcome.Unreachable { IsRefused: true });
    }

    [Theory]
    [InlineData(11, true)] // EAGAIN: no local port
    [InlineData(12, true)] // ENOMEM
    [InlineData(23, true)] // ENFILE
    [InlineData(24, true)] // EMFILE
    [InlineData(97, true)] // EAFNOSUPPORT
    [InlineData(99, true)] // EADDRNOTAVAIL
    [InlineData(105, true)] // ENOBUFS
    [InlineData(1, false)] // EPERM: a rule of the network
    [InlineData(101, false)] // ENETUNREACH
    [InlineData(111, false)] // ECONNREFUSED
    [InlineData(113, false)] // EHOSTUNREACH
    public void What_this_pod_lacks_is_told_from_what_the_network_reports(int error, bool isLocal) =>
        Assert.Equal(isLocal, SocketProblem.IsLocal(error));

    [Fact]
    public async Task Observations_come_in_the_order_of_the_questions()
    {
        await using LoopbackNameServer slow = new(Misbehaving.Late(TimeSpan.FromMilliseconds(50), Questions.Right));
        await using LoopbackNameServer quick = new(Questions.Stale);
        NameServerClient client = new(QueryTimeout, new ManualTime());

        var all = await client.AskAsync(
            [Questions.About(slow.Endpoint), Questions.About(quick.Endpoint), Questions.About(slow.Endpoint, RecordType.PTR)],
            null, CancellationToken.None);

        Assert.Equal(
            [Questions.Ip, Questions.OldIp, Questions.NameText], all.Select(observation => AnswerText.Describe(observation.Outcome)));
    }

    [Fact]
    public async Task A_silent_question_is_sent_once_more_after_half_its_time_and_no_more()
    {
        ManualTime time = new();
        await using LoopbackNameServer server = new(Misbehaving.Silent());
        NameServerClient client = new(QueryTimeout, time);
        var asking = client.AskAsync([Questions.About(server.Endpoint)], null, CancellationToken.None);
        await server.WaitForQueriesAsync(1).WaitAsync(Limit);

        time.Advance(QueryTimeout / 2);
        await server.WaitForQueriesAsync(2).WaitAsync(Limit);
        time.Advance(QueryTimeout / 2);
        var observation = Assert.Single(await asking.WaitAsync(Limit));

        Assert.IsType<Outcome.TimedOut>(observation.Outcome);
        Assert.Equal(QueryTimeout, observation.RoundTrip);
        Assert.Distinct(server.Queries.Select(query => query.Source.Port));
        Assert.Equal(2, server.QueryCount);
    }

    [Fact]
    public async Task The_deadline_cuts_off_what_one_question_would_still_have_time_for()
    {
        ManualTime time = new();
        await using LoopbackNameServer server = new(Misbehaving.Silent());
        NameServerClient client = new(TimeSpan.FromHours(1), time);
        var asking = client.AskAsync([Questions.About(server.Endpoint)], TimeSpan.FromMilliseconds(800), CancellationToken.None);
        await server.WaitForQueriesAsync(1).WaitAsync(Limit);

        time.Advance(TimeSpan.FromMilliseconds(799));
        await server.WaitForQueriesAsync(2).WaitAsync(Limit);
        Assert.False(asking.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.IsType<Outcome.CutOff>(Assert.Single(await asking.WaitAsync(Limit)).Outcome);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_asks_nobody()
    {
        await using LoopbackNameServer server = new(Questions.Right);
        NameServerClient client = new(QueryTimeout, new ManualTime());

        var observation = Assert.Single(
            await client.AskAsync([Questions.About(server.Endpoint)], TimeSpan.FromMilliseconds(-5), CancellationToken.None));

        Assert.IsType<Outcome.CutOff>(observation.Outcome);
        Assert.Equal(0, server.QueryCount);
    }

    [Fact]
    public async Task No_more_questions_are_in_flight_than_the_limit_of_files_allows()
    {
        ManualTime time = new();
        var many = 3 * FileLimit.QuestionsInFlight;
        await using LoopbackNameServer server = new(Misbehaving.Silent());
        NameServerClient client = new(QueryTimeout, time);
        var asking = client.AskAsync(
            [.. Enumerable.Repeat(Questions.About(server.Endpoint), many)], QueryTimeout / 4, CancellationToken.None);
        await server.WaitForQueriesAsync(FileLimit.QuestionsInFlight).WaitAsync(Limit);

        time.Advance(QueryTimeout);
        var all = await asking.WaitAsync(Limit);

        Assert.Equal(many, all.Length);
        Assert.All(all, observation => Assert.IsType<Outcome.CutOff>(observation.Outcome));
        // Each of those in flight was sent at most twice; the others were never sent.
        Assert.InRange(server.QueryCount, FileLimit.QuestionsInFlight, 2 * FileLimit.QuestionsInFlight);
    }

    [Fact]
    public async Task A_stop_ends_the_asking_at_once()
    {
        using CancellationTokenSource stop = new();
        await using LoopbackNameServer server = new(Misbehaving.Silent());
        NameServerClient client = new(TimeSpan.FromHours(1), TimeProvider.System);
        Task asking = client.AskAsync([Questions.About(server.Endpoint)], null, stop.Token);
        await server.WaitForQueriesAsync(1).WaitAsync(Limit);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(Limit));
    }

    [Fact]
    public async Task Ports_and_ids_do_not_repeat_and_do_not_count_up()
    {
        await using LoopbackNameServer server = new(Questions.Right);
        NameServerClient client = new(QueryTimeout, new ManualTime());

        await client.AskAsync([.. Enumerable.Repeat(Questions.About(server.Endpoint), 200)], null, CancellationToken.None);

        List<ReceivedQuery> queries = [.. server.Queries];
        Assert.InRange(queries.Select(query => query.Id).Distinct().Count(), 190, 200);
        Assert.InRange(queries.Zip(queries.Skip(1)).Count(pair => Math.Abs(pair.First.Id - pair.Second.Id) <= 1), 0, 10);
    }
}
