// Exit code 0 when every server returns exactly this address for the name, no AAAA record, and the name for the address.
// usage: dnsclient-check PORT NAME ADDRESS SERVER...
using System.Net;
using DnsClient;

if (args is not [var port, var name, var address, .. var servers])
{
    return 2;
}

var expected = IPAddress.Parse(address);
var agreements = await Task.WhenAll(servers.Select(server => AgreesAsync(new IPEndPoint(IPAddress.Parse(server), int.Parse(port)))));
return agreements.Contains(false) ? 1 : 0;

async Task<bool> AgreesAsync(IPEndPoint server)
{
    LookupClient client = new(new LookupClientOptions(server) { UseCache = false, Timeout = TimeSpan.FromMilliseconds(500), Retries = 1 });
    try
    {
        var responses = await Task.WhenAll(
            client.QueryAsync(name, QueryType.A), client.QueryAsync(name, QueryType.AAAA), client.QueryReverseAsync(expected));
        return responses.All(response => !response.HasError)
            && responses[0].Answers.ARecords().Select(record => record.Address).ToHashSet().SetEquals([expected])
            && !responses[1].Answers.AaaaRecords().Any()
            && responses[2].Answers
                .PtrRecords()
                .Any(record => string.Equals(record.PtrDomainName.Value, $"{name}.", StringComparison.OrdinalIgnoreCase));
    }
    catch (DnsResponseException)
    {
        return false;
    }
}
