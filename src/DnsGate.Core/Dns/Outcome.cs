namespace DnsGate.Core.Dns;

/// <summary>
/// What happened to one question: a closed set. What a reply says is an <see cref="Answer"/>, and only <see cref="Responded"/> has one.
/// </summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>Whether the server gave a sign of life. Silence is excused by <c>--require</c>; nothing else is.</summary>
    public bool IsSilence => this is TimedOut or Unreachable or CutOff or NotSent;

    /// <summary>
    /// The remaining time to live of an answer, positive or negative: seconds; null where it has none, as an error, a
    /// negative answer without SOA, or silence.
    /// </summary>
    public uint? Ttl => (this as Responded)?.Answer switch
    {
        Answer.Records records => records.Ttl,
        Answer.NoData noData => noData.Ttl,
        Answer.NxDomain nxDomain => nxDomain.Ttl,
        _ => null,
    };

    /// <summary>A well-formed reply.</summary>
    /// <param name="Answer">What it says.</param>
    /// <param name="RecursionAvailable">
    /// RA. CoreDNS's kubernetes plugin answers with RA=0; RA=1 there means the answer was forwarded.
    /// </param>
    /// <param name="Authoritative">AA (RFC 1035 §4.1.1): without it, a server that should know the zone itself does not.</param>
    public sealed record Responded(Answer Answer, bool RecursionAvailable, bool Authoritative = false) : Outcome;

    /// <summary>A reply to this question, with the right header, that cannot be read.</summary>
    /// <param name="Problem">Which part and what is wrong with it, for people: "answer record 2: data leaves the message".</param>
    public sealed record Malformed(string Problem) : Outcome;

    /// <summary>Nothing came in time.</summary>
    public sealed record TimedOut : Outcome;

    /// <summary>The network reported that the server cannot be reached (ICMP, or a refused connection).</summary>
    /// <param name="Problem">What it said, for people.</param>
    public sealed record Unreachable(string Problem) : Outcome
    {
        /// <summary>Whether the connection was refused: the packet arrived, and nothing listens at that port.</summary>
        public bool IsRefused { get; init; }
    }

    /// <summary>The deadline of the verb ended the wait before the time of the question was over: says nothing about the server.</summary>
    public sealed record CutOff : Outcome;

    /// <summary>This pod could not send the question (no local port, descriptor or memory): says nothing about the server.</summary>
    /// <param name="Problem">What is missing, for people.</param>
    public sealed record NotSent(string Problem) : Outcome;
}
