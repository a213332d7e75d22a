using System.Diagnostics.CodeAnalysis;

namespace DnsGate.Core.Dns;

/// <summary>
/// What the whole of a reply has to be walked for: that every record is sound, the EDNS part of the response code, and the TTL of
/// a negative answer. Octets behind the last record that the header counts are not looked at: no section holds them, and every
/// other reader of the reply ignores them too.
/// </summary>
internal struct ReplySurvey
{
    /// <summary>The upper eight bits of the response code, from OPT (RFC 6891 §6.1.3).</summary>
    internal byte UpperResponseCode { get; private set; }

    /// <summary>Seconds: the least TTL of the SOA records in the authority section (RFC 2308 §3); null without one.</summary>
    internal uint? AuthorityTtl { get; private set; }

    private bool HasOpt { get; set; }

    /// <summary>Walks every section.</summary>
    /// <param name="reader">A cursor behind the header.</param>
    /// <param name="survey">What was seen.</param>
    /// <param name="problem">The first thing that is wrong, for people.</param>
    internal static bool TryMake(scoped ref MessageReader reader, out ReplySurvey survey, [NotNullWhen(false)] out string? problem)
    {
        survey = default;
        while (reader.TryReadRecord(out var record))
        {
            var fault = survey.Note(record);
            if (fault is not null)
            {
                problem = reader.Describe(fault);
                return false;
            }
        }

        problem = reader.Problem;
        return problem is null;
    }

    /// <summary>Takes one record in; returns what is wrong with it, or null.</summary>
    private string? Note(in ResourceRecord record)
    {
        if (record.Type == RecordType.OPT)
        {
            return NoteOpt(record);
        }

        if (!RecordDataReader.IsSound(record, out var fault))
        {
            return fault;
        }

        if (record is { Type: RecordType.SOA, Section: MessageSection.Authority, Class: ResourceRecord.ClassIN })
        {
            AuthorityTtl = Math.Min(AuthorityTtl ?? uint.MaxValue, record.Ttl);
        }

        return null;
    }

    private string? NoteOpt(in ResourceRecord record)
    {
        // Its options are not looked at: DnsGate asks for none, and the applications do not read them either.
        var fault = (record.Section != MessageSection.Additional, HasOpt, record.Owner.IsSameAs(DnsName.Root.Wire)) switch
        {
            (true, _, _) => "OPT outside the additional section",
            (_, true, _) => "a second OPT",
            (_, _, false) => "OPT is not owned by the root",
            _ => null,
        };
        HasOpt = true;
        UpperResponseCode = (byte)(record.TtlField >> 24);
        return fault;
    }
}
