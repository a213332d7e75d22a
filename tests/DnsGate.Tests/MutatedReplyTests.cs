using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Rules;
using DnsGate.TestKit;
using Question = DnsGate.Core.Model.Question;

namespace DnsGate.Tests;

/// <summary>A name server that answers a million mutated datagrams crashes nothing and opens nothing.</summary>
public sealed class MutatedReplyTests
{
    private const int Count = 1_000_000;

    private static readonly IPEndPoint Nowhere = new(IPAddress.Loopback, 53);
    private static readonly View View = Questions.ViewOf(Nowhere);
    private static readonly Observation NoAaaa = new(
        Questions.About(Nowhere, RecordType.AAAA), new Outcome.Responded(new Answer.NoData(30), false), TimeSpan.Zero);

    [Fact]
    public void A_million_mutations_of_wrong_replies_throw_nothing_and_none_is_judged_right()
    {
        var question = Questions.About(Nowhere);
        (byte[] Message, Query Query)[] originals =
        [
            Original(question, Questions.Stale),
            Original(question, Questions.Stale.WithExtra("10.9.9.9", "10.8.8.8")),
            Original(question, Questions.Right.Missing()),
            Original(question, PodZone.For(Questions.NameText)),
            Original(question, Misbehaving.Error(Rcode.ServFail)),
            Original(question, Misbehaving.CnameChain(3, [Questions.OldIp])),
            Original(question, Misbehaving.CnameLoop()),
        ];

        var seen = Read(originals, seed: 20260301, Count * 3 / 4, outcome =>
            ForwardJudge.Judge(View, Questions.OnlyA, [new Observation(question, outcome, TimeSpan.Zero), NoAaaa]).Reason);

        AssertReached(seen);
    }

    [Fact]
    public void A_quarter_of_a_million_mutations_of_wrong_reverse_replies_throw_nothing_and_none_is_judged_right()
    {
        var question = Questions.About(Nowhere, RecordType.PTR);
        (byte[] Message, Query Query)[] originals =
        [
            Original(question, Questions.Right.WithPtr("zk-1.zk-headless.prod.svc.example.com")),
            Original(question, Questions.Right.WithPtr("a.example.com", "b.example.com")),
            Original(question, Questions.Right.WithPtr()),
            Original(question, Misbehaving.ForwardPointer()),
        ];

        var seen = Read(originals, seed: 20260302, Count / 4, outcome =>
            ReverseJudge.Judge(View, View.Servers[0], new Observation(question, outcome, TimeSpan.Zero)).Reason);

        AssertReached(seen);
    }

    [Fact]
    public void A_hundred_thousand_mutations_of_the_right_reply_throw_nothing_and_name_no_address_that_was_judged_right_beside_another()
    {
        var question = Questions.About(Nowhere);
        var seen = Read([Original(question, Questions.Right)], seed: 20260303, 100_000, outcome =>
        {
            var reason = ForwardJudge.Judge(View, Questions.OnlyA, [new Observation(question, outcome, TimeSpan.Zero), NoAaaa]).Reason;
            var isRight = outcome is Outcome.Responded { Answer: Answer.Records { Data: [RecordData.Address { Value: var address }] } }
                && address.ToString() == Questions.Ip;
            Assert.Equal(isRight, reason is Reason.Agrees or Reason.TtlZero);
            return Reason.Malformed;
        });

        AssertReached(seen);
    }

    private static (byte[] Message, Query Query) Original(Question question, Func<ReceivedQuery, Response?> behaviour)
    {
        var query = question.ToQuery(0x1234);
        var received = ReceivedQuery.Create(query.Name.ToString(), (RrType)query.Type, cd: true) with { Id = query.Id };
        var message = behaviour(received)!.Datagrams[0].Bytes;
        Assert.True(ReplyReader.IsReplyTo(message, query));
        return (message, query);
    }

    /// <summary>Reads as the exchange does; what comes of each mutation, counted.</summary>
    private static Dictionary<string, int> Read((byte[] Message, Query Query)[] originals, int seed, int count, Func<Outcome, Reason> judge)
    {
        DatagramMutator mutator = new(seed);
        Dictionary<string, int> seen = [];
        for (var i = 0; i < count; i++)
        {
            (var message, var query) = originals[i % originals.Length];
            var mutated = mutator.Mutate(message);
            var kind = "stranger";
            if (ReplyReader.IsReplyTo(mutated, query))
            {
                var reply = ReplyReader.Read(mutated, query);
                if (judge(reply ?? new Outcome.Malformed("cut off")) is Reason.Agrees or Reason.TtlZero)
                {
                    Assert.Fail($"mutation {i} of seed {seed} is judged right: {Convert.ToHexString(mutated)}");
                }

                kind = reply?.GetType().Name ?? "truncated";
            }

            seen[kind] = seen.GetValueOrDefault(kind) + 1;
        }

        return seen;
    }

    // Otherwise the mutations no longer get past the header, and this proves nothing.
    private static void AssertReached(Dictionary<string, int> seen) => Assert.All(
        ["stranger", nameof(Outcome.Responded), nameof(Outcome.Malformed), "truncated"],
        kind => Assert.True(seen.GetValueOrDefault(kind) > 0, $"{kind}: {seen.GetValueOrDefault(kind)}"));
}
