using System.Diagnostics.CodeAnalysis;

namespace DnsGate.Core.Dns;

/// <summary>
/// The way from the name asked for, along the CNAME records of the answer section, to the records of the type asked for (RFC 1034 §4.3.2
/// and §5.3.3). Needs a message that <see cref="ReplySurvey"/> found sound.
/// </summary>
internal ref struct AliasChain
{
    private readonly ReadOnlySpan<byte> message;
    private readonly RecordType type;
    private NameBuffer owner;

    private AliasChain(ReadOnlySpan<byte> message, RecordType type)
    {
        this.message = message;
        this.type = type;
        Ttl = uint.MaxValue;
    }

    /// <summary>The number of records of the type asked for at the end, repeated ones counted; may be 0.</summary>
    internal int Matches { get; private set; }

    /// <summary>Seconds: the least TTL of the CNAME records followed and of the records at the end.</summary>
    internal uint Ttl { get; private set; }

    /// <summary>Follows the chain to its end.</summary>
    /// <param name="message">The message.</param>
    /// <param name="query">The query it answers.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="problem">Why it has no end, for people.</param>
    internal static bool TryFollow(
        ReadOnlySpan<byte> message, in Query query, out AliasChain chain, [NotNullWhen(false)] out string? problem)
    {
        chain = new AliasChain(message, query.Type);
        chain.owner.TryAppend(query.Name.Wire);
        for (var aliases = 0; aliases <= ReplyReader.MaxAliases; aliases++)
        {
            if (!chain.TryStep(out var isEnd, out problem))
            {
                return false;
            }

            if (isEnd)
            {
                return true;
            }
        }

        problem = $"CNAME loop, or a chain of more than {ReplyReader.MaxAliases}, from {query.Name}";
        return false;
    }

    /// <summary>Looks for records at the current name, and goes on to what it is an alias of.</summary>
    private bool TryStep(out bool isEnd, [NotNullWhen(false)] out string? problem)
    {
        NameBuffer target = default;
        var isAlias = false;
        MessageReader.TryOpen(message, out var reader);
        while (reader.TryReadRecord(out var record) && record.Section == MessageSection.Answer)
        {
            if (!IsOf(owner, record) || (record.Type != type && record.Type != RecordType.CNAME))
            {
                continue;
            }

            Ttl = Math.Min(Ttl, record.Ttl);
            Matches += record.Type == type ? 1 : 0;
            if (record.Type == RecordType.CNAME)
            {
                var another = RecordDataReader.TargetOf(record);
                if (isAlias && !another.IsSameAs(target.Wire))
                {
                    // RFC 2181 §10.1 allows one; which of them an application follows is anybody's guess.
                    isEnd = false;
                    problem = $"two CNAME records for {owner.ToName()}";
                    return false;
                }

                target = another;
                isAlias = true;
            }
        }

        isEnd = !isAlias || type == RecordType.CNAME;

        // RFC 1034 §3.6.2 forbids it, and resolvers differ in which of the two they believe.
        problem = !isEnd && Matches > 0 ? $"a CNAME record together with {type} records for {owner.ToName()}" : null;
        owner = isEnd ? owner : target;
        return problem is null;
    }

    /// <summary>
    /// Why applications would not read the answer section as this chain does, for people; null when they do. The C library and c-ares go
    /// through the records once, in their order. Go, musl and newer c-ares take every record of the type, whatever its owner.
    /// </summary>
    /// <param name="query">The query it answers.</param>
    internal readonly string? FindMisreading(in Query query)
    {
        NameBuffer name = default;
        name.TryAppend(query.Name.Wire);
        MessageReader.TryOpen(message, out var reader);
        while (reader.TryReadRecord(out var record) && record.Section == MessageSection.Answer)
        {
            if (record.Type == type && record.Class == ResourceRecord.ClassIN)
            {
                if (!IsOf(owner, record))
                {
                    return $"{type} record of {record.Owner.ToName()}, another name than {owner.ToName()}: some applications would use it";
                }

                if (!name.IsSameAs(owner.Wire))
                {
                    return $"{type} record of {owner.ToName()} before the CNAME record that leads to it: the C library would not find it";
                }
            }
            else if (record.Type == RecordType.CNAME && IsOf(name, record))
            {
                name = RecordDataReader.TargetOf(record);
            }
        }

        return null;
    }

    /// <summary>Whether a record is one of those at the end of the chain.</summary>
    internal readonly bool EndsWith(in ResourceRecord record) => record.Type == type && IsOf(owner, record);

    private static bool IsOf(in NameBuffer owner, in ResourceRecord record) =>
        record.Class == ResourceRecord.ClassIN && record.Owner.IsSameAs(owner.Wire);
}
