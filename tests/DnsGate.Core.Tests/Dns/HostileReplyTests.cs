using DnsGate.Core.Dns;

namespace DnsGate.Core.Tests.Dns;

public sealed class HostileReplyTests
{
    [Fact]
    public void Every_message_of_the_corpus_is_well_formed() =>
        Assert.All(Messages.All, each => Assert.IsType<Outcome.Responded>(ReadIfReply(each.Message, each.Query)));

    [Fact]
    public void Every_shorter_part_of_a_message_is_broken_or_no_reply()
    {
        foreach ((var message, var query) in Messages.All)
        {
            for (var length = 0; length < message.Length; length++)
            {
                var reply = ReadIfReply(message[..length], query);
                Assert.True(
                    reply is null or Outcome.Malformed, $"{length} of {message.Length} octets of the reply about {query.Name}: {reply}");
            }
        }
    }

    [Fact]
    public void No_flipped_bit_throws_or_adds_records()
    {
        foreach ((var message, var query) in Messages.All)
        {
            var records = CountRecords(ReadIfReply(message, query));
            for (var bit = 0; bit < message.Length * 8; bit++)
            {
                byte[] flipped = [.. message];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.True(CountRecords(ReadIfReply(flipped, query)) <= records, $"bit {bit} of the reply about {query.Name}");
            }
        }
    }

    [Fact]
    public void No_flipped_octet_throws()
    {
        foreach ((var message, var query) in Messages.All)
        {
            for (var at = 0; at < message.Length; at++)
            {
                for (var value = 0; value < 256; value++)
                {
                    byte[] changed = [.. message];
                    changed[at] = (byte)value;
                    ReadIfReply(changed, query);
                }
            }
        }
    }

    [Fact]
    public void Two_hundred_thousand_mutated_messages_throw_nothing()
    {
        var random = new Random(20260101);
        Dictionary<string, int> kinds = [];
        for (var i = 0; i < 200_000; i++)
        {
            (var message, var query) = Messages.All[random.Next(Messages.All.Length)];
            var mutated = Mutate(message, random);
            var kind = ReadIfReply(mutated, query) switch
            {
                Outcome.Responded read => read.Answer.GetType().Name,
                { } other => other.GetType().Name,
                null => ReplyReader.IsReplyTo(mutated, query) ? "truncated" : "stranger",
            };
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
        }

        // The mutations reach every kind of reply: this test would see if they no longer got past the header.
        string[] answers = [nameof(Answer.Records), nameof(Answer.NoData), nameof(Answer.NxDomain), nameof(Answer.ServerError)];
        Assert.All(
            (string[])["stranger", "truncated", nameof(Outcome.Malformed), .. answers],
            kind => Assert.True(kinds.GetValueOrDefault(kind) > 100, $"{kind}: {kinds.GetValueOrDefault(kind)}"));
    }

    [Fact]
    public void Garbage_is_never_a_reply_and_never_throws_even_if_it_is_read()
    {
        var random = new Random(20260102);
        var query = Messages.Ask(Messages.Pod, RecordType.A);
        for (var i = 0; i < 50_000; i++)
        {
            var garbage = new byte[random.Next(600)];
            random.NextBytes(garbage);
            Assert.False(ReplyReader.IsReplyTo(garbage, query));
            Assert.IsNotType<Answer.Records>((ReplyReader.Read(garbage, query) as Outcome.Responded)?.Answer);
        }
    }

    [Fact]
    public void Nothing_but_the_returned_values_is_allocated()
    {
        var query = Messages.Ask(Messages.Pod, RecordType.A);
        var builder = MessageBuilder.ReplyTo(Messages.Pod, RecordType.A, code: 3);
        for (var i = 0; i < 100; i++)
        {
            builder.Alias($"a{i}.example", "b.example").Answer("c.example", RecordType.A, 1, [1, 2, 3, 4]);
        }

        var message = builder.Soa(30).Opt().ToArray();
        Assert.Equal(
            Allocated(() => new Outcome.Responded(new Answer.NxDomain(30), true, false)),
            Allocated(() => ReplyReader.Read(message, query)));
        Assert.Equal(0, Allocated(() => ReplyReader.IsReplyTo(message, query) ? query.Name : null));
    }

    [Fact]
    public void A_reply_with_one_address_costs_little_more_than_its_values()
    {
        (var message, var query) = Messages.All[0];
        byte[] address = [10, 244, 1, 7];
        var values = Allocated(() => new Outcome.Responded(
            new Answer.Records([new RecordData.Address(new System.Net.IPAddress(address))], 30), true, false));
        Assert.InRange(Allocated(() => ReplyReader.Read(message, query)), values, values + 64);
    }

    private static Outcome? ReadIfReply(byte[] message, in Query query) =>
        ReplyReader.IsReplyTo(message, query) ? ReplyReader.Read(message, query) : null;

    private static int CountRecords(Outcome? reply) =>
        reply is Outcome.Responded { Answer: Answer.Records records } ? records.Data.Length : 0;

    /// <summary>Octets per call, the first calls (which compile) left out.</summary>
    private static long Allocated(Func<object?> call)
    {
        for (var i = 0; i < 10; i++)
        {
            call();
        }

        var least = long.MaxValue;
        for (var i = 0; i < 10; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = call();
            var after = GC.GetAllocatedBytesForCurrentThread();
            GC.KeepAlive(result);
            least = Math.Min(least, after - before);
        }

        return least;
    }

    private static byte[] Mutate(byte[] message, Random random)
    {
        byte[] mutated = [.. message];
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            // Three of four changes are behind the header, so that most messages get past the predicate.
            var at = random.Next(4) == 0 ? random.Next(12) : random.Next(12, mutated.Length);
            mutated[at] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(0xC0 | random.Next(2)),
                _ => (byte)(mutated[at] ^ (1 << random.Next(8))),
            };
        }

        return random.Next(8) switch
        {
            0 => mutated[..random.Next(mutated.Length)],
            1 => [.. mutated, .. mutated[random.Next(mutated.Length)..]],
            2 => Splice(mutated, random),
            _ => mutated,
        };
    }

    private static byte[] Splice(byte[] message, Random random)
    {
        var from = random.Next(message.Length);
        var length = random.Next(message.Length - from);
        var to = random.Next(12, message.Length);
        return [.. message[..to], .. message.AsSpan(from, length), .. message[to..]];
    }
}
