using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using DnsGate.Core.Dns;
using DnsGate.Core.Model;

namespace DnsGate.Core.Tests.Rules;

/// <summary>
/// What a server says, as the tables of the tests write it: <c>A 10.244.2.9 ttl 12; PTR NXDOMAIN ra</c>. What is not
/// mentioned is what a right server says of an IPv4 pod: its A, NODATA for AAAA, its name as the PTR, TTL 30, RA=0.
/// <c>ra</c> and <c>aa</c> set these bits; <c>all SILENCE</c> is for every type, <c>right</c> changes
/// nothing, <c>own</c> stands for the own name.
/// </summary>
internal sealed class FakeAnswers
{
    private readonly Dictionary<RecordType, Outcome> outcomes = [];

    private FakeAnswers(string text)
    {
        Hear("A 10.244.1.7");
        Hear("AAAA NODATA");
        Hear("PTR own");
        foreach (var clause in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            Hear(clause);
        }
    }

    /// <summary>A server that says this.</summary>
    public static FakeAnswers By(string text) => new(text);

    /// <summary>What becomes of a question there.</summary>
    public Outcome To(Question question) => outcomes[question.Type];

    /// <summary>The outcome that these words stand for.</summary>
    public static Outcome Outcome(RecordType type, string words)
    {
        var rest = words.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        var (ra, aa) = (rest.Remove("ra"), rest.Remove("aa"));
        uint? ttl = 30;
        if (rest.IndexOf("ttl") is >= 0 and var at)
        {
            ttl = rest[at + 1] == "none" ? null : uint.Parse(rest[at + 1], CultureInfo.InvariantCulture);
            rest.RemoveRange(at, 2);
        }

        return rest[0] switch
        {
            "SILENCE" => new Outcome.TimedOut(),
            "UNREACHABLE" => new Outcome.Unreachable("connection refused") { IsRefused = true },
            "NOROUTE" => new Outcome.Unreachable("host unreachable"),
            "CUTOFF" => new Outcome.CutOff(),
            "NOTSENT" => new Outcome.NotSent("no local port is free"),
            "GARBAGE" => new Outcome.Malformed("answer record 1: data leaves the message"),
            "NXDOMAIN" => new Outcome.Responded(new Answer.NxDomain(ttl), ra, aa),
            "NODATA" => new Outcome.Responded(new Answer.NoData(ttl), ra, aa),
            "SERVFAIL" => Error(ResponseCode.ServFail, ra),
            "REFUSED" => Error(ResponseCode.Refused, ra),
            "NOTIMP" => Error(ResponseCode.NotImp, ra),
            "FORMERR" => Error(ResponseCode.FormErr, ra),
            "RCODE9" => Error((ResponseCode)9, ra),
            _ => new Outcome.Responded(new Answer.Records([.. rest.Select(word => Data(type, word))], ttl ?? 0), ra, aa),
        };
    }

    private static Outcome.Responded Error(ResponseCode code, bool ra) => new(new Answer.ServerError(code), ra);

    private static RecordData Data(RecordType type, string word) =>
        type == RecordType.PTR
            ? new RecordData.Pointer(word == "own" ? Fixtures.Name : Fixtures.NameOf(word))
            : new RecordData.Address(IPAddress.Parse(word));

    private void Hear(string clause)
    {
        if (clause == "right")
        {
            return;
        }

        var (subject, words) = (clause[..clause.IndexOf(' ', StringComparison.Ordinal)],
            clause[(clause.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        ImmutableArray<RecordType> types = subject == "all"
            ? [RecordType.A, RecordType.AAAA, RecordType.PTR]
            : [Enum.Parse<RecordType>(subject)];
        foreach (var type in types)
        {
            outcomes[type] = Outcome(type, words);
        }
    }
}
