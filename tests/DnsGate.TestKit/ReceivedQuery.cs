using System.Net;

namespace DnsGate.TestKit;

/// <summary>A query as a server received it.</summary>
public sealed record ReceivedQuery
{
    /// <summary>The name asked for, lower-cased, without trailing dot; bytes that do not print are <c>\DDD</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The type asked for.</summary>
    public required RrType Type { get; init; }

    /// <summary>The id of the query.</summary>
    public ushort Id { get; init; }

    /// <summary>The opcode; 0 is a standard query.</summary>
    public int Opcode { get; init; }

    /// <summary>Recursion desired.</summary>
    public bool RD { get; init; } = true;

    /// <summary>Checking disabled: in CoreDNS from 1.11.3 on it selects a cache partition of its own.</summary>
    public bool CD { get; init; }

    /// <summary>DNSSEC answer OK (from EDNS): in CoreDNS from 1.10.1 on it selects a cache partition of its own.</summary>
    public bool DO { get; init; }

    /// <summary>Whether the query has an OPT record.</summary>
    public bool HasEdns { get; init; }

    /// <summary>The largest UDP reply that the client takes, in octets: as EDNS says, at least 512.</summary>
    public int EdnsSize { get; init; } = 512;

    /// <summary>Whether the query came over TCP.</summary>
    public bool OverTcp { get; init; }

    /// <summary>The client's address and source port.</summary>
    public IPEndPoint Source { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>When it came, since the server started.</summary>
    public TimeSpan ReceivedAt { get; init; }

    /// <summary>When it came, as a timestamp of the server's <see cref="TimeProvider"/>: comparable between servers.</summary>
    public long Timestamp { get; init; }

    /// <summary>The octets of the question: name as the client spelled it, type, class.</summary>
    public byte[] Question { get; init; } = [];

    /// <summary>A query that no socket received: for asking a behaviour directly.</summary>
    public static ReceivedQuery Create(string name, RrType type, bool cd = false, bool @do = false, bool rd = true)
    {
        MessageWriter question = new(compress: false);
        question.Name(name);
        question.UInt16((int)type);
        question.UInt16(1);
        return new ReceivedQuery
        {
            Name = name.TrimEnd('.').ToLowerInvariant(),
            Type = type,
            RD = rd,
            CD = cd,
            DO = @do,
            HasEdns = true,
            EdnsSize = 1232,
            Question = question.ToArray(),
        };
    }

    /// <summary>The type, name, flags and transport in one line, for messages of failed assertions.</summary>
    public override string ToString() =>
        $"{ReceivedAt.TotalMilliseconds:f1} ms {Type} "
        + $"{Name}{(RD ? "" : " RD=0")}{(CD ? " CD" : "")}{(DO ? " DO" : "")}{(HasEdns ? "" : " no-EDNS")}"
        + $"{(OverTcp ? " TCP" : "")} from {Source}";
}
