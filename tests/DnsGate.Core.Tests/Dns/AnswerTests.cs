using System.Collections.Immutable;
using System.Net;
using DnsGate.Core.Dns;

namespace DnsGate.Core.Tests.Dns;

public sealed class AnswerTests
{
    private const string Name = "www.example";

    [Fact]
    public void Records_are_read_in_the_order_of_the_message()
    {
        var message = Reply().A("10.0.0.2").A("10.0.0.1").ToArray();
        var records = Assert.IsType<Answer.Records>(Messages.ReadAnswer(message, Name, RecordType.A));
        Assert.Equal([Address("10.0.0.2"), Address("10.0.0.1")], records.Data);
    }

    [Fact]
    public void The_data_of_each_type_is_read()
    {
        Assert.Equal([Address("2001:db8::1")], ReadOne(RecordType.AAAA, MessageBuilder.Address("2001:db8::1")));
        Assert.Equal([new RecordData.Pointer(Messages.ToName("a.b"))], ReadOne(RecordType.PTR, MessageBuilder.Name("A.b")));
        Assert.Equal([new RecordData.Pointer(Messages.ToName("ns.b"))], ReadOne(RecordType.NS, MessageBuilder.Name("ns.b")));
        Assert.Equal([new RecordData.Pointer(Messages.ToName("c"))], ReadOne(RecordType.CNAME, MessageBuilder.Name("c")));
        Assert.Equal(
            [new RecordData.Service(Messages.ToName("h.x"), 2181)], ReadOne(RecordType.SRV, MessageBuilder.ServiceData("h.x", 2181)));
        Assert.Equal(
            [new RecordData.Authority(Messages.ToName("ns.x"), 0xFFFFFFFE)],
            ReadOne(RecordType.SOA, MessageBuilder.AuthorityData("ns.x", 0xFFFFFFFE)));
    }

    [Fact]
    public void Names_in_data_may_be_compressed_and_keep_their_case()
    {
        byte[] soa = [2, (byte)'N', (byte)'s', .. MessageBuilder.PointerTo(16),
            .. MessageBuilder.PointerTo(12), .. MessageBuilder.UInt32(9), .. new byte[16]];
        var authority = Assert.IsType<RecordData.Authority>(Assert.Single(ReadOne(RecordType.SOA, soa)));
        Assert.Equal("Ns.example", authority.Primary.ToString());
        Assert.Equal(9u, authority.Serial);
        byte[] srv = [0, 0, 0, 0, 0, 80, .. MessageBuilder.PointerTo(16)];
        Assert.Equal([new RecordData.Service(Messages.ToName("example"), 80)], ReadOne(RecordType.SRV, srv));
    }

    [Fact]
    public void A_repeated_record_counts_once()
    {
        var message = Reply().A("10.0.0.1").A("10.0.0.2").A("10.0.0.1").ToArray();
        Assert.Equal([Address("10.0.0.1"), Address("10.0.0.2")], ReadRecords(message, RecordType.A).Data);
        var pointers = MessageBuilder.ReplyTo(Name, RecordType.PTR)
            .Answer(Name, RecordType.PTR, 1, MessageBuilder.Name("a.b"))
            .Answer(Name, RecordType.PTR, 1, MessageBuilder.Name("A.B"))
            .ToArray();
        Assert.Single(ReadRecords(pointers, RecordType.PTR).Data);
    }

    [Fact]
    public void Records_of_other_types_classes_and_sections_are_no_answer()
    {
        var message = Reply()
            .Answer("other.example", RecordType.AAAA, 1, MessageBuilder.Address("::1"))
            .Answer("other.example", RecordType.A, 1, MessageBuilder.Address("10.0.0.1"), recordClass: 3)
            .Answer(Name, RecordType.AAAA, 1, MessageBuilder.Address("::1"))
            .Answer(Name, (RecordType)46, 1, [1, 2, 3])
            .Answer(Name, RecordType.A, 1, MessageBuilder.Address("10.0.0.3"), recordClass: 3)
            .Authority(Name, RecordType.A, 1, MessageBuilder.Address("10.0.0.4"))
            .Additional(Name, RecordType.A, 1, MessageBuilder.Address("10.0.0.5"))
            .ToArray();
        Assert.Equal(new Answer.NoData(null), Messages.ReadAnswer(message, Name, RecordType.A));
    }

    [Theory]
    [InlineData(30u, 20u, 20u)]
    [InlineData(0u, 20u, 0u)]
    [InlineData(0x7FFFFFFFu, 0x7FFFFFFFu, 0x7FFFFFFFu)]
    [InlineData(30u, 0x80000000u, 0u)]
    [InlineData(30u, 0xFFFFFFFFu, 0u)]
    public void The_TTL_is_the_least_and_0_when_its_top_bit_is_set(uint first, uint second, uint expected)
    {
        var message = Reply()
            .Answer(Name, RecordType.A, first, MessageBuilder.Address("10.0.0.1"))
            .Answer(Name, RecordType.A, second, MessageBuilder.Address("10.0.0.2"))
            .Answer("other.example", RecordType.AAAA, 0, MessageBuilder.Address("::1"))
            .ToArray();
        Assert.Equal(expected, ReadRecords(message, RecordType.A).Ttl);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void The_TTL_of_a_negative_answer_is_that_of_the_SOA_record_itself(int code)
    {
        Assert.Equal(Negative(code, 30), ReadNegative(code, builder => builder.Soa(30)));
        Assert.Equal(Negative(code, 0), ReadNegative(code, builder => builder.Soa(0x80000001)));
        Assert.Equal(Negative(code, 10), ReadNegative(code, builder => builder.Soa(20).Soa(10).Soa(30)));
        Assert.Equal(Negative(code, null), ReadNegative(code, builder => builder));
        Assert.Equal(
            Negative(code, null),
            ReadNegative(code, builder => builder.Additional("example", RecordType.SOA, 5, MessageBuilder.AuthorityData("ns", 1))));
        Assert.Equal(
            Negative(code, null),
            ReadNegative(
                code, builder => builder.Authority("example", RecordType.SOA, 5, MessageBuilder.AuthorityData("ns", 1), recordClass: 3)));
    }

    [Fact]
    public void Every_response_code_but_NOERROR_and_NXDOMAIN_is_a_server_error_whatever_the_records()
    {
        for (var code = 0; code < 4096; code++)
        {
            if (code is not (0 or 3))
            {
                var message = MessageBuilder.ReplyTo(Name, RecordType.A, code & 0xF).A("10.0.0.1").Opt(code >> 4).ToArray();
                Assert.Equal(new Answer.ServerError((ResponseCode)code), Messages.ReadAnswer(message, Name, RecordType.A));
            }
        }
    }

    [Fact]
    public void BADVERS_is_server_error_16_and_another_EDNS_version_alone_is_no_error()
    {
        var badVersion = Reply().Opt(upperCode: 1, version: 1).ToArray();
        Assert.Equal(new Answer.ServerError(ResponseCode.BadVers), Messages.ReadAnswer(badVersion, Name, RecordType.A));
        var newer = Reply().A("10.0.0.1").Opt(upperCode: 0, version: 1).ToArray();
        Assert.Single(ReadRecords(newer, RecordType.A).Data);
    }

    [Fact]
    public void An_error_without_a_question_is_a_server_error()
    {
        var bare = new MessageBuilder { Flags = 0x8101 }.ToArray();
        Assert.Equal(new Answer.ServerError(ResponseCode.FormErr), Messages.ReadAnswer(bare, Name, RecordType.A));
    }

    [Fact]
    public void TC_comes_first_of_all_whatever_follows()
    {
        var cut = Reply().Count(MessageSection.Answer, 2000).Raw([1, 2, 3]);
        cut.Flags = 0x8382;
        Assert.Null(Messages.Read(cut.ToArray(), Name, RecordType.A));
    }

    [Theory]
    [InlineData(0x8100, false, false)]
    [InlineData(0x8180, true, false)]
    [InlineData(0x8500, false, true)]
    [InlineData(0x8580, true, true)]
    public void RA_and_AA_are_told(int flags, bool recursionAvailable, bool authoritative)
    {
        var message = new MessageBuilder { Flags = (ushort)flags }.Question(Name, RecordType.A).ToArray();
        var reply = Assert.IsType<Outcome.Responded>(Messages.Read(message, Name, RecordType.A));
        Assert.Equal((recursionAvailable, authoritative), (reply.RecursionAvailable, reply.Authoritative));
    }

    [Fact]
    public void NXDOMAIN_together_with_records_is_broken()
    {
        var message = MessageBuilder.ReplyTo(Name, RecordType.A, code: 3).A("10.0.0.1").ToArray();
        Assert.Equal("NXDOMAIN together with records of the type asked for", Messages.ReadProblem(message, Name, RecordType.A));
    }

    [Fact]
    public void Octets_behind_the_last_record_are_not_looked_at()
    {
        var message = Reply().A("10.0.0.1").Raw([0xFF, 0xFF, 0xFF]).ToArray();
        Assert.Single(ReadRecords(message, RecordType.A).Data);
    }

    [Fact]
    public void As_many_records_are_read_as_a_message_holds_and_repeated_ones_count_once()
    {
        const int Count = 4000;
        var builder = Reply();
        for (var i = 0; i < Count; i++)
        {
            builder.Record(MessageSection.Answer, MessageBuilder.PointerTo(12), RecordType.A, 1, [10, 0, (byte)(i >> 8), (byte)i]);
        }

        builder.Record(MessageSection.Answer, MessageBuilder.PointerTo(12), RecordType.A, 1, [10, 0, 0, 0]);
        Assert.InRange(builder.ToArray().Length, 64000, 65535);
        Assert.Equal(Count, ReadRecords(builder.ToArray(), RecordType.A).Data.Length);
    }

    private static MessageBuilder Reply() => MessageBuilder.ReplyTo(Name, RecordType.A);

    private static RecordData.Address Address(string text) => new(IPAddress.Parse(text));

    private static Answer Negative(int code, uint? ttl) => code == 3 ? new Answer.NxDomain(ttl) : new Answer.NoData(ttl);

    private static Answer ReadNegative(int code, Func<MessageBuilder, MessageBuilder> add) =>
        Messages.ReadAnswer(add(MessageBuilder.ReplyTo(Name, RecordType.A, code)).ToArray(), Name, RecordType.A);

    private static Answer.Records ReadRecords(byte[] message, RecordType type) =>
        Assert.IsType<Answer.Records>(Messages.ReadAnswer(message, Name, type));

    private static ImmutableArray<RecordData> ReadOne(RecordType type, byte[] data) =>
        ReadRecords(MessageBuilder.ReplyTo(Name, type).Answer(Name, type, 30, data).ToArray(), type).Data;
}
