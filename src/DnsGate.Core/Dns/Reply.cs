namespace DnsGate.Core.Dns;

/// <summary>A reply as read from the wire: either an answer, or why the message is broken, or a call to ask over TCP.</summary>
internal abstract record Reply
{
    private Reply()
    {
    }

    /// <summary>A well-formed reply.</summary>
    /// <param name="Answer">What it says.</param>
    /// <param name="RecursionAvailable">RA. CoreDNS's kubernetes plugin answers with RA=0; RA=1 there means the answer was forwarded.</param>
    /// <param name="Authoritative">AA (RFC 1035 §4.1.1).</param>
    public sealed record WellFormed(Answer Answer, bool RecursionAvailable, bool Authoritative) : Reply;

    /// <summary>TC=1: the answer did not fit, ask over TCP (RFC 7766 §5). What came is not looked at.</summary>
    public sealed record Truncated : Reply;

    /// <summary>The header is right and what follows is not.</summary>
    /// <param name="Problem">Which part and what is wrong with it, for people: "answer record 2: data leaves the message".</param>
    public sealed record Broken(string Problem) : Reply;
}
