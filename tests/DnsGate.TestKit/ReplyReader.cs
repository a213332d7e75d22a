using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace DnsGate.TestKit;

/// <summary>Reads replies of servers that mean well; anything else throws. Only tests read with it.</summary>
public static class ReplyReader
{
    /// <summary>Reads a reply. The OPT record is left out; data of types other than addresses and names is raw.</summary>
    public static DnsMessage Read(ReadOnlySpan<byte> message)
    {
        int at = 12;
        for (int questions = UInt16(message, 4); questions > 0; questions--)
        {
            ReadName(message, ref at);
            at += 4;
        }
        return new DnsMessage
        {
            Rcode = (Rcode)(message[3] & 15),
            Authoritative = (message[2] & 4) != 0,
            Truncated = (message[2] & 2) != 0,
            RecursionAvailable = (message[3] & 0x80) != 0,
            Answers = ReadRecords(message, UInt16(message, 6), ref at),
            Authority = ReadRecords(message, UInt16(message, 8), ref at),
            Additional = [.. ReadRecords(message, UInt16(message, 10), ref at).Where(rr => rr.Type != RrType.Opt)],
        };
    }

    private static List<Rr> ReadRecords(ReadOnlySpan<byte> message, int count, ref int at)
    {
        List<Rr> records = [];
        for (; count > 0; count--)
        {
            string name = ReadName(message, ref at);
            RrType type = (RrType)UInt16(message, at);
            uint ttl = BinaryPrimitives.ReadUInt32BigEndian(message[(at + 4)..]);
            int length = UInt16(message, at + 8);
            at += 10;
            byte[] raw = message.Slice(at, length).ToArray();
            int dataAt = at;
            records.Add(type switch
            {
                RrType.A or RrType.Aaaa => new Rr(name, type, ttl, new IPAddress(raw).ToString()),
                RrType.Ptr or RrType.Cname or RrType.Ns => new Rr(name, type, ttl, ReadName(message, ref dataAt)),
                _ => Rr.Raw(name, type, ttl, raw),
            });
            at += length;
        }
        return records;
    }

    private static string ReadName(ReadOnlySpan<byte> message, ref int at)
    {
        StringBuilder name = new();
        int cursor = at;
        bool jumped = false;
        while (message[cursor] != 0)
        {
            if (message[cursor] >= 0xC0)
            {
                int target = UInt16(message, cursor) & 0x3FFF;
                if (target >= cursor)
                    throw new FormatException("A compression pointer does not point back.");
                at = jumped ? at : cursor + 2;
                jumped = true;
                cursor = target;
                continue;
            }
            if (name.Length > 0)
                name.Append('.');
            foreach (byte octet in message.Slice(cursor + 1, message[cursor]))
                QueryReader.AppendPresentation(name, octet);
            cursor += message[cursor] + 1;
        }
        at = jumped ? at : cursor + 1;
        return name.ToString();
    }

    private static ushort UInt16(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
