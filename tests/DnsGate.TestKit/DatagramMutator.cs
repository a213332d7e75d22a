namespace DnsGate.TestKit;

/// <summary>Spoils datagrams at random, the same way for the same seed. Not thread-safe.</summary>
public sealed class DatagramMutator(int seed)
{
    // Octets at which parsers err: label lengths and their limits, pointer prefixes, root, extremes.
    private static readonly byte[] Telling = [0, 1, 12, 0x3F, 0x40, 0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xFE, 0xFF];

    private readonly Random random = new(seed);

    /// <summary>
    /// A spoiled copy. Half of them keep id, flags and question, so that they get past "is this our answer" to the reader of records.
    /// </summary>
    public byte[] Mutate(ReadOnlySpan<byte> original)
    {
        var keep = original.Length > 17 && random.Next(2) == 0 ? Tamper.QuestionEnd(original) : 0;
        List<byte> octets = [.. original];
        for (var changes = 1 + random.Next(4); changes > 0; changes--)
        {
            Change(octets, keep);
        }

        return [.. octets];
    }

    private void Change(List<byte> octets, int keep)
    {
        if (octets.Count <= keep)
        {
            octets.Add((byte)random.Next(256));
            return;
        }
        var at = keep + random.Next(octets.Count - keep);
        switch (random.Next(8))
        {
            case 0:
                octets[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                octets[at] = Telling[random.Next(Telling.Length)];
                break;
            case 2:
                octets[at] = (byte)random.Next(256);
                break;
            case 3:
                octets.RemoveRange(at, octets.Count - at);
                break;
            case 4:
                octets.RemoveAt(at);
                break;
            case 5:
                octets.Insert(at, Telling[random.Next(Telling.Length)]);
                break;
            case 6:
                octets.AddRange(octets.GetRange(at, octets.Count - at));
                break;
            default:
                // The counts of a header are worth more than their share of the octets.
                if (octets.Count >= 12)
                {
                    octets[4 + random.Next(8)] = Telling[random.Next(Telling.Length)];
                }

                break;
        }
    }
}
