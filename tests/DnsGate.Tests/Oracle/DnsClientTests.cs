using System.Net;
using DnsClient;
using DnsGate.Ask;
using DnsGate.Core.Model;
using DnsGate.TestKit;

namespace DnsGate.Tests.Oracle;

/// <summary>
/// What DnsClient does with name servers that misbehave, and what the product does with the same ones: the reasons why the gate
/// does not ask with DnsClient. docs/decisions/dns-messages.md cites these tests and has to change with them.
/// </summary>
public sealed class DnsClientTests
{
    // No row waits for it, unless it says so.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Datagrams with the old address that are not replies to the question (RFC 5452 §9.1).</summary>
    private static readonly Dictionary<string, Func<ReceivedQuery, Response?>> Forgeries = new()
    {
        ["QR=0"] = Misbehaving.NoReplyBit(Questions.Stale),
        ["another opcode"] = Misbehaving.Tampered(Tamper.Opcode, Questions.Stale),
        ["another name in the question"] = Misbehaving.WrongQuestionName(Questions.Stale),
        ["another type in the question"] = Misbehaving.WrongQuestionType(Questions.Stale),
        ["no question"] = query => Response.Write(query, Questions.Stale.Answer(query) with { RepeatsQuestion = false }),
        ["from another port"] = Misbehaving.FromAnotherSocket(Questions.Stale),
    };

    /// <summary>Replies that cannot be believed, and what each of the two reads.</summary>
    private static readonly Dictionary<string, (Func<ReceivedQuery, Response?> Behaviour, string DnsClient, string Product)> Broken = new()
    {
        ["an address of another name"] = (
            query => Response.Write(query, DnsMessage.WithAnswers(Rr.Address("other.cluster.local", Questions.OldIp))),
            Questions.OldIp,
            $"unreadable (A record of other.cluster.local, another name than {Questions.NameText}: some applications would use it)"),
        ["a CNAME loop"] = (Misbehaving.CnameLoop(), "NODATA",
            $"unreadable (CNAME loop, or a chain of more than 16, from {Questions.NameText})"),
        ["a compression pointer to what follows"] = (
            Misbehaving.ForwardPointer(), Questions.Ip,
            "unreadable (answer record 1: compression pointer does not lead back to an earlier name)"),
        ["another name in the question, over TCP"] = (
            Misbehaving.TruncatedOverUdp(Misbehaving.WrongQuestionName(Questions.Stale)),
            Questions.OldIp,
            "unreadable (cut off over UDP, and over TCP: the message is no reply to the question)"),
        ["FORMERR to EDNS"] = (Misbehaving.FormErrIfEdns(Questions.Right), "FormatError", Questions.Ip),
    };

    /// <summary>What DnsClient reports as a timeout, at once and without waiting for one, and what the product reads.</summary>
    private static readonly Dictionary<string, (TcpManner Manner, string Product)> BrokenConnections = new()
    {
        ["closed"] = (TcpManner.Closes,
            "unreadable (cut off over UDP, and over TCP: the connection was closed before the message was complete)"),
        ["closed in the middle"] = (TcpManner.HalfThenCloses,
            "unreadable (cut off over UDP, and over TCP: the connection was closed before the message was complete)"),
        ["reset"] = (TcpManner.Resets, "unreadable (cut off over UDP, and over TCP: connection reset)"),
    };

    public static TheoryData<string> ForgeryNames => [.. Forgeries.Keys];

    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    public static TheoryData<string> BrokenConnectionNames => [.. BrokenConnections.Keys];

    [Fact]
    public async Task No_option_of_DnsClient_sets_the_CD_bit()
    {
        await using LoopbackNameServer server = new(Questions.Right);
        foreach (var option in typeof(DnsQueryOptions).GetProperties().Where(option => option.PropertyType == typeof(bool)))
        {
            foreach (var value in new[] { false, true })
            {
                var options = StubResolver.OptionsFor(server.Endpoint, Patience);
                option.SetValue(options, value);
                await new LookupClient(options).QueryAsync(Questions.NameText, QueryType.A);
            }
        }

        // That options do reach the server shows in RD and DO.
        Assert.Contains(server.Queries, query => !query.RD);
        Assert.Contains(server.Queries, query => query.DO);
        Assert.DoesNotContain(server.Queries, query => query.CD);
        Assert.Equal(Questions.Ip, await AskProductAsync(server.Endpoint));
        Assert.True(server.Queries[^1].CD);
    }

    [Theory]
    [MemberData(nameof(ForgeryNames))]
    public async Task DnsClient_believes_a_datagram_that_is_not_a_reply_and_the_product_waits_for_the_reply(string forgery)
    {
        await using LoopbackNameServer server = new(query => Forgeries[forgery](query)!.Then(Questions.Right.ToBehaviour()(query)));

        Assert.Equal(Questions.OldIp, await AskDnsClientAsync(server.Endpoint));
        Assert.Equal(Questions.Ip, await AskProductAsync(server.Endpoint));
    }

    [Fact]
    public async Task A_datagram_with_another_id_ends_the_question_of_DnsClient_and_the_product_waits_for_the_reply()
    {
        await using LoopbackNameServer server = new(query =>
            Misbehaving.WrongId(Questions.Stale)(query)!.Then(Questions.Right.ToBehaviour()(query)));

        await Assert.ThrowsAsync<DnsXidMismatchException>(() => AskDnsClientAsync(server.Endpoint));
        Assert.Equal(Questions.Ip, await AskProductAsync(server.Endpoint));
        // A retry is a new question. It ends in the same way.
        await Assert.ThrowsAsync<DnsXidMismatchException>(() => AskDnsClientAsync(server.Endpoint, retries: 2));
        Assert.Equal(5, server.Queries.Count);
    }

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public async Task They_read_a_broken_answer_differently(string row)
    {
        await using LoopbackNameServer server = new(Broken[row].Behaviour);

        Assert.Equal(Broken[row].DnsClient, await AskDnsClientAsync(server.Endpoint));
        Assert.Equal(Broken[row].Product, await AskProductAsync(server.Endpoint));
    }

    [Fact]
    public async Task A_port_without_a_listener_is_a_timeout_to_DnsClient_and_unreachable_at_once_to_the_product()
    {
        using ClosedPort port = new();

        // DnsClient waits for all of this time.
        var problem = await Assert.ThrowsAsync<DnsResponseException>(
            () => StubResolver.For(port.Endpoint, TimeSpan.FromMilliseconds(200)).QueryAsync(Questions.NameText, QueryType.A));
        Assert.Equal(DnsResponseCode.ConnectionTimeout, problem.Code);
        // The product would wait for an hour.
        Assert.Equal("unreachable (connection refused)", await AskProductAsync(port.Endpoint, TimeSpan.FromHours(1)));
    }

    [Theory]
    [MemberData(nameof(BrokenConnectionNames))]
    public async Task A_TCP_connection_that_breaks_is_a_timeout_to_DnsClient_and_an_answer_cut_off_to_the_product(string row)
    {
        await using LoopbackNameServer server = new(Misbehaving.TruncatedOverUdp(Questions.Right, BrokenConnections[row].Manner));

        var problem = await Assert.ThrowsAsync<DnsResponseException>(() => AskDnsClientAsync(server.Endpoint));
        Assert.Equal(DnsResponseCode.ConnectionTimeout, problem.Code);
        Assert.Equal(BrokenConnections[row].Product, await AskProductAsync(server.Endpoint));
    }

    /// <summary>Reads an answer as .NET programs do: the code, and the A records.</summary>
    private static async Task<string> AskDnsClientAsync(IPEndPoint server, int retries = 0)
    {
        var options = StubResolver.OptionsFor(server, Patience);
        options.Retries = retries;
        var response = await new LookupClient(options).QueryAsync(Questions.NameText, QueryType.A);
        var addresses = StubResolver.DataOf(response, QueryType.A);
        return response.HasError ? response.Header.ResponseCode.ToString()
            : addresses.Count == 0 ? "NODATA"
            : string.Join(' ', addresses);
    }

    private static async Task<string> AskProductAsync(IPEndPoint server, TimeSpan? timeout = null)
    {
        NameServerClient client = new(timeout ?? Patience, TimeProvider.System);
        var observation = Assert.Single(await client.AskAsync([Questions.About(server)], null, CancellationToken.None).WaitAsync(Patience));
        return AnswerText.Describe(observation.Outcome);
    }
}
