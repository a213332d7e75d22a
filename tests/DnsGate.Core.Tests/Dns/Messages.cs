using DnsGate.Core.Dns;

namespace DnsGate.Core.Tests.Dns;

/// <summary>Replies of every usual form, as the corpus of the sweeps, and short ways to read them.</summary>
internal static class Messages
{
    public const string Pod = "zk-0.zk-headless.prod.svc.cluster.local";
    public const string Reverse = "7.1.244.10.in-addr.arpa";

    public static readonly (byte[] Message, Query Query)[] All =
    [
        (OneAddress(), Ask(Pod, RecordType.A)),
        (ChainToSixes(), Ask("www.example", RecordType.AAAA)),
        (Pointers(), Ask(Reverse, RecordType.PTR)),
        (MessageBuilder.ReplyTo("gone.example", RecordType.A, code: 3).Soa(30).Opt().ToArray(), Ask("gone.example", RecordType.A)),
        (MessageBuilder.ReplyTo("example", RecordType.A).Soa(30).Opt().ToArray(), Ask("example", RecordType.A)),
        (MessageBuilder.ReplyTo("example", RecordType.A, code: 2).Opt().ToArray(), Ask("example", RecordType.A)),
        (Authority(), Ask("example", RecordType.SOA)),
        (Services(), Ask("_x._tcp.example", RecordType.SRV)),
        (NameServers(), Ask("example", RecordType.NS)),
    ];

    public static DnsName ToName(string text) =>
        DnsName.TryParse(text, out var name, out var problem) ? name : throw new ArgumentException(problem, nameof(text));

    public static Query Ask(string name, RecordType type) => new(0x1234, ToName(name), type);

    /// <summary>The reply read, after it was seen to be one.</summary>
    public static Outcome? Read(byte[] message, string name, RecordType type)
    {
        var query = Ask(name, type);
        Assert.True(ReplyReader.IsReplyTo(message, query));
        return ReplyReader.Read(message, query);
    }

    public static Answer ReadAnswer(byte[] message, string name, RecordType type) =>
        Assert.IsType<Outcome.Responded>(Read(message, name, type)).Answer;

    public static string ReadProblem(byte[] message, string name, RecordType type) =>
        Assert.IsType<Outcome.Malformed>(Read(message, name, type)).Problem;

    private static byte[] OneAddress() => MessageBuilder.ReplyTo(Pod, RecordType.A)
        .Record(MessageSection.Answer, MessageBuilder.PointerTo(12), RecordType.A, 30, MessageBuilder.Address("10.244.1.7"))
        .Opt()
        .ToArray();

    private static byte[] ChainToSixes() => MessageBuilder.ReplyTo("www.example", RecordType.AAAA)
        .Alias("www.example", "a.example")
        .Alias("a.example", "b.example")
        .Answer("b.example", RecordType.AAAA, 20, MessageBuilder.Address("2001:db8::1"))
        .Answer("b.example", RecordType.AAAA, 20, MessageBuilder.Address("2001:db8::2"))
        .Soa(60)
        .Additional("b.example", RecordType.A, 20, MessageBuilder.Address("192.0.2.1"))
        .Opt()
        .ToArray();

    private static byte[] Pointers() => MessageBuilder.ReplyTo(Reverse, RecordType.PTR)
        .Record(MessageSection.Answer, MessageBuilder.PointerTo(12), RecordType.PTR, 30, MessageBuilder.Name(Pod))
        .Record(MessageSection.Answer, MessageBuilder.PointerTo(12), RecordType.PTR,
            30, [3, (byte)'z', (byte)'k', (byte)'x', .. MessageBuilder.PointerTo(23)])
        .ToArray();

    private static byte[] Authority() => MessageBuilder.ReplyTo("example", RecordType.SOA)
        .Answer("example", RecordType.SOA, 30, MessageBuilder.AuthorityData("ns.example", 1700000000))
        .ToArray();

    private static byte[] Services() => MessageBuilder.ReplyTo("_x._tcp.example", RecordType.SRV)
        .Answer("_x._tcp.example", RecordType.SRV, 30, MessageBuilder.ServiceData("a.example", 2181))
        .ToArray();

    private static byte[] NameServers() => MessageBuilder.ReplyTo("example", RecordType.NS)
        .Answer("example", RecordType.NS, 30, MessageBuilder.Name("ns1.example"))
        .Answer("example", RecordType.NS, 30, MessageBuilder.Name("ns2.example"))
        .Additional("ns1.example", RecordType.A, 30, MessageBuilder.Address("192.0.2.1"))
        .ToArray();
}
