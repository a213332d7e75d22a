using DnsGate.Core.Dns;

namespace DnsGate.Core.Tests.Dns;

public sealed class BrokenReplyTests
{
    private const string Name = "www.example";
    private const string Backwards = "compression pointer does not lead back to an earlier name";

    public static TheoryData<string, byte[]> Broken()
    {
        var end = Reply().Position;
        return new()
        {
            { "answer record 1: name is cut off", Reply().Count(MessageSection.Answer, 1).ToArray() },
            { "answer record 2: name is cut off", Reply().A("10.0.0.1").Count(MessageSection.Answer, 2).ToArray() },
            { "authority record 1: name is cut off", Reply().A("10.0.0.1").Raw([3, 1, 1]).Count(MessageSection.Authority, 1).ToArray() },
            { "additional record 1: type, class, TTL and length leave the message",
                Reply().Raw(new byte[10]).Count(MessageSection.Additional, 1).ToArray() },
            { "answer record 1: data leaves the message", Owned(MessageBuilder.Name("a"), RecordType.A, [1, 2, 3, 4], 5) },
            { "answer record 1: data leaves the message", Owned(MessageBuilder.Name("a"), (RecordType)99, [], 65535) },
            { "answer record 1: data of type A is not 4 octets long", Data(RecordType.A, new byte[3]) },
            { "answer record 1: data of type A is not 4 octets long", Data(RecordType.A, new byte[16]) },
            { "answer record 1: data of type A is not 4 octets long", Data(RecordType.A, []) },
            { "answer record 1: data of type AAAA is not 16 octets long", Data(RecordType.AAAA, new byte[4]) },
            { "additional record 1: data of type AAAA is not 16 octets long",
                Reply().Additional("a", RecordType.AAAA, 1, new byte[17]).ToArray() },
            { "answer record 1: data: name is cut off", Data(RecordType.PTR, []) },
            { "answer record 1: data: name is cut off", Data(RecordType.NS, [1, (byte)'a']) },
            { "answer record 1: data: name is cut off", Data(RecordType.PTR, [0xC0]) },
            { "answer record 1: data: name is cut off", Data(RecordType.SRV, new byte[6]) },
            { "answer record 1: data: name is cut off", Data(RecordType.SRV, new byte[3]) },
            { "answer record 1: data: name is cut off", Data(RecordType.SOA, [0]) },
            { "answer record 1: data is longer or shorter than its fields", Data(RecordType.SOA, new byte[21]) },
            { "answer record 1: data is longer or shorter than its fields", Data(RecordType.SOA, new byte[23]) },
            { "answer record 1: data is longer or shorter than its fields", Data(RecordType.CNAME, [1, (byte)'a', 0, 0]) },
            { "answer record 1: data is longer or shorter than its fields", Data(RecordType.SRV, new byte[8]) },
            { "answer record 1: data: name is cut off", Owned([0], RecordType.PTR, [1, (byte)'a', 0], 2) },
            { "answer record 1: name has a label of a reserved type", Owned([0x40, 0], RecordType.A, [1, 2, 3, 4]) },
            { "answer record 1: name has a label of a reserved type", Owned([1, (byte)'a', 0x80, 0], RecordType.A, [1, 2, 3, 4]) },
            { "answer record 1: data: name has a label of a reserved type", Data(RecordType.PTR, [0xBF, 0]) },
            { $"answer record 1: {Backwards}", Owned(MessageBuilder.PointerTo(end), RecordType.A, [1, 2, 3, 4]) },
            { $"answer record 1: {Backwards}", Owned([1, (byte)'a', .. MessageBuilder.PointerTo(end)], RecordType.A, [1, 2, 3, 4]) },
            { $"answer record 1: {Backwards}", Owned([1, (byte)'a', .. MessageBuilder.PointerTo(end + 2)], RecordType.A, [1, 2, 3, 4]) },
            { $"answer record 1: {Backwards}", Owned(MessageBuilder.PointerTo(end + 12), RecordType.A, [0, 2, 3, 4]) },
            { $"answer record 1: {Backwards}", Owned(MessageBuilder.PointerTo(0x3FFF), RecordType.A, [1, 2, 3, 4]) },
            { $"answer record 1: {Backwards}", Owned(MessageBuilder.PointerTo(11), RecordType.A, [1, 2, 3, 4]) },
            { $"answer record 1: {Backwards}", Owned(MessageBuilder.PointerTo(0), RecordType.A, [1, 2, 3, 4]) },
            { $"answer record 1: data: {Backwards}", Owned([0], RecordType.PTR, MessageBuilder.PointerTo(end + 11)) },
            { $"answer record 2: {Backwards}", Two(MessageBuilder.PointerTo(12), [.. MessageBuilder.PointerTo(end + 16)]) },
            { "answer record 2: name is cut off", Two([0], MessageBuilder.PointerTo(end + 11)) },
            { "answer record 1: OPT outside the additional section", Reply().Answer(".", RecordType.OPT, 0, [], 1232).ToArray() },
            { "authority record 1: OPT outside the additional section", Reply().Authority(".", RecordType.OPT, 0, [], 1232).ToArray() },
            { "additional record 2: a second OPT", Reply().Opt().Opt().ToArray() },
            { "additional record 1: OPT is not owned by the root", Reply().Additional("a", RecordType.OPT, 0, [], 1232).ToArray() },
            { "additional record 1: name is cut off", Reply().Count(MessageSection.Additional, 65535).ToArray() },
        };
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_message_is_broken_and_says_where(string problem, byte[] message) =>
        Assert.Equal(problem, Messages.ReadProblem(message, Name, RecordType.A));

    [Fact]
    public void A_record_that_nobody_asked_for_breaks_the_reply_too()
    {
        var message = Reply().A("10.0.0.1").Additional("other", RecordType.PTR, 1, [0xC0]).ToArray();
        Assert.Equal("additional record 1: data: name is cut off", Messages.ReadProblem(message, Name, RecordType.A));
    }

    [Fact]
    public void An_error_code_with_broken_records_is_broken()
    {
        var message = MessageBuilder.ReplyTo(Name, RecordType.A, code: 2).Count(MessageSection.Additional, 1).ToArray();
        Assert.Equal("additional record 1: name is cut off", Messages.ReadProblem(message, Name, RecordType.A));
    }

    [Theory]
    [InlineData(253, true)]
    [InlineData(254, true)]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_compressed_name_has_255_octets_at_most(int octets, bool isSound)
    {
        const RecordType Unknown = (RecordType)65280;
        // One label of 63 octets in all, and a pointer to the others.
        string label = new('a', 63);
        var tail = $"{label}.{label}.{new string('b', octets - 193)}";
        var builder = Reply();
        byte[] name = [62, .. Enumerable.Repeat((byte)'c', 62), .. MessageBuilder.PointerTo(builder.Position)];
        builder.Record(MessageSection.Answer, MessageBuilder.Name(tail), Unknown, 1, [])
            .Record(MessageSection.Answer, name, Unknown, 1, []);
        Assert.Equal(octets, 63 + MessageBuilder.Name(tail).Length);
        var reply = Messages.Read(builder.ToArray(), Name, RecordType.A);
        Assert.Equal(isSound ? null : "answer record 2: name is longer than 255 octets", (reply as Outcome.Malformed)?.Problem);
    }

    [Theory]
    [InlineData(126, true)]
    [InlineData(127, false)]
    public void A_name_has_126_pointers_at_most(int pointers, bool isSound)
    {
        // Pointers to pointers, each to the one before, in the data of a record of a type that is not read.
        var builder = Reply();
        var first = builder.Position + 11;
        List<byte> chain = [.. MessageBuilder.PointerTo(12)];
        for (var i = 1; i < pointers - 1; i++)
        {
            chain.AddRange(MessageBuilder.PointerTo(first + (2 * (i - 1))));
        }

        builder.Answer(".", (RecordType)99, 1, [.. chain])
            .Record(MessageSection.Answer, MessageBuilder.PointerTo(first + chain.Count - 2), RecordType.A, 1, [10, 0, 0, 1]);
        var reply = Messages.Read(builder.ToArray(), Name, RecordType.A);
        Assert.Equal(isSound ? null : "answer record 2: name has too many compression pointers", (reply as Outcome.Malformed)?.Problem);
        Assert.Equal(isSound, reply is Outcome.Responded { Answer: Answer.Records });
    }

    private static MessageBuilder Reply() => MessageBuilder.ReplyTo(Name, RecordType.A);

    private static byte[] Owned(byte[] owner, RecordType type, byte[] data, int? dataLength = null) =>
        Reply().Record(MessageSection.Answer, owner, type, 1, data, dataLength: dataLength).ToArray();

    private static byte[] Data(RecordType type, byte[] data) => Reply().Answer("a", type, 1, data).ToArray();

    private static byte[] Two(byte[] first, byte[] second) => Reply()
        .Record(MessageSection.Answer, first, RecordType.A, 1, [3, 2, 3, 4])
        .Record(MessageSection.Answer, second, RecordType.A, 1, [1, 2, 3, 4])
        .ToArray();
}
