using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace DnsGate.Core.Dns;

/// <summary>Reads replies: which message is one, and what it says.</summary>
internal static class ReplyReader
{
    /// <summary>The most CNAME records followed: more than resolvers do in practice, and an end to loops.</summary>
    public const int MaxAliases = 16;

    /// <summary>
    /// Whether a message is a reply to the query: the one predicate for UDP, where a stranger is ignored, and TCP, where it is an error.
    /// Id, QR, opcode and the one question (name in any case, type, class) have to be those of the query (RFC 5452 §9.1).
    /// </summary>
    /// <remarks>
    /// A reply without a question counts when it is an error other than NXDOMAIN: servers older than EDNS answer FORMERR with the bare
    /// header, and some refuse like that. An attacker who guesses the id can at worst keep the gate closed with it.
    /// </remarks>
    /// <param name="message">What came from the server's address.</param>
    /// <param name="query">The query sent there.</param>
    public static bool IsReplyTo(ReadOnlySpan<byte> message, in Query query)
    {
        if (!MessageReader.TryOpen(message, out var reader))
        {
            return false;
        }

        var header = reader.Header;
        if (header.Id != query.Id || !header.IsResponse || header.Opcode != 0)
        {
            return false;
        }

        if (header.QuestionCount == 0)
        {
            return header.LowerResponseCode is not (ResponseCode.NoError or ResponseCode.NXDomain);
        }

        return header.QuestionCount == 1
            && reader.TryReadQuestion(out var question)
            && question.Type == query.Type
            && question.Class == ResourceRecord.ClassIN
            && question.Name.IsSameAs(query.Name.Wire);
    }

    /// <summary>
    /// What a reply says. It never throws for what a peer sent; the slowest message of 64 KiB took 80 ms.
    /// </summary>
    /// <remarks>
    /// The sections are read strictly to the last record counted, used or not: a reply with one broken record may be broken in
    /// any. Records of other classes than IN are passed over, as the C libraries do. Repeated records count once, since a set of
    /// records has no duplicates (RFC 2181 §5).
    /// </remarks>
    /// <param name="message">A message for which <see cref="IsReplyTo"/> is true.</param>
    /// <param name="query">The query; of any <see cref="RecordType"/> but OPT.</param>
    /// <returns>
    /// What the server said, or what is wrong with the message; null when it is truncated (TC=1): it
    /// has to be asked for over TCP (RFC 7766 §5).
    /// </returns>
    public static Outcome? Read(ReadOnlySpan<byte> message, in Query query)
    {
        if (!MessageReader.TryOpen(message, out var reader))
        {
            return new Outcome.Malformed("shorter than a header");
        }

        var header = reader.Header;
        if (header.IsTruncated)
        {
            // First of all: what follows may be cut anywhere, and even an error code is worth the question over TCP.
            return null;
        }

        return ReplySurvey.TryMake(ref reader, out var survey, out var problem)
            && TryReadAnswer(message, query, header, survey, out var answer, out problem)
            ? new Outcome.Responded(answer, header.RecursionAvailable, header.IsAuthoritative)
            : new Outcome.Malformed(problem);
    }

    private static bool TryReadAnswer(
        ReadOnlySpan<byte> message,
        in Query query,
        in MessageHeader header,
        in ReplySurvey survey,
        [NotNullWhen(true)] out Answer? answer,
        [NotNullWhen(false)] out string? problem)
    {
        var code = (ResponseCode)((survey.UpperResponseCode << 4) | (int)header.LowerResponseCode);
        (answer, problem) = (null, null);
        if (code is not (ResponseCode.NoError or ResponseCode.NXDomain))
        {
            answer = new Answer.ServerError(code);
            return true;
        }

        if (!AliasChain.TryFollow(message, query, out var chain, out problem))
        {
            return false;
        }

        if (code == ResponseCode.NXDomain && chain.Matches > 0)
        {
            // The code is about the end of the chain (RFC 6604 §3): both cannot be true of it.
            problem = "NXDOMAIN together with records of the type asked for";
            return false;
        }

        problem = code == ResponseCode.NoError ? chain.FindMisreading(query) : null;
        if (problem is not null)
        {
            return false;
        }

        answer = (code, chain.Matches) switch
        {
            (ResponseCode.NXDomain, _) => new Answer.NxDomain(survey.AuthorityTtl) { Zone = ZoneOf(message, query) },
            (_, 0) => new Answer.NoData(survey.AuthorityTtl) { Zone = ZoneOf(message, query) },
            _ => new Answer.Records(Collect(message, chain), chain.Ttl),
        };
        return true;
    }

    /// <summary>The owner of the SOA record in the authority section (RFC 2308 §2.1): where the zone that denies the name begins.</summary>
    private static DnsName? ZoneOf(ReadOnlySpan<byte> message, in Query query)
    {
        MessageReader.TryOpen(message, out var reader);
        while (query.Type == RecordType.SOA && reader.TryReadRecord(out var record))
        {
            if (record is { Type: RecordType.SOA, Section: MessageSection.Authority, Class: ResourceRecord.ClassIN })
            {
                return record.Owner.ToName();
            }
        }

        return null;
    }

    private static ImmutableArray<RecordData> Collect(ReadOnlySpan<byte> message, scoped in AliasChain chain)
    {
        var data = ImmutableArray.CreateBuilder<RecordData>(chain.Matches);
        // A message of 64 KiB holds some thousand records; the few of an honest answer are compared with each other.
        var seen = chain.Matches > 64 ? new HashSet<RecordData>(chain.Matches) : null;
        MessageReader.TryOpen(message, out var reader);
        while (reader.TryReadRecord(out var record) && record.Section == MessageSection.Answer)
        {
            if (chain.EndsWith(record))
            {
                var value = RecordDataReader.Read(record);
                if (seen?.Add(value) ?? !data.Contains(value))
                {
                    data.Add(value);
                }
            }
        }

        return data.DrainToImmutable();
    }
}
