using System.Buffers.Binary;

namespace DnsGate.Core.Dns;

/// <summary>
/// A cursor over one DNS message (RFC 1035 §4): questions first, then the records of the three sections, each once and in their order. It
/// allocates nothing, reads nothing outside the message, and takes at most as many steps as the message has octets, times a constant.
/// </summary>
internal ref struct MessageReader
{
    /// <summary>TYPE, CLASS, TTL and RDLENGTH.</summary>
    private const int FixedFieldsLength = 10;

    private readonly ReadOnlySpan<byte> message;
    private int position;
    private MessageSection section;
    private int number;
    private int left;
    private string? fault;

    private MessageReader(ReadOnlySpan<byte> message, MessageHeader header)
    {
        this.message = message;
        Header = header;
        position = MessageHeader.Length;
        section = MessageSection.Question;
        left = header.QuestionCount;
    }

    public MessageHeader Header { get; }

    /// <summary>
    /// Why the last Try… was false, for people: "answer record 2: data leaves the message"; null when the message simply has no more.
    /// </summary>
    public readonly string? Problem => fault is null ? null : Describe(fault);

    /// <summary>Begins to read a message.</summary>
    /// <param name="message">The message; without the length in front of it that TCP adds (RFC 1035 §4.2.2).</param>
    /// <param name="reader">The cursor, behind the header.</param>
    /// <returns>False when the message is shorter than a header.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> message, out MessageReader reader)
    {
        var isReadable = MessageHeader.TryRead(message, out var header);
        reader = isReadable ? new MessageReader(message, header) : default;
        return isReadable;
    }

    /// <summary>Reads the next question, as long as no record was read.</summary>
    /// <param name="question">The question.</param>
    /// <returns>False after the last one, or at a fault: see <see cref="Problem"/>.</returns>
    public bool TryReadQuestion(out QuestionSection question)
    {
        question = default;
        if (fault is not null || section != MessageSection.Question || left == 0)
        {
            return false;
        }

        Advance();
        if (!NameReader.TryRead(message, ref position, ref question.NameRoom, out fault))
        {
            return false;
        }

        if (message.Length - position < 4)
        {
            fault = "type and class leave the message";
            return false;
        }

        question.Type = (RecordType)TakeUInt16();
        question.Class = TakeUInt16();
        return true;
    }

    /// <summary>
    /// Reads the next record of the answer, authority and additional sections, in this order; questions not read are passed over.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <returns>False after the last one, or at a fault: see <see cref="Problem"/>.</returns>
    public bool TryReadRecord(out ResourceRecord record)
    {
        record = default;
        while (TryReadQuestion(out _))
        {
        }

        if (fault is not null || !TryFindNext())
        {
            return false;
        }

        Advance();
        if (!NameReader.TryRead(message, ref position, ref record.OwnerRoom, out fault))
        {
            return false;
        }

        if (message.Length - position < FixedFieldsLength)
        {
            fault = "type, class, TTL and length leave the message";
            return false;
        }

        record.Section = section;
        record.Type = (RecordType)TakeUInt16();
        record.Class = TakeUInt16();
        record.TtlField = BinaryPrimitives.ReadUInt32BigEndian(message[position..]);
        position += sizeof(uint);
        int length = TakeUInt16();
        if (message.Length - position < length)
        {
            fault = "data leaves the message";
            return false;
        }

        record.SetData(message, position, length);
        position += length;
        return true;
    }

    /// <summary>A sentence about the entry read last: "answer record 2: " and what is wrong.</summary>
    internal readonly string Describe(string what) => section == MessageSection.Question
        ? $"question: {what}"
        : $"{NameOf(section)} record {number}: {what}";

    private static string NameOf(MessageSection section) => section switch
    {
        MessageSection.Answer => "answer",
        MessageSection.Authority => "authority",
        _ => "additional",
    };

    /// <summary>Goes to the section that the next record stands in.</summary>
    private bool TryFindNext()
    {
        while (left == 0 && section != MessageSection.Additional)
        {
            section++;
            number = 0;
            left = section switch
            {
                MessageSection.Answer => Header.AnswerCount,
                MessageSection.Authority => Header.AuthorityCount,
                _ => Header.AdditionalCount,
            };
        }

        return left > 0;
    }

    private void Advance()
    {
        left--;
        number++;
    }

    private ushort TakeUInt16()
    {
        var value = BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
        position += sizeof(ushort);
        return value;
    }
}
