
namespace DnsGate.Core.Model;

/// <summary>In what state an endpoint was found (EndpointConditions of discovery.k8s.io/v1).</summary>
internal enum EndpointCondition
{
    /// <summary>In service, or nothing is known against it.</summary>
    Serving,

    /// <summary><c>ready</c> is false: its node may have died, and clients are not sent there.</summary>
    NotReady,

    /// <summary><c>terminating</c>: it answers from frozen data until its lameduck time is over.</summary>
    Terminating,
}

/// <summary>One name server of a view.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Source">Where it was found, for people: <c>static</c>, <c>resolv.conf</c>.</param>
/// <param name="Samples">
/// How often a question is asked in one round: more than once where one address may stand for several servers.
/// </param>
/// <param name="MayForward">Whether it is known to be no CoreDNS endpoint, so that RA=1 in its replies means nothing.</param>
internal sealed record Server(ServerAddress Address, string Source, int Samples = 1, bool MayForward = false)
{
    /// <summary>
    /// Samples of an address that may be virtual; each leaves from a new source port, so that each is balanced separately.
    /// </summary>
    public const int SamplesOfVirtualAddress = 8;

    /// <summary>In what state discovery found it.</summary>
    public EndpointCondition Condition { get; init; }

    /// <summary>Whether its answer counts; one that does not is asked and shown all the same.</summary>
    public bool Required => Condition == EndpointCondition.Serving;
}
