using System.Globalization;

namespace DnsGate.Core.Dns;

/// <summary>
/// The response codes that DnsGate tells apart (IANA "DNS Parameters", RCODEs; the upper eight bits are in OPT, RFC 6891 §6.1.3).
/// </summary>
internal enum ResponseCode : ushort
{
    /// <summary>No error: records, or NODATA when the answer holds none.</summary>
    NoError = 0,

    /// <summary>The server could not read the query (RFC 1035 §4.1.1); servers older than EDNS say so of an OPT record.</summary>
    FormErr = 1,

    /// <summary>The server failed; CoreDNS before its first sync with the API server.</summary>
    ServFail = 2,

    /// <summary>The name does not exist (RFC 1035 §4.1.1, RFC 8020).</summary>
    NXDomain = 3,

    /// <summary>The kind of query is not implemented.</summary>
    NotImp = 4,

    /// <summary>Refused for reasons of policy.</summary>
    Refused = 5,

    /// <summary>The server does not know this version of EDNS (RFC 6891 §6.1.3).</summary>
    BadVers = 16,
}

/// <summary>Response codes in words.</summary>
internal static class ResponseCodes
{
    /// <summary>The name of a response code, or its number where it has none here.</summary>
    public static string Name(this ResponseCode code) =>
        Enum.IsDefined(code) ? code.ToString().ToUpperInvariant() : string.Create(CultureInfo.InvariantCulture, $"RCODE{(ushort)code}");
}
