using System.Buffers.Binary;
using System.Text;

namespace DnsGate.TestKit;

/// <summary>Reads queries, on its own code path: the product's writer is judged by it.</summary>
internal static class QueryReader
{
    /// <summary>Reads a query with exactly one question; null when the octets are none.</summary>
    public static ReceivedQuery? Read(ReadOnlySpan<byte> message)
    {
        if (message.Length < 12 || (message[2] & 0x80) != 0 || UInt16(message, 4) != 1)
        {
            return null;
        }

        var at = 12;
        if (ReadName(message, ref at) is not { } name || at + 4 > message.Length)
        {
            return null;
        }

        var questionEnd = at + 4;
        ReceivedQuery query = new()
        {
            Name = name,
            Type = (RrType)UInt16(message, at),
            Id = UInt16(message, 0),
            Opcode = (message[2] >> 3) & 15,
            RD = (message[2] & 1) != 0,
            CD = (message[3] & 0x10) != 0,
            Question = message[12..questionEnd].ToArray(),
        };
        var otherSectionsEmpty = UInt16(message, 6) == 0 && UInt16(message, 8) == 0;
        return otherSectionsEmpty && UInt16(message, 10) == 1 ? WithEdns(query, message[questionEnd..]) : query;
    }

    // RFC 6891 §6.1.2: root name, type 41, the class is the UDP size, the TTL holds extended rcode, version and flags.
    private static ReceivedQuery WithEdns(ReceivedQuery query, ReadOnlySpan<byte> opt) =>
        opt.Length < 11 || opt[0] != 0 || UInt16(opt, 1) != (int)RrType.Opt
            ? query
            : query with { HasEdns = true, EdnsSize = Math.Max((ushort)512, UInt16(opt, 3)), DO = (opt[7] & 0x80) != 0 };

    // A query has one name, so a pointer in it is nonsense.
    private static string? ReadName(ReadOnlySpan<byte> message, ref int at)
    {
        StringBuilder name = new();
        while (at < message.Length)
        {
            int length = message[at++];
            if (length == 0)
            {
                return name.ToString();
            }

            if (length > 63 || at + length > message.Length)
            {
                return null;
            }

            if (name.Length > 0)
            {
                name.Append('.');
            }

            foreach (var octet in message.Slice(at, length))
            {
                AppendPresentation(name, octet);
            }

            at += length;
        }
        return null;
    }

    private static void AppendPresentation(StringBuilder name, byte octet)
    {
        if (octet is > 0x20 and < 0x7F and not (byte)'.' and not (byte)'\\')
        {
            name.Append(char.ToLowerInvariant((char)octet));
        }
        else
        {
            name.Append($"\\{octet:000}");
        }
    }

    private static ushort UInt16(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
