using DnsGate.Core.Dns;

namespace DnsGate.Ask;

/// <summary>What one exchange with one server came to. Neither a reply nor a problem: silence.</summary>
/// <param name="Reply">The reply to the query.</param>
/// <param name="NetworkProblem">What the network said instead.</param>
internal readonly record struct ExchangeResult(Reply? Reply, string? NetworkProblem)
{
    /// <summary>Datagrams that were sent for it.</summary>
    public int Datagrams { get; init; } = 1;

    /// <summary>Nothing came in time.</summary>
    public static readonly ExchangeResult Silence = new(null, null);

    public static ExchangeResult FromReply(Reply reply) => new(reply, null);

    public static ExchangeResult Failed(string problem) => new(null, problem);
}
