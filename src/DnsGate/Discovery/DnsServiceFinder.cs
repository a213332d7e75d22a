using DnsGate.Ask;
using DnsGate.Core.Discovery;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;
using DnsGate.Core.Options;

namespace DnsGate.Discovery;

/// <summary>
/// Asks a DNS server of resolv.conf for the name of the Service that it is, until it has answered once. The answer decides only which
/// Service the API server is asked for first, and in which namespace the headless Service is looked for.
/// </summary>
/// <param name="question">The question; null where no server can be asked.</param>
/// <param name="domain">The cluster domain.</param>
/// <param name="client">Asks.</param>
/// <param name="timeout">Time for the question.</param>
/// <param name="time">The clock.</param>
internal sealed class DnsServiceFinder(
    Func<Lookup?> question, DnsName domain, NameServerClient client, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Time between two questions that find nothing.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    private long? askedAt;

    /// <summary>The Service; null while it is not known.</summary>
    public ServerSource.Kube? Found { get; private set; }

    /// <summary>Asks, if the Service is not known yet and the last question was some time ago.</summary>
    /// <param name="stop">Ends it, with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The datagrams that were sent.</returns>
    public async Task<int> FindAsync(CancellationToken stop)
    {
        if (Found is not null || (askedAt is { } at && time.GetElapsedTime(at) < RetryInterval) || question() is not { } lookup)
        {
            return 0;
        }

        askedAt = time.GetTimestamp();
        var results = await client.LookUpAsync([lookup], timeout, stop).ConfigureAwait(false);
        Found = DnsService.Read(results[0].Outcome, domain);
        return results[0].Datagrams;
    }
}
