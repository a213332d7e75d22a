using System.Net;
using DnsGate.Ask;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Discovery;

/// <summary>
/// One question to an address where no DNS server can be. An answer proves that something answers DNS for every address, in the place of
/// the servers that were discovered. Nothing waits for it.
/// </summary>
/// <param name="ask">Asks, and says whether there was an answer.</param>
internal sealed class InterceptionCheck(Func<CancellationToken, Task<bool>> ask)
{
    /// <summary>The most datagrams that a proxy may pass on to a DNS server: the question and its resend.</summary>
    public const int Datagrams = 2;

    /// <summary>The documentation range (RFC 5737): no network routes it, and nothing is there.</summary>
    private static readonly ServerAddress Unassigned = new(IPAddress.Parse("192.0.2.1"));

    // At most; the time of one question ends it too. An answer that takes longer is not one of a proxy on the node.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private Task<bool>? answer;

    /// <summary>Whether the question was asked.</summary>
    public bool HasBegun => answer is not null;

    /// <summary>Whether it has been answered by now.</summary>
    public bool IsIntercepted => answer is { IsCompletedSuccessfully: true, Result: true };

    /// <summary>A check that really asks.</summary>
    /// <param name="client">Asks.</param>
    /// <param name="domain">
    /// The cluster domain. Its Service <c>kubernetes</c> always exists: a proxy that knows the cluster answers at once, and one that
    /// forwards the question leaves no NXDOMAIN in a cache.
    /// </param>
    public static InterceptionCheck Create(NameServerClient client, DnsName domain) => new(async stop =>
    {
        var name = DnsName.TryParse($"kubernetes.default.svc.{domain}", out var api, out _) ? api : domain;
        var results = await client.LookUpAsync([new Lookup(Unassigned, name, RecordType.A)], Timeout, stop).ConfigureAwait(false);
        return !results[0].Outcome.IsSilence;
    });

    /// <summary>Asks, and returns at once.</summary>
    /// <param name="stop">Ends the asking.</param>
    public void Begin(CancellationToken stop) => answer = ask(stop);
}
