using System.Buffers.Binary;

namespace DnsGate.TestKit;

// What is wrong on the level of octets and sockets.
public static partial class Misbehaving
{
    /// <summary>Every datagram spoiled by a function of <see cref="Tamper"/> or any other; it gets a copy that it may write to.</summary>
    public static Func<ReceivedQuery, Response?> Tampered(Func<byte[], byte[]> tamper, Func<ReceivedQuery, Response?> right) =>
        query => right(query)?.Tampered(tamper);

    /// <summary>Right but for the id.</summary>
    public static Func<ReceivedQuery, Response?> WrongId(Func<ReceivedQuery, Response?> right) => Tampered(Tamper.Id, right);

    /// <summary>Right, but to a question for another name.</summary>
    public static Func<ReceivedQuery, Response?> WrongQuestionName(Func<ReceivedQuery, Response?> right) =>
        Tampered(Tamper.QuestionName, right);

    /// <summary>Right, but to a question of another type.</summary>
    public static Func<ReceivedQuery, Response?> WrongQuestionType(Func<ReceivedQuery, Response?> right) =>
        Tampered(Tamper.QuestionType, right);

    /// <summary>Right, but marked as a query (QR=0).</summary>
    public static Func<ReceivedQuery, Response?> NoReplyBit(Func<ReceivedQuery, Response?> right) => Tampered(Tamper.ReplyBit, right);

    /// <summary>Nothing but the header, which announces more.</summary>
    public static Func<ReceivedQuery, Response?> HeaderOnly(Func<ReceivedQuery, Response?> right) => Tampered(Tamper.HeaderOnly, right);

    /// <summary>Ends in the middle of a record.</summary>
    public static Func<ReceivedQuery, Response?> CutRecord(Func<ReceivedQuery, Response?> right) => Tampered(Tamper.CutRecord, right);

    /// <summary>Announces more answers than there are.</summary>
    public static Func<ReceivedQuery, Response?> WrongCount(Func<ReceivedQuery, Response?> right, ushort more = 1) =>
        Tampered(reply => Tamper.AnswerCount(reply, more), right);

    /// <summary>A datagram without an octet.</summary>
    public static Func<ReceivedQuery, Response?> Empty() => _ => new Response([new Datagram([])]);

    /// <summary>Octets at random, repeatably.</summary>
    public static Func<ReceivedQuery, Response?> Garbage(int length = 60, int seed = 1) => _ => Response.Raw(RandomOctets(length, seed));

    /// <summary>One record whose owner, or for PTR questions whose target, is a compression pointer to itself.</summary>
    public static Func<ReceivedQuery, Response?> PointerLoop() => query => WithPointer(query, at => at);

    /// <summary>
    /// One record whose owner, or for PTR questions whose target, is a compression pointer to what follows; RFC 1035 §4.1.4
    /// allows only "a prior occurrence".
    /// </summary>
    public static Func<ReceivedQuery, Response?> ForwardPointer() => query => WithPointer(query, at => at + 4);

    /// <summary>Right, and the same once more.</summary>
    public static Func<ReceivedQuery, Response?> Duplicated(Func<ReceivedQuery, Response?> right, int times = 2) => query =>
        right(query) is { } response
            ? Enumerable.Repeat(response, times - 1).Aggregate(response, (all, one) => all.Then(one))
            : null;

    /// <summary>Right, but from another port of the server's address: no answer at all to a client that checks.</summary>
    public static Func<ReceivedQuery, Response?> FromAnotherSocket(Func<ReceivedQuery, Response?> right) =>
        query => right(query)?.Select(datagram => datagram with { FromAnotherSocket = true });

    /// <summary>
    /// Strangers of every kind, with records of <paramref name="lie"/> where they have any, and after them the right datagram.
    /// </summary>
    public static Func<ReceivedQuery, Response?> StrangersFirst(
        Func<ReceivedQuery, Response?> lie, Func<ReceivedQuery, Response?> right, TimeSpan rightAfter = default) => query =>
        Response.Raw([], [0], RandomOctets(60, query.Id), RandomOctets(11, query.Id))
            .Then(WrongId(lie)(query))
            .Then(WrongQuestionName(lie)(query))
            .Then(WrongQuestionType(lie)(query))
            .Then(NoReplyBit(lie)(query))
            .Then(Tampered(Tamper.Opcode, lie)(query))
            .Then(FromAnotherSocket(lie)(query))
            .Then(right(query)?.Delayed(rightAfter));

    /// <summary>
    /// Right, with so many records beside the answer that the datagram has at least so many octets, whatever the client takes.
    /// </summary>
    public static Func<ReceivedQuery, Response?> Oversized(Func<ReceivedQuery, DnsMessage> right, int octets) => query =>
    {
        var message = right(query);
        var records = octets / 200 + 1;
        Rr[] padding = [.. Enumerable.Range(0, records).Select(i => Rr.Raw($"padding-{i}.example", RrType.Txt, 30, new byte[200]))];
        return Response.Write(query, message with { Additional = [.. message.Additional, .. padding], RespectsUdpSize = false });
    };

    /// <summary>
    /// Mutations of a reply, several to one query, repeatable by the seed. Start from a reply that is wrong, so that no
    /// mutation is right by luck; the right one may follow last.
    /// </summary>
    public static Func<ReceivedQuery, Response?> Mutated(
        Func<ReceivedQuery, Response?> origin, int seed, int perQuery = 1, Func<ReceivedQuery, Response?>? right = null)
    {
        DatagramMutator mutator = new(seed);
        return query =>
        {
            if (origin(query) is not { } response)
            {
                return right?.Invoke(query);
            }

            Response all = new([]);
            lock (mutator)
            {
                for (var i = 0; i < perQuery; i++)
                {
                    all = new Response(
                        [.. all.Datagrams, .. response.Datagrams.Select(datagram => new Datagram(mutator.Mutate(datagram.Bytes)))]);
                }
            }
            return all.Then(right?.Invoke(query));
        };
    }

    private static byte[] RandomOctets(int length, int seed)
    {
        var octets = new byte[length];
        new Random(seed).NextBytes(octets);
        return octets;
    }

    private static Response WithPointer(ReceivedQuery query, Func<int, int> target)
    {
        List<byte> reply =
            [.. MessageWriter.Header(query.Id, 0x8400 | (query.RD ? 0x100 : 0), questions: 1, answers: 1), .. query.Question];
        var inData = query.Type == RrType.Ptr;
        if (inData)
        {
            reply.AddRange([0xC0, 12]);
        }
        else
        {
            reply.AddRange(Pointer(target(reply.Count)));
        }

        var data = query.Type == RrType.Aaaa ? new byte[16] : [10, 244, 1, 7];
        reply.AddRange([(byte)((int)query.Type >> 8), (byte)query.Type, 0, 1, 0, 0, 0, 30, 0, (byte)(inData ? 2 : data.Length)]);
        if (inData)
        {
            reply.AddRange(Pointer(target(reply.Count)));
        }
        else
        {
            reply.AddRange(data);
        }

        return Response.Raw([.. reply]);
    }

    private static byte[] Pointer(int offset)
    {
        var pointer = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(pointer, (ushort)(0xC000 | offset));
        return pointer;
    }
}
