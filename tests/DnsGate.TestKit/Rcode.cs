namespace DnsGate.TestKit;

/// <summary>Response codes (RFC 1035 §4.1.1); any other number up to 15 may be cast.</summary>
public enum Rcode
{
    /// <summary>Success: records, or none (NODATA).</summary>
    NoError = 0,

    /// <summary>The server could not read the query; old servers say it to EDNS.</summary>
    FormErr = 1,

    /// <summary>The server failed; CoreDNS before its informers synced.</summary>
    ServFail = 2,

    /// <summary>The name does not exist.</summary>
    NxDomain = 3,

    /// <summary>The server does not support this kind of query.</summary>
    NotImp = 4,

    /// <summary>The server does not want to answer.</summary>
    Refused = 5,
}
