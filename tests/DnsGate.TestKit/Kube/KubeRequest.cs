namespace DnsGate.TestKit;

/// <summary>A request that a <see cref="KubeApiServer"/> received.</summary>
public sealed record KubeRequest
{
    private readonly HttpHead _head;

    internal KubeRequest(HttpHead head, long connection, TimeSpan receivedAt)
    {
        _head = head;
        Path = head.Path;
        Query = head.Query;
        Connection = connection;
        ReceivedAt = receivedAt;
    }

    /// <summary>The method.</summary>
    public string Method => _head.Method;

    /// <summary>The path, decoded.</summary>
    public string Path { get; }

    /// <summary>The parameters, decoded.</summary>
    public IReadOnlyDictionary<string, string> Query { get; }

    /// <summary>The fields of the head; names in any case.</summary>
    public IReadOnlyDictionary<string, string> Fields => _head.Fields;

    /// <summary>The connection that it came over: 1 is the server's first.</summary>
    public long Connection { get; }

    /// <summary>When, on the server's clock since it was made.</summary>
    public TimeSpan ReceivedAt { get; }

    /// <summary>The bearer token, or null.</summary>
    public string? Token => Fields.GetValueOrDefault("Authorization") is ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var token] ? token : null;

    /// <summary>Whether it is a WATCH.</summary>
    public bool IsWatch => Query.GetValueOrDefault("watch") is "1" or "true";

    /// <summary>What RBAC calls it.</summary>
    public KubeVerbs Verb => IsWatch ? KubeVerbs.Watch : KubeVerbs.List;

    /// <summary>The resource version asked for; 0 when there is none, which the API reads as "any".</summary>
    public long ResourceVersion => long.TryParse(Query.GetValueOrDefault("resourceVersion"), out long version) ? version : 0;

    /// <summary>Whether the client says that it reads gzip.</summary>
    public bool AcceptsGzip => Fields.GetValueOrDefault("Accept-Encoding", "").Split(',', ';').Any(coding => coding.Trim() is "gzip");

    /// <summary>Whether the connection is to be closed after the answer.</summary>
    public bool Closes => Fields.GetValueOrDefault("Connection", "").Equals("close", StringComparison.OrdinalIgnoreCase);
}
