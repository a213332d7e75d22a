using DnsGate.Core.Dns;

namespace DnsGate.Core.Tests.Dns;

public sealed class ReplyPredicateTests
{
    private static readonly Query Query = Messages.Ask("www.example", RecordType.A);

    public static TheoryData<string, byte[], bool> Table() => new()
    {
        { "id, QR, opcode and question are right", Reply().ToArray(), true },
        { "the name is in another case", new MessageBuilder().Question("wWw.EXAMPLE", RecordType.A).ToArray(), true },
        { "every response code may be said with the question",
            MessageBuilder.ReplyTo("www.example", RecordType.A, code: 3).ToArray(), true },
        { "records do not matter", Reply().Count(MessageSection.Answer, 9).ToArray(), true },
        { "another id", new MessageBuilder { Id = 0x1235 }.Question("www.example", RecordType.A).ToArray(), false },
        { "the id with its octets swapped", new MessageBuilder { Id = 0x3412 }.Question("www.example", RecordType.A).ToArray(), false },
        { "QR=0: a query, perhaps our own reflected",
            new MessageBuilder { Flags = 0x0100 }.Question("www.example", RecordType.A).ToArray(), false },
        { "opcode STATUS", new MessageBuilder { Flags = 0x9180 }.Question("www.example", RecordType.A).ToArray(), false },
        { "opcode NOTIFY", new MessageBuilder { Flags = 0xA180 }.Question("www.example", RecordType.A).ToArray(), false },
        { "another name", new MessageBuilder().Question("wwx.example", RecordType.A).ToArray(), false },
        { "a longer name", new MessageBuilder().Question("a.www.example", RecordType.A).ToArray(), false },
        { "the same letters in other labels", new MessageBuilder().Question("wwwe.xample", RecordType.A).ToArray(), false },
        { "another type", new MessageBuilder().Question("www.example", RecordType.AAAA).ToArray(), false },
        { "class CH", new MessageBuilder().Question("www.example", RecordType.A, recordClass: 3).ToArray(), false },
        { "class ANY", new MessageBuilder().Question("www.example", RecordType.A, recordClass: 255).ToArray(), false },
        { "the question twice", Reply().Question("www.example", RecordType.A).ToArray(), false },
        { "the question behind another",
            new MessageBuilder().Question("a.example", RecordType.A).Question("www.example", RecordType.A).ToArray(), false },
        { "a question that is counted and not there", new MessageBuilder().Count(MessageSection.Question, 1).ToArray(), false },
        { "a name that is cut off", new MessageBuilder().Raw([3, 119, 119]).Count(MessageSection.Question, 1).ToArray(), false },
        { "a question without its class", Reply().ToArray()[..^2], false },
        { "a name that points to itself", new MessageBuilder().Question(MessageBuilder.PointerTo(12), RecordType.A).ToArray(), false },
        { "a name that points into the header", new MessageBuilder().Question(MessageBuilder.PointerTo(4), RecordType.A).ToArray(), false },
        { "a header that is cut off", Reply().ToArray()[..11], false },
        { "nothing", [], false },
        { "no question, NOERROR", Bare(0), false },
        { "no question, NXDOMAIN", Bare(3), false },
        { "no question, FORMERR, as servers older than EDNS answer", Bare(1), true },
        { "no question, SERVFAIL", Bare(2), true },
        { "no question, NOTIMP", Bare(4), true },
        { "no question, REFUSED", Bare(5), true },
        { "no question, FORMERR, another id", new MessageBuilder { Id = 1, Flags = 0x8181 }.ToArray(), false },
        { "no question, FORMERR, QR=0", new MessageBuilder { Flags = 0x0101 }.ToArray(), false },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void A_message_is_a_reply_exactly_when(string row, byte[] message, bool expected)
    {
        Assert.NotEmpty(row);
        Assert.Equal(expected, ReplyReader.IsReplyTo(message, Query));
    }

    [Fact]
    public void The_query_itself_is_no_reply_to_it() => Assert.False(ReplyReader.IsReplyTo(QueryWriterTests.Write(Query), Query));

    [Fact]
    public void Each_single_bit_of_id_QR_opcode_count_and_question_matters()
    {
        var message = Reply().ToArray();
        for (var bit = 0; bit < message.Length * 8; bit++)
        {
            byte[] flipped = [.. message];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var isLetter = bit / 8 >= 12 && char.IsAsciiLetter((char)message[bit / 8]);
            var isFree = bit / 8 == 2 ? bit % 8 < 3 : bit / 8 is 3 or (>= 6 and < 12);
            Assert.Equal(isFree || (isLetter && bit % 8 == 5), ReplyReader.IsReplyTo(flipped, Query));
        }
    }

    private static MessageBuilder Reply() => MessageBuilder.ReplyTo("www.example", RecordType.A);

    private static byte[] Bare(int code) => new MessageBuilder { Flags = (ushort)(0x8100 | code) }.ToArray();
}
