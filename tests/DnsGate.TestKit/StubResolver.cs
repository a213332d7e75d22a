using System.Net;
using DnsClient;
using DnsClient.Protocol;

namespace DnsGate.TestKit;

/// <summary>
/// Asks one name server as an application does: RD=1, and nothing kept. This is DnsClient, which shares no code with the
/// product or with the servers of this kit.
/// </summary>
public static class StubResolver
{
    /// <summary>
    /// A client of one server. It sends a question once, and throws <see cref="DnsResponseException"/> when nothing arrives in time.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="timeout">Time for one question.</param>
    public static LookupClient For(IPEndPoint server, TimeSpan timeout) => new(OptionsFor(server, timeout));

    /// <summary>The options of <see cref="For"/>, to change some of them.</summary>
    public static LookupClientOptions OptionsFor(IPEndPoint server, TimeSpan timeout) =>
        new(server) { Timeout = timeout, Retries = 0, UseCache = false, ExtendedDnsBufferSize = 1232 };

    /// <summary>The data of the answers of one type, as text: an address, or a name without the trailing dot.</summary>
    public static IReadOnlyList<string> DataOf(IDnsQueryResponse response, QueryType type) =>
        [.. response.Answers.Where(record => (int)record.RecordType == (int)type).Select(DataOf)];

    private static string DataOf(DnsResourceRecord record) => record switch
    {
        AddressRecord address => address.Address.ToString(),
        PtrRecord pointer => pointer.PtrDomainName.Value.TrimEnd('.'),
        CNameRecord alias => alias.CanonicalName.Value.TrimEnd('.'),
        _ => throw new ArgumentException($"no text for {record}", nameof(record)),
    };
}
