using System.Net;
using DnsGate.Core.Dns;

namespace DnsGate.Core.Tests.Dns;

public sealed class AliasTests
{
    private const string Name = "www.example";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(ReplyReader.MaxAliases)]
    public void A_chain_is_followed_to_its_end(int aliases)
    {
        var records = Assert.IsType<Answer.Records>(Messages.ReadAnswer(Chain(aliases, reversed: false), Name, RecordType.A));
        Assert.Equal([new RecordData.Address(IPAddress.Parse("10.0.0.1"))], records.Data);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(ReplyReader.MaxAliases)]
    public void A_chain_that_is_out_of_order_is_broken_because_the_C_library_finds_nothing_in_it(int aliases) => Assert.Equal(
        $"A record of a{aliases}.example before the CNAME record that leads to it: the C library would not find it",
        Messages.ReadProblem(Chain(aliases, reversed: true), Name, RecordType.A),
        ignoreCase: true);

    [Theory]
    [InlineData(
        "an address before its alias",
        "123485800001000200000000027a6b076578616d706c6504746573740000010001"
        + "0161c017000100010000003c00040a090807c00c000500010000003c00040161c017",
        "A record of a.test before the CNAME record that leads to it: the C library would not find it")]
    [InlineData(
        "an address of another name beside the right one",
        "123485800001000200000000027a6b076578616d706c6504746573740000010001"
        + "c00c000100010000003c00040a0908070161c017000100010000003c00040a090806",
        "A record of a.test, another name than zk.example.test: some applications would use it")]
    [InlineData(
        "an address of another name alone",
        "123485800001000100000000027a6b076578616d706c65047465737400000100010161c017000100010000003c00040a090806",
        "A record of a.test, another name than zk.example.test: some applications would use it")]
    public void A_reply_that_applications_read_in_different_ways_is_broken(string what, string hex, string problem) =>
        Assert.Equal((what, problem), (what, Messages.ReadProblem(Convert.FromHexString(hex), "zk.example.test", RecordType.A)));

    [Fact]
    public void A_chain_that_is_too_long_is_broken() => AssertLoop(Chain(ReplyReader.MaxAliases + 1, reversed: false), RecordType.A);

    [Fact]
    public void A_loop_is_broken()
    {
        AssertLoop(Reply().Alias(Name, Name).ToArray(), RecordType.A);
        AssertLoop(Reply().Alias(Name, "a").Alias("a", "B").Alias("b", Name).ToArray(), RecordType.A);
        AssertLoop(Reply().Alias(Name, "a").Alias("a", "a").ToArray(), RecordType.A);
        AssertLoop(MessageBuilder.ReplyTo(Name, RecordType.A, code: 3).Alias(Name, Name).ToArray(), RecordType.A);
    }

    [Fact]
    public void The_TTL_is_the_least_along_the_chain()
    {
        var message = Reply().Alias(Name, "a", ttl: 9).Alias("a", "b", ttl: 4).Answer("b", RecordType.A, 7, [10, 0, 0, 1]).ToArray();
        Assert.Equal(4u, Assert.IsType<Answer.Records>(Messages.ReadAnswer(message, Name, RecordType.A)).Ttl);
    }

    [Fact]
    public void A_chain_whose_end_has_no_record_is_NODATA_with_the_TTL_of_the_SOA()
    {
        var message = Reply().Alias(Name, "a").Answer("a", RecordType.AAAA, 30, new byte[16]).Soa(12).ToArray();
        Assert.Equal(new Answer.NoData(12), Messages.ReadAnswer(message, Name, RecordType.A));
    }

    [Fact]
    public void A_chain_whose_end_does_not_exist_is_NXDOMAIN()
    {
        var message = MessageBuilder.ReplyTo(Name, RecordType.A, code: 3).Alias(Name, "a").Soa(12).ToArray();
        Assert.Equal(new Answer.NxDomain(12), Messages.ReadAnswer(message, Name, RecordType.A));
    }

    [Fact]
    public void NXDOMAIN_with_records_at_the_end_of_the_chain_is_broken()
    {
        var message = MessageBuilder.ReplyTo(Name, RecordType.A, code: 3)
            .Alias(Name, "a")
            .Answer("a", RecordType.A, 1, [10, 0, 0, 1])
            .ToArray();
        Assert.Equal("NXDOMAIN together with records of the type asked for", Messages.ReadProblem(message, Name, RecordType.A));
    }

    [Fact]
    public void A_CNAME_beside_records_of_the_type_asked_for_is_broken()
    {
        var message = Reply().A("10.0.0.1").Alias(Name, "a").Answer("a", RecordType.A, 1, [10, 0, 0, 1]).ToArray();
        Assert.Equal("a CNAME record together with A records for www.example", Messages.ReadProblem(message, Name, RecordType.A));
        var later = Reply().Alias(Name, "a").Alias("a", "b").Answer("a", RecordType.A, 1, [10, 0, 0, 1]).ToArray();
        Assert.Equal("a CNAME record together with A records for a", Messages.ReadProblem(later, Name, RecordType.A));
    }

    [Fact]
    public void Two_CNAME_records_for_one_name_are_broken_and_one_repeated_is_not()
    {
        var two = Reply().Alias(Name, "a").Alias(Name, "b").ToArray();
        Assert.Equal("two CNAME records for www.example", Messages.ReadProblem(two, Name, RecordType.A));
        var same = Reply().Alias(Name, "a").Alias(Name, "A").Answer("a", RecordType.A, 1, [10, 0, 0, 1]).ToArray();
        Assert.IsType<Answer.Records>(Messages.ReadAnswer(same, Name, RecordType.A));
    }

    [Fact]
    public void A_question_for_the_CNAME_itself_does_not_follow_it()
    {
        var message = MessageBuilder.ReplyTo(Name, RecordType.CNAME).Alias(Name, Name).ToArray();
        var records = Assert.IsType<Answer.Records>(Messages.ReadAnswer(message, Name, RecordType.CNAME));
        Assert.Equal([new RecordData.Pointer(Messages.ToName(Name))], records.Data);
    }

    [Fact]
    public void Aliases_outside_the_answer_section_or_the_class_are_not_followed()
    {
        var message = Reply()
            .Authority(Name, RecordType.CNAME, 1, MessageBuilder.Name("a"))
            .Answer(Name, RecordType.CNAME, 1, MessageBuilder.Name("a"), recordClass: 4)
            .Answer("a", RecordType.A, 1, [10, 0, 0, 1])
            .ToArray();
        Assert.Equal(new Answer.NoData(null), Messages.ReadAnswer(message, Name, RecordType.A));
    }

    [Fact]
    public void PTR_aliases_of_a_delegated_reverse_zone_are_followed()
    {
        var message = MessageBuilder.ReplyTo(Messages.Reverse, RecordType.PTR)
            .Alias(Messages.Reverse, "7.0-25.1.244.10.in-addr.arpa")
            .Answer("7.0-25.1.244.10.in-addr.arpa", RecordType.PTR, 3, MessageBuilder.Name(Messages.Pod))
            .ToArray();
        var records = Assert.IsType<Answer.Records>(Messages.ReadAnswer(message, Messages.Reverse, RecordType.PTR));
        Assert.Equal([new RecordData.Pointer(Messages.ToName(Messages.Pod))], records.Data);
    }

    private static MessageBuilder Reply() => MessageBuilder.ReplyTo(Name, RecordType.A);

    private static byte[] Chain(int aliases, bool reversed)
    {
        List<Action<MessageBuilder>> records = [];
        for (var i = 0; i < aliases; i++)
        {
            var owner = i == 0 ? Name : $"a{i}.example";
            var target = $"a{i + 1}.example";
            records.Add(builder => builder.Alias(owner, target));
        }

        records.Add(builder => builder.Answer($"A{aliases}.example", RecordType.A, 30, [10, 0, 0, 1]));
        if (reversed)
        {
            records.Reverse();
        }

        var message = Reply();
        records.ForEach(add => add(message));
        return message.ToArray();
    }

    private static void AssertLoop(byte[] message, RecordType type) =>
        Assert.Equal("CNAME loop, or a chain of more than 16, from www.example", Messages.ReadProblem(message, Name, type));
}
