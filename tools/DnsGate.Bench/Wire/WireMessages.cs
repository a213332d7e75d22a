using System.Buffers.Binary;
using DnsGate.Core.Dns;
using DnsGate.TestKit;

namespace DnsGate.Bench.Wire;

/// <summary>Replies to read, each with the query it answers.</summary>
internal static class WireMessages
{
    public const string Pod = "zk-0.zk-headless.prod.svc.cluster.local";

    // Replies to queries that no socket received have this id.
    private const ushort Id = 0;

    public static Query Ask(string name, RecordType type) =>
        DnsName.TryParse(name, out var parsed, out var problem)
            ? new Query(Id, parsed, type)
            : throw new ArgumentException(problem, nameof(name));

    public static (byte[] Message, Query Query) OneAddress() => ReplyOf(DnsMessage.WithAnswers(Rr.Address(Pod, "10.244.1.7")));

    public static (byte[] Message, Query Query) ManyAddresses(int count) =>
        ReplyOf(DnsMessage.WithAnswers([.. Enumerable.Range(1, count).Select(i => Rr.Address(Pod, $"10.244.1.{i}"))]));

    public static (byte[] Message, Query Query) Aliases(int count)
    {
        string[] names = [Pod, .. Enumerable.Range(1, count).Select(i => $"alias-{i}.example.com")];
        return ReplyOf(
            DnsMessage.WithAnswers([.. names.Zip(names.Skip(1), (from, to) => Rr.Cname(from, to)), Rr.Address(names[^1], "10.244.1.7")]));
    }

    public static (byte[] Message, Query Query) Missing() => ReplyOf(DnsMessage.NxDomain(Rr.Soa("cluster.local")));

    /// <summary>
    /// The slowest message that the bounds of the reader let through: as many records as 64 KiB hold, each owned by a name in as many
    /// pieces as one may have, and as many aliases as are followed: the answer section is walked once more for each of them.
    /// </summary>
    public static (byte[] Message, Query Query) Hostile()
    {
        const int labels = 127;
        const int records = 3900;
        var query = Ask(string.Join('.', Enumerable.Repeat("a", labels)), RecordType.A);
        List<byte> message = [0, 0, 0x81, 0x80];
        foreach (var count in (int[])[1, records, 0, 0])
        {
            AddUInt16(message, count);
        }

        message.AddRange(query.Name.Wire);
        AddUInt16(message, (int)RecordType.A);
        AddUInt16(message, 1);

        // A record of a type nobody reads carries the pieces: "a" and the root, "a" and a pointer to it, "a" and a pointer to that, ...
        const int pieces = labels - 2;
        AddRecord(message, owner: 12, type: 65280, dataLength: 3 + 4 * (pieces - 1));
        var top = message.Count;
        message.AddRange([1, (byte)'a', 0]);
        for (var i = 1; i < pieces; i++)
        {
            var below = top;
            top = message.Count;
            message.AddRange([1, (byte)'a']);
            AddPointer(message, below);
        }

        // The aliases: from the name asked for to names that differ in their first label only.
        var from = 12;
        for (var i = 0; i < ReplyReader.MaxAliases; i++)
        {
            AddRecord(message, from, (int)RecordType.CNAME, dataLength: 4);
            from = message.Count;
            message.AddRange([1, (byte)('c' + i)]);
            AddPointer(message, top);
        }

        for (var i = ReplyReader.MaxAliases + 1; i < records; i++)
        {
            AddRecord(message, from, (int)RecordType.A, dataLength: 4, [10, 244, 1, 7]);
        }

        return Checked([.. message], query);
    }

    private static (byte[] Message, Query Query) ReplyOf(DnsMessage answer) =>
        Checked(answer.Encode(ReceivedQuery.Create(Pod, RrType.A) with { OverTcp = true }), Ask(Pod, RecordType.A));

    // A reply that is refused at its first octets would be read very fast.
    private static (byte[] Message, Query Query) Checked(byte[] message, Query query) =>
        ReplyReader.IsReplyTo(message, query) && ReplyReader.Read(message, query) is Outcome.Responded
            ? (message, query)
            : throw new BenchmarkFailedException($"a message is not what it is meant to be: {ReplyReader.Read(message, query)}");

    private static void AddRecord(List<byte> message, int owner, int type, int dataLength, params ReadOnlySpan<byte> data)
    {
        AddPointer(message, owner);
        AddUInt16(message, type);
        AddUInt16(message, 1);
        AddUInt16(message, 0);
        AddUInt16(message, 30);
        AddUInt16(message, dataLength);
        message.AddRange(data);
    }

    private static void AddPointer(List<byte> message, int target) => AddUInt16(message, 0xC000 | target);

    private static void AddUInt16(List<byte> message, int value)
    {
        Span<byte> octets = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)value);
        message.AddRange(octets);
    }
}
