using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace DnsGate.TestKit;

/// <summary>Writes DNS messages (RFC 1035 §4). Meant for tests: it is plain, and writes what it is told, sensible or not.</summary>
internal sealed class MessageWriter(bool compress)
{
    private readonly List<byte> bytes = [];

    // Suffix of a name -> offset. Names compare case-insensitively (RFC 1035 §2.3.3), and so does compression in real servers.
    private readonly Dictionary<string, int> offsets = new(StringComparer.OrdinalIgnoreCase);

    public byte[] ToArray() => [.. bytes];

    public void Byte(int value) => bytes.Add((byte)value);

    public void UInt16(int value)
    {
        Byte(value >> 8);
        Byte(value);
    }

    public void UInt32(uint value)
    {
        UInt16((int)(value >> 16));
        UInt16((int)(value & 0xFFFF));
    }

    public void Bytes(ReadOnlySpan<byte> value) => bytes.AddRange(value);

    /// <summary>The question as the client spelled it: clients that vary the case of letters (0x20) expect it back.</summary>
    public void Question(string name, ReadOnlySpan<byte> asReceived)
    {
        Remember(Labels(name));
        Bytes(asReceived);
    }

    public void Name(string name, bool mayCompress = true)
    {
        var labels = Labels(name);
        for (var i = 0; i < labels.Count; i++)
        {
            var suffix = Suffix(labels, i);
            if (compress && mayCompress && offsets.TryGetValue(suffix, out var offset))
            {
                UInt16(0xC000 | offset);
                return;
            }
            if (bytes.Count < 0x4000)
            {
                offsets.TryAdd(suffix, bytes.Count);
            }

            Byte(labels[i].Length);
            Bytes(labels[i]);
        }
        Byte(0);
    }

    public void Record(Rr record)
    {
        Name(record.Name);
        UInt16((int)record.Type);
        UInt16(1);
        UInt32(record.Ttl);
        var lengthAt = bytes.Count;
        UInt16(0);
        Data(record);
        var length = bytes.Count - lengthAt - 2;
        bytes[lengthAt] = (byte)(length >> 8);
        bytes[lengthAt + 1] = (byte)length;
    }

    /// <summary>The labels of a name in presentation form; the root has none.</summary>
    public static List<byte[]> Labels(string name)
    {
        List<byte[]> labels = [];
        List<byte> label = [];
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '.')
            {
                labels.Add([.. label]);
                label.Clear();
            }
            else if (name[i] != '\\')
            {
                label.AddRange(Encoding.UTF8.GetBytes(name, i, 1));
            }
            else if (i + 3 < name.Length && char.IsAsciiDigit(name[i + 1]))
            {
                label.Add(byte.Parse(name.AsSpan(i + 1, 3)));
                i += 3;
            }
            else
            {
                label.Add((byte)name[++i]);
            }
        }
        if (label.Count > 0)
        {
            labels.Add([.. label]);
        }

        return labels;
    }

    private void Data(Rr record)
    {
        if (record.RawData is { } raw)
        {
            Bytes(raw);
            return;
        }
        var fields = record.Value.Split(' ');
        switch (record.Type)
        {
            case RrType.A or RrType.Aaaa:
                Bytes(IPAddress.Parse(record.Value).GetAddressBytes());
                break;
            case RrType.Ptr or RrType.Cname or RrType.Ns:
                Name(record.Value);
                break;
            case RrType.Srv:
                foreach (var number in fields[..3])
                {
                    UInt16(ushort.Parse(number));
                }
                // RFC 2782: "name compression is not to be used for this field".
                Name(fields[3], mayCompress: false);
                break;
            case RrType.Soa:
                Name(fields[0]);
                Name(fields[1]);
                foreach (var number in fields[2..])
                {
                    UInt32(uint.Parse(number));
                }

                break;
            case RrType.Txt:
                Byte(record.Value.Length);
                Bytes(Encoding.UTF8.GetBytes(record.Value));
                break;
            default:
                throw new ArgumentException($"Give the data of a record of type {record.Type} as bytes.", nameof(record));
        }
    }

    private void Remember(List<byte[]> labels)
    {
        var offset = bytes.Count;
        for (var i = 0; i < labels.Count; i++)
        {
            offsets.TryAdd(Suffix(labels, i), offset);
            offset += labels[i].Length + 1;
        }
    }

    private static string Suffix(List<byte[]> labels, int from)
    {
        StringBuilder key = new();
        foreach (var label in labels.Skip(from))
        {
            key.Append((char)label.Length).Append(Encoding.Latin1.GetString(label));
        }

        return key.ToString();
    }

    /// <summary>The twelve octets of a header with one question or none.</summary>
    public static byte[] Header(ushort id, int flags, int questions, int answers = 0, int authority = 0, int additional = 0)
    {
        var header = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(header, id);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)flags);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)questions);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)answers);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(8), (ushort)authority);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), (ushort)additional);
        return header;
    }
}
