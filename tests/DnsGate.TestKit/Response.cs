namespace DnsGate.TestKit;

/// <summary>One datagram of a response; over TCP, one message with its length before it.</summary>
/// <param name="Bytes">The octets: a DNS message, or anything else.</param>
public sealed record Datagram(byte[] Bytes)
{
    /// <summary>When it is sent, counted from the receipt of the query.</summary>
    public TimeSpan After { get; init; }

    /// <summary>Whether it comes from another socket, that is from another port of the server's address: a stranger.</summary>
    public bool FromAnotherSocket { get; init; }
}

/// <summary>How a server behaves on the TCP connection on which the query came.</summary>
public enum TcpManner
{
    /// <summary>Sends each message with its length, and keeps the connection open for more queries.</summary>
    Orderly,

    /// <summary>Closes without an answer.</summary>
    Closes,

    /// <summary>Resets the connection without an answer.</summary>
    Resets,

    /// <summary>Sends octets with no sense, the length included, and closes.</summary>
    Garbage,

    /// <summary>Sends the length and the first half of the message, and no more; the connection stays open.</summary>
    HalfThenHangs,

    /// <summary>Sends the length and the first half of the message, and closes.</summary>
    HalfThenCloses,

    /// <summary>Sends octet by octet, <see cref="Response.DripInterval"/> apart.</summary>
    Drips,
}

/// <summary>What a server sends in reply to one query: nothing, one datagram or many, each at its time.</summary>
/// <param name="Datagrams">The datagrams; an empty list is silence.</param>
public sealed record Response(IReadOnlyList<Datagram> Datagrams)
{
    /// <summary>How it is sent when the query came over TCP; without meaning over UDP.</summary>
    public TcpManner Tcp { get; init; } = TcpManner.Orderly;

    /// <summary>The time between two octets of <see cref="TcpManner.Drips"/>.</summary>
    public TimeSpan DripInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The reply that a message is to a query.</summary>
    public static Response Write(ReceivedQuery query, DnsMessage message) => new([new Datagram(message.Encode(query))]);

    /// <summary>Octets as they are, one datagram each.</summary>
    public static Response Raw(params byte[][] datagrams) => new([.. datagrams.Select(bytes => new Datagram(bytes))]);

    /// <summary>The same, later.</summary>
    public Response Delayed(TimeSpan by) => Select(datagram => datagram with { After = datagram.After + by });

    /// <summary>The same with every datagram changed.</summary>
    public Response Select(Func<Datagram, Datagram> change) => this with { Datagrams = [.. Datagrams.Select(change)] };

    /// <summary>The same with the octets of every datagram changed; the function gets a copy that it may write to.</summary>
    public Response Tampered(Func<byte[], byte[]> change) => Select(datagram => datagram with { Bytes = change([.. datagram.Bytes]) });

    /// <summary>This, and then the datagrams of another response.</summary>
    public Response Then(Response? next) => next is null ? this : this with { Datagrams = [.. Datagrams, .. next.Datagrams] };
}
