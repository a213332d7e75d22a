namespace DnsGate.Discover.Kube;

/// <summary>How reading a line ended.</summary>
internal enum LineEnd
{
    /// <summary>A line was read.</summary>
    Whole,

    /// <summary>The stream has ended, after a whole line.</summary>
    EndOfStream,

    /// <summary>The stream has ended within a line.</summary>
    Half,

    /// <summary>The line is longer than any event.</summary>
    TooLong,
}

/// <summary>Reads the lines of a watch: one event each.</summary>
/// <param name="stream">The body of the answer.</param>
internal sealed class LineReader(Stream stream)
{
    /// <summary>Bytes of a line at most: etcd takes no object larger than 1.5 MiB, and a slice of 1,000 endpoints has a quarter of that.</summary>
    private const int MaxLine = 1 << 20;

    private byte[] buffer = new byte[1 << 14];
    private int start;
    private int end;

    /// <summary>Reads a line, without its end; it is valid until the next one is read. Blank lines are passed over.</summary>
    public async ValueTask<(LineEnd End, ReadOnlyMemory<byte> Line)> ReadAsync(CancellationToken stop)
    {
        var searched = 0;
        while (true)
        {
            var newline = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var line = buffer.AsMemory(start, searched + newline);
                start += searched + newline + 1;
                searched = 0;
                if (!line.Span.Trim(" \t\r"u8).IsEmpty)
                {
                    return (LineEnd.Whole, line);
                }

                continue;
            }

            searched = end - start;
            if (searched > MaxLine)
            {
                return (LineEnd.TooLong, default);
            }

            MakeRoom();
            var read = await stream.ReadAsync(buffer.AsMemory(end), stop).ConfigureAwait(false);
            if (read == 0)
            {
                return (searched == 0 ? LineEnd.EndOfStream : LineEnd.Half, default);
            }

            end += read;
        }
    }

    private void MakeRoom()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }
}
