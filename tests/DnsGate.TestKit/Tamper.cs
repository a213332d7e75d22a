using System.Buffers.Binary;

namespace DnsGate.TestKit;

/// <summary>Spoils the octets of a reply, in place or in a copy. Each takes a whole message with its question.</summary>
public static class Tamper
{
    /// <summary>Another id.</summary>
    public static byte[] Id(byte[] reply)
    {
        reply[1] ^= 0x55;
        return reply;
    }

    /// <summary>Another name in the question, and in every record whose name points there.</summary>
    public static byte[] QuestionName(byte[] reply)
    {
        // Bit 0 of the first letter: another letter of the same length. Bit 5 would only change its case.
        reply[13] ^= 1;
        return reply;
    }

    /// <summary>Another type in the question.</summary>
    public static byte[] QuestionType(byte[] reply)
    {
        reply[QuestionEnd(reply) - 3] ^= 0x40;
        return reply;
    }

    /// <summary>The QR bit clear: a query, not a reply.</summary>
    public static byte[] ReplyBit(byte[] reply)
    {
        reply[2] &= 0x7F;
        return reply;
    }

    /// <summary>Another opcode (STATUS).</summary>
    public static byte[] Opcode(byte[] reply)
    {
        reply[2] ^= 2 << 3;
        return reply;
    }

    /// <summary>Only the header, the counts as they were.</summary>
    public static byte[] HeaderOnly(byte[] reply) => reply[..12];

    /// <summary>Ends in the middle of the records.</summary>
    public static byte[] CutRecord(byte[] reply)
    {
        var questionEnd = QuestionEnd(reply);
        return reply[..(questionEnd + (reply.Length - questionEnd) / 2)];
    }

    /// <summary>Says that there are more answers than there are.</summary>
    public static byte[] AnswerCount(byte[] reply, ushort more = 1)
    {
        var count = BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(6), (ushort)(count + more));
        return reply;
    }

    /// <summary>The offset of the first octet after the question.</summary>
    public static int QuestionEnd(ReadOnlySpan<byte> message)
    {
        var at = 12;
        while (message[at] != 0)
        {
            at += message[at] + 1;
        }

        return at + 5;
    }
}
