using BenchmarkDotNet.Attributes;
using DnsGate.Core.Dns;

namespace DnsGate.Bench.Wire;

/// <summary>Writing and reading DNS messages, without the network.</summary>
[MemoryDiagnoser]
public class WireBenchmarks
{
    private readonly byte[] buffer = new byte[QueryWriter.MaxLength];
    private readonly Query query = WireMessages.Ask(WireMessages.Pod, RecordType.A);
    private readonly (byte[] Message, Query Query) address = WireMessages.OneAddress();
    private readonly (byte[] Message, Query Query) addresses = WireMessages.ManyAddresses(90);
    private readonly (byte[] Message, Query Query) aliases = WireMessages.Aliases(8);
    private readonly (byte[] Message, Query Query) missing = WireMessages.Missing();
    private readonly (byte[] Message, Query Query) hostile = WireMessages.Hostile();

    [Benchmark(Description = "write a query")]
    public int Write() => QueryWriter.Write(query, buffer);

    [Benchmark(Description = "is it the reply to the query?")]
    public bool IsReplyTo() => ReplyReader.IsReplyTo(address.Message, address.Query);

    [Benchmark(Description = "read a reply: one address")]
    public object? ReadAddress() => Read(address);

    [Benchmark(Description = "read a reply: 90 addresses")]
    public object? ReadAddresses() => Read(addresses);

    [Benchmark(Description = "read a reply: 8 aliases and an address")]
    public object? ReadAliases() => Read(aliases);

    [Benchmark(Description = "read a reply: NXDOMAIN with its SOA")]
    public object? ReadMissing() => Read(missing);

    [Benchmark(Description = "read a reply made to be slow: 64 KiB, 3,900 records, names in 125 pieces, 16 aliases")]
    public object? ReadHostile() => Read(hostile);

    private static Outcome? Read(in (byte[] Message, Query Query) reply) => ReplyReader.Read(reply.Message, reply.Query);
}
