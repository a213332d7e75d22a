using DnsGate.Core.Dns;

namespace DnsGate.Core.Tests.Dns;

/// <summary>In which zone a name is: what a negative answer to an SOA question tells (RFC 2308 §2.1).</summary>
public sealed class ZoneTests
{
    private const string Asked = "pods.zone.example";

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void The_zone_is_the_owner_of_the_SOA_in_the_authority_section(int code) =>
        Assert.Equal(Messages.ToName("zone.example"), ZoneOf(Negative(code).Authority("Zone.Example", RecordType.SOA, 30, Soa)));

    [Fact]
    public void The_zone_may_be_the_name_itself_or_the_root()
    {
        Assert.Equal(Messages.ToName(Asked), ZoneOf(Negative(0).Authority(Asked, RecordType.SOA, 30, Soa)));
        Assert.Equal(DnsName.Root, ZoneOf(Negative(3).Authority(".", RecordType.SOA, 30, Soa)));
    }

    [Fact]
    public void A_compressed_owner_is_read() =>
        Assert.Equal(
            Messages.ToName("zone.example"),
            ZoneOf(Negative(3).Record(MessageSection.Authority, MessageBuilder.PointerTo(12 + 5), RecordType.SOA, 30, Soa)));

    [Fact]
    public void Other_records_sections_and_classes_do_not_tell_the_zone()
    {
        Assert.Null(ZoneOf(Negative(0)));
        Assert.Null(ZoneOf(Negative(0).Authority("zone.example", RecordType.NS, 30, MessageBuilder.Name("ns.example"))));
        Assert.Null(ZoneOf(Negative(0).Authority("zone.example", RecordType.SOA, 30, Soa, recordClass: 3)));
        Assert.Null(ZoneOf(Negative(0).Additional("zone.example", RecordType.SOA, 30, Soa)));
        Assert.Equal(Messages.ToName("zone.example"), ZoneOf(Negative(0)
            .Authority("other.example", RecordType.NS, 30, MessageBuilder.Name("ns.example"))
            .Authority("zone.example", RecordType.SOA, 30, Soa)));
    }

    [Fact]
    public void The_zone_is_read_only_where_the_SOA_was_asked_for() =>
        Assert.Null(Zone(Messages.ReadAnswer(
            MessageBuilder.ReplyTo(Asked, RecordType.A, code: 3).Authority("zone.example", RecordType.SOA, 30, Soa).ToArray(),
            Asked, RecordType.A)));

    [Fact]
    public void A_name_with_an_SOA_is_a_zone_itself()
    {
        var records = Assert.IsType<Answer.Records>(
            Messages.ReadAnswer(Negative(0).Answer(Asked, RecordType.SOA, 30, Soa).ToArray(), Asked, RecordType.SOA));
        Assert.Equal([new RecordData.Authority(Messages.ToName("ns.example"), 7)], records.Data);
    }

    private static byte[] Soa => MessageBuilder.AuthorityData("ns.example", 7);

    private static MessageBuilder Negative(int code) => MessageBuilder.ReplyTo(Asked, RecordType.SOA, code);

    private static DnsName? ZoneOf(MessageBuilder message) => Zone(Messages.ReadAnswer(message.ToArray(), Asked, RecordType.SOA));

    private static DnsName? Zone(Answer answer) => answer switch
    {
        Answer.NoData noData => noData.Zone,
        Answer.NxDomain nxDomain => nxDomain.Zone,
        _ => throw new ArgumentException("not a negative answer", nameof(answer)),
    };
}
