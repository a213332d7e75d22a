namespace DnsGate.TestKit;

/// <summary>How a WATCH from a resource version that is forgotten is refused.</summary>
public enum ExpiredAnswer
{
    /// <summary>By an ERROR event in an answer of status 200, as the watch cache of current API servers does.</summary>
    Event,

    /// <summary>By HTTP status 410.</summary>
    Status,
}
