using System.Net;
using DnsGate.Core.Dns;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGate.Core.Tests.Dns;

public sealed class WireProperties
{
    private static readonly Gen<byte> Octet = Gen.Choose(0, 255).Select(value => (byte)value);

    /// <summary>Names of every number of labels and every octet, nearly as long as they may be.</summary>
    private static readonly Gen<DnsName> Name =
        from lengths in Gen.Choose(1, DnsName.MaxLabelLength).ArrayOf()
        from octets in Octet.ArrayOf(DnsName.MaxWireLength)
        select ToName(lengths, octets);

    private static readonly Arbitrary<DnsName> Names = Name.ToArbitrary();

    [Fact]
    public void A_name_written_as_text_reads_back_as_the_same_octets() =>
        Hold(Prop.ForAll(Names, name => Messages.ToName(name.ToString()).Wire.SequenceEqual(name.Wire)));

    [Fact]
    public void A_name_written_as_text_prints() =>
        Hold(Prop.ForAll(Names, name => name.ToString().All(character => character is >= '!' and <= '~')));

    [Fact]
    public void The_order_of_names_is_total_and_agrees_with_equality() =>
        Hold(Prop.ForAll(Names, Names, Names, (a, b, c) =>
            Math.Sign(a.CompareTo(b)) == -Math.Sign(b.CompareTo(a))
            && (a.CompareTo(b) == 0) == a.Equals(b)
            && !(a <= b && b <= c && !(a <= c))));

    [Fact]
    public void Text_is_either_a_name_or_a_problem()
    {
        var texts = Gen.Elements("aZ-_09.\\\".25; é\0@".ToCharArray()).ArrayOf().Select(characters => new string(characters));
        Hold(Prop.ForAll(texts.ToArbitrary(), text => DnsName.TryParse(text, out var name, out var problem)
            ? problem is null && Messages.ToName(name.ToString()) == name
            : name is null && problem.Length > 0));
    }

    [Fact]
    public void A_query_says_what_was_asked()
    {
        var queries =
            from name in Name
            from id in Gen.Choose(0, 65535)
            from flags in Gen.Choose(0, 15)
            from type in Gen.Elements(RecordType.A, RecordType.AAAA, RecordType.PTR, RecordType.SOA, RecordType.NS, RecordType.SRV)
            let edns = (flags & 8) != 0
            select new Query((ushort)id, name, type, (flags & 1) != 0, (flags & 2) != 0, edns && (flags & 4) != 0, edns);
        Hold(Prop.ForAll(queries.ToArbitrary(), query => Decode(QueryWriterTests.Write(query)) == query));
    }

    [Fact]
    public void Addresses_in_a_message_are_the_addresses_read()
    {
        Gen<(DnsName Name, byte[][] Data, uint Ttl)> replies =
            from name in Name
            from size in Gen.Elements(4, 16)
            from data in Octet.ArrayOf(size).NonEmptyListOf()
            from ttl in Gen.Choose(0, int.MaxValue)
            select (name, data.ToArray(), (uint)ttl);
        Hold(Prop.ForAll(replies.ToArbitrary(), reply =>
        {
            var type = reply.Data[0].Length == 4 ? RecordType.A : RecordType.AAAA;
            var builder = new MessageBuilder().Question(reply.Name.Wire.ToArray(), type);
            foreach (var data in reply.Data)
            {
                builder.Record(MessageSection.Answer, MessageBuilder.PointerTo(12), type, reply.Ttl, data);
            }

            var records = ReadRecords(builder, new Query(0x1234, reply.Name, type));
            return records.Ttl == reply.Ttl
                && records.Data.SequenceEqual(reply.Data.Select(data => new RecordData.Address(new IPAddress(data))).Distinct());
        }));
    }

    [Fact]
    public void Names_in_a_message_are_the_names_read() =>
        Hold(Prop.ForAll(Names, Names, (owner, target) =>
        {
            byte[] data = [0, 1, 0, 2, 0, 3, .. target.Wire];
            var builder = new MessageBuilder()
                .Question(owner.Wire.ToArray(), RecordType.SRV)
                .Record(MessageSection.Answer, owner.Wire.ToArray(), RecordType.SRV, 1, data);
            var records = ReadRecords(builder, new Query(0x1234, owner, RecordType.SRV));
            return records.Data[0] is RecordData.Service { Port: 3 } service && service.Target.Wire.SequenceEqual(target.Wire);
        }));

    private static void Hold(Property property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true), property);

    private static Answer.Records ReadRecords(MessageBuilder builder, Query query)
    {
        var message = builder.ToArray();
        Assert.True(ReplyReader.IsReplyTo(message, query));
        return Assert.IsType<Answer.Records>(Assert.IsType<DnsGate.Core.Dns.Outcome.Responded>(ReplyReader.Read(message, query)).Answer);
    }

    private static DnsName ToName(int[] lengths, byte[] octets)
    {
        List<byte> wire = [];
        foreach (var length in lengths.TakeWhile(length => wire.Count + 1 + length < DnsName.MaxWireLength))
        {
            wire.Add((byte)length);
            wire.AddRange(octets.AsSpan(wire.Count, length));
        }

        return DnsName.FromWire([.. wire, 0]);
    }

    /// <summary>Reads a query by RFC 1035 §4.1 and RFC 6891 §6.1, without the product's reader.</summary>
    private static Query Decode(byte[] message)
    {
        int UInt16At(int at) => (message[at] << 8) | message[at + 1];
        var end = 12;
        while (message[end] != 0)
        {
            end += 1 + message[end];
        }

        var name = message[12..(end + 1)];
        var edns = message.Length > end + 5;
        Assert.Equal((1, 0, 0, edns ? 1 : 0), (UInt16At(4), UInt16At(6), UInt16At(8), UInt16At(10)));
        Assert.Equal(0, UInt16At(2) & ~0x0110);
        Assert.Equal(1, UInt16At(end + 3));
        var opt = message[(end + 5)..];
        if (edns)
        {
            Assert.Equal([0, 0, 41, 1232 >> 8, 1232 & 0xFF, 0, 0], opt[..7]);
            Assert.Equal(0, opt[7] & 0x7F);
            Assert.Equal([0, 0, 0], opt[8..]);
        }

        return new Query(
            (ushort)UInt16At(0),
            DnsName.FromWire(name),
            (RecordType)UInt16At(end + 1),
            (message[2] & 1) != 0,
            (message[3] & 0x10) != 0,
            edns && opt[7] == 0x80,
            edns);
    }
}
